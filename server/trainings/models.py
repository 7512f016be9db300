"""Tables of trainings. Rows that lists scan are narrow: what is read only when one training is opened lies apart."""

from django.conf import settings
from django.db import models

from server.common.ids import new_uuid


class Visibility(models.TextChoices):
    """Who may read a project beside its members."""

    PRIVATE = "private", "private"
    SHARED = "shared", "shared"


class Status(models.TextChoices):
    """What is stored. ``lost`` is computed: running, with an old heartbeat."""

    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    CRASHED = "crashed", "crashed"


class Project(models.Model):
    """A folder of trainings with members. Its id is the scope that roles are given on."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE)
    description = models.TextField(default="", blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="project_name_of_owner"),
            models.CheckConstraint(condition=models.Q(visibility__in=Visibility.values), name="project_visibility"),
        ]
        indexes = [models.Index(fields=["name"], name="project_name")]  # `name` that means another's project

    def __str__(self) -> str:
        return f"{self.owner_id}/{self.name}"


class Number(models.Model):
    """Hands out the small numbers that people call trainings by. One row a training, never reused."""

    id = models.BigAutoField(primary_key=True)

    def __str__(self) -> str:
        return str(self.id)


class Training(models.Model):
    """One run of a training loop. ``started_at``, ``resumed_at`` and ``finished_at`` are by the client's clock."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.BigIntegerField(unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="trainings", db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    model = models.CharField(max_length=200, default="", blank=True)
    host = models.CharField(max_length=200, default="", blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    reason = models.CharField(max_length=2000, default="", blank=True, help_text="What ended a crashed training.")
    exit_code = models.IntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField()
    resumed_at = models.DateTimeField(help_text="When its youngest session began, on that client's clock.")
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    progress_total = models.BigIntegerField(null=True, blank=True)
    progress_unit = models.CharField(max_length=10, default="", blank=True)
    lost_points = models.BigIntegerField(default=0)
    console_lines = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(status__in=Status.values), name="training_status")]
        indexes = [
            # The table's first page and its keyset; also every list by project.
            models.Index(fields=["project", "-created_at", "-id"], name="training_newest"),
            # overwrite_last_training: the newest of one name.
            models.Index(fields=["project", "name", "-created_at"], name="training_name"),
            # The purge of the trash.
            models.Index(fields=["deleted_at"], name="training_trash", condition=models.Q(deleted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class TrainingDetails(models.Model):
    """The large parts of a training: config and summary whole, texts, environment."""

    training = models.OneToOneField(Training, on_delete=models.CASCADE, primary_key=True, related_name="details")
    config = models.JSONField(default=dict)
    session_text = models.TextField(null=True, blank=True)  # noqa: DJ001  # absent differs from empty
    summary = models.JSONField(default=dict)
    environment = models.JSONField(default=dict)
    command = models.TextField(default="", blank=True)
    notes = models.TextField(default="", blank=True)
    description = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return f"details of {self.training_id}"


class TrainingWriter(models.Model):
    """A process that logs into a training, as it introduced itself. Its watermark is the series store's."""

    id = models.UUIDField(primary_key=True, editable=False)
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="writers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Who opened it last; his uploads are the bytes of its snapshots. Null: it never introduced itself.",
    )
    rank = models.IntegerField(null=True, blank=True)
    world_size = models.IntegerField(null=True, blank=True)
    host = models.CharField(max_length=200, default="", blank=True)
    pid = models.BigIntegerField(null=True, blank=True)
    sdk = models.CharField(max_length=100, default="", blank=True)
    python = models.CharField(max_length=100, default="", blank=True)
    opened_at = models.DateTimeField(help_text="The client's clock.")
    received_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lost_points = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"writer {self.id}"


class TrainingTag(models.Model):
    """A word that somebody gave a training."""

    id = models.BigAutoField(primary_key=True)
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="tags", db_index=False)
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training", "name"], name="training_tag_once")]
        indexes = [models.Index(fields=["name", "training"], name="training_tag_name")]  # `"x" in tags`

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One leaf of a training's config or summary, flattened for filters and sorting: ``config.optimizer.lr``.

    Booleans have both ``number`` (0 or 1) and ``text``; null has neither. Texts are cut.
    """

    pk = models.CompositePrimaryKey("training_id", "key")
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="entries", db_index=False)
    key = models.CharField(max_length=300)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.FloatField(null=True, blank=True)
    text = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001  # null: not a text

    class Meta:
        indexes = [
            # Filters and sorting by numbers, in order and from the index alone.
            models.Index(fields=["project", "key", "number", "training"], name="entry_by_number"),
            # The same by texts. Not one index for both: PostgreSQL 18 misjudges conditions on its later columns.
            models.Index(
                fields=["project", "key", "text", "training"],
                name="entry_by_text",
                condition=models.Q(text__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.training_id}"


class Compare(models.Model):
    """A saved, named set of trainings with its chart settings. Its number is its key."""

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=new_uuid, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class CompareMember(models.Model):
    """A training in a compare; members are shown in the order in which they joined."""

    id = models.BigAutoField(primary_key=True)
    compare = models.ForeignKey(Compare, on_delete=models.CASCADE, related_name="members", db_index=False)
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["compare", "training"], name="compare_member_once")]

    def __str__(self) -> str:
        return f"{self.training_id} in {self.compare_id}"


class ConsoleBlock(models.Model):
    """Consecutive console lines of one stream, as they came. ``first`` numbers lines over all streams and writers."""

    pk = models.CompositePrimaryKey("training_id", "id")
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="+", db_index=False)
    id = models.BigIntegerField()
    first = models.BigIntegerField()
    lines = models.IntegerField()
    writer_id = models.UUIDField()
    stream = models.CharField(max_length=6)
    first_line = models.BigIntegerField(help_text="Within writer and stream, as the writer counted.")
    time = models.FloatField(help_text="The client's clock, Unix seconds.")
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["training", "first"], name="console_by_line")]  # reads by range

    def __str__(self) -> str:
        return f"{self.lines} lines of {self.training_id}"


class Snapshot(models.Model):
    """A checkpoint file of a training at an iteration. Its bytes are a blob, which may arrive later."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="snapshots", db_index=False)
    tag = models.CharField(max_length=200)
    iteration = models.BigIntegerField()
    name = models.CharField(max_length=300)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    writer = models.ForeignKey(TrainingWriter, on_delete=models.CASCADE, related_name="+", db_index=False)
    sender = models.BigIntegerField(help_text="The user whose token brought the event, and who must have the bytes.")
    held = models.BooleanField(default=False, help_text="The bytes are there and kept for this snapshot.")
    pinned = models.BooleanField(default=False, help_text="Rules never delete it.")
    fresh = models.BooleanField(default=False, help_text="Rules have not been applied since its bytes came.")

    class Meta:
        constraints = [
            # The same call twice is one snapshot. Also serves the list of a training's snapshots.
            models.UniqueConstraint(fields=["training", "tag", "iteration", "name", "sha256"], name="snapshot_once")
        ]
        indexes = [
            models.Index(fields=["sha256"], name="snapshot_pending", condition=models.Q(held=False)),
            # Trainings to which rules are to be applied.
            models.Index(fields=["training"], name="snapshot_fresh", condition=models.Q(fresh=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.training_id}"


class SnapshotRules(models.Model):
    """Which snapshots are kept: of one training, or of those of a project that have no rules of their own."""

    id = models.BigAutoField(primary_key=True)
    training = models.OneToOneField(Training, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    keep_last = models.IntegerField(null=True, blank=True)
    best_metric = models.CharField(max_length=512, default="", blank=True)
    best_mode = models.CharField(max_length=3, default="max")
    best_count = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(training__isnull=True) ^ models.Q(project__isnull=True), name="snapshot_rules_of_one"
            )
        ]

    def __str__(self) -> str:
        return f"snapshot rules of {self.training_id or self.project_id}"
