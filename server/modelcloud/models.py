"""Tables of the ModelCloud: nodes, versions of files, aliases, and the history of who held what.

Only the top of a trashed subtree is marked: what lies below is out of reach because paths are walked from the root.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from server.common.ids import new_uuid

MAX_NAME_CHARS = 255


class Kind(models.TextChoices):
    """What a node is."""

    FOLDER = "folder", "folder"
    MODEL = "model", "model"
    FILE = "file", "file"


class Stage(models.TextChoices):
    """How far a version has come."""

    NONE = "none", "none"
    CANDIDATE = "candidate", "candidate"
    STAGING = "staging", "staging"
    PRODUCTION = "production", "production"
    ARCHIVED = "archived", "archived"


class Tree(models.Model):
    """A project's part of the tree. Whoever changes anything in it locks this row first: writes take turns."""

    project = models.UUIDField(primary_key=True, editable=False)
    used = models.BigIntegerField(default=0, help_text="Bytes of all distinct contents of its versions, trash too.")
    allowed = models.BigIntegerField(null=True, blank=True, help_text="0: no limit. Null: the server's default.")

    def __str__(self) -> str:
        return f"tree of {self.project}"


class Node(models.Model):
    """A folder, a model or a file. Without a parent it lies directly in its project."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    project = models.UUIDField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    name = models.CharField(max_length=MAX_NAME_CHARS)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    trashed_at = models.DateTimeField(null=True, blank=True)
    purging = models.BooleanField(default=False, help_text="On its way out for good; no way back.")
    last_number = models.BigIntegerField(default=0, help_text="The last version number given here; none comes twice.")

    class Meta:
        constraints = [
            # NULL parents never equal each other, so the project's top has a constraint of its own.
            # Both also serve the walk along a path and the pages of children.
            models.UniqueConstraint(
                fields=["parent", "name"], condition=Q(trashed_at=None, parent__isnull=False), name="node_name_once"
            ),
            models.UniqueConstraint(
                fields=["project", "name"], condition=Q(trashed_at=None, parent=None), name="node_top_name_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="node_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="node_named"),
        ]
        indexes = [
            # The trash of a project, newest first.
            models.Index(
                fields=["project", "-trashed_at", "-id"], name="node_trash", condition=Q(trashed_at__isnull=False)
            ),
            # The purge of what is old, over all projects.
            models.Index(fields=["trashed_at"], name="node_old_trash", condition=Q(trashed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Version(models.Model):
    """Bytes that a file held, and where they came from (copied: the training may be deleted later).

    ``line`` is the node whose numbers it counts in: the model that holds the file, else the file itself.
    """

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    project = models.UUIDField()
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="versions", db_index=False)
    line = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="line_versions", db_index=False)
    number = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    comment = models.TextField(default="", blank=True)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.NONE)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    training_id = models.UUIDField(null=True, blank=True)
    training_number = models.BigIntegerField(null=True, blank=True)
    training_name = models.CharField(max_length=200, default="", blank=True)
    iteration = models.BigIntegerField(null=True, blank=True)
    snapshot_id = models.UUIDField(null=True, blank=True)
    git_commit = models.CharField(max_length=100, default="", blank=True)
    config_sha256 = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="version_number_once"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="version_stage"),
        ]
        indexes = [
            models.Index(fields=["node", "-number"], name="version_of_file"),  # a file's newest version, its list
            models.Index(fields=["project", "sha256"], name="version_bytes"),  # are these bytes in the project already
            models.Index(fields=["snapshot_id"], name="version_snapshot", condition=Q(snapshot_id__isnull=False)),
            models.Index(fields=["training_id"], name="version_training", condition=Q(training_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.line_id}"


class Alias(models.Model):
    """A name that points at one version of a line."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="aliases", db_index=False)
    name = models.CharField(max_length=64)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="aliases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "name"], name="alias_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.line_id}"


class Change(models.Model):
    """One line of history: an alias that was given, moved or taken away, or a stage that was set. Never edited."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="changes", db_index=False)
    # Which version's story it is, for a file that moves into another line.
    file = models.ForeignKey(Node, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    alias = models.CharField(max_length=64, default="", blank=True, help_text="Empty: the line is about a stage.")
    version = models.BigIntegerField(null=True, blank=True, help_text="Number that it points at since, or that moved.")
    previous = models.BigIntegerField(null=True, blank=True, help_text="Number that the alias pointed at before.")
    stage = models.CharField(max_length=10, default="", blank=True)
    previous_stage = models.CharField(max_length=10, default="", blank=True)
    comment = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["line", "-id"], name="change_newest")]

    def __str__(self) -> str:
        return f"{self.alias or self.stage} of {self.line_id}"


class Contents(models.Model):
    """What was found in a version's bytes, so that they are opened once. ``edition`` is that of the readers."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, primary_key=True, related_name="contents")
    edition = models.IntegerField()
    found = models.JSONField()

    def __str__(self) -> str:
        return f"contents of {self.version_id}"
