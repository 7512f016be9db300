"""JSON shapes of the ModelCloud's endpoints: what is taken, and what is given."""

from typing import Any

from rest_framework import serializers

from server.modelcloud.models import Kind, Stage
from server.modelcloud.paths import MAX_PATH_CHARS

MAX_COMMENT_CHARS = 10_000
_BIG = (1 << 63) - 1


class Shape(serializers.Serializer[Any]):
    """Base of all: plain dataclasses in, plain dicts out."""


def _path(**options: Any) -> serializers.CharField:
    """A path, whose spaces mean what they are."""
    return serializers.CharField(max_length=MAX_PATH_CHARS, trim_whitespace=False, allow_blank=True, **options)


def _comment() -> serializers.CharField:
    return serializers.CharField(max_length=MAX_COMMENT_CHARS, allow_blank=True, default="")


# What is asked


class PathQuerySerializer(Shape):
    """One path."""

    path = _path(
        default="",
        help_text="`project/folder/name`; empty is the root. `@v3` or `@production` behind it names a version. "
        "`~owner/project` tells projects of one name apart.",
    )


class PageQuerySerializer(PathQuerySerializer):
    """A page of what belongs to a path."""

    limit = serializers.IntegerField(min_value=1, max_value=1_000, default=100)
    cursor = serializers.CharField(required=False, help_text="`next` of the page before.")


class NodesQuerySerializer(PageQuerySerializer):
    """A page of a folder."""

    recursive = serializers.BooleanField(default=False, help_text="Everything below, each folder before its content.")


class ProjectQuerySerializer(Shape):
    """One project."""

    project = serializers.CharField(max_length=400, help_text="Its id, its name, or `~owner/name`.")


class TrashQuerySerializer(ProjectQuerySerializer):
    """A page of a project's trash."""

    limit = serializers.IntegerField(min_value=1, max_value=1_000, default=100)
    cursor = serializers.CharField(required=False, help_text="`next` of the page before.")


class CreateNodeSerializer(Shape):
    """A folder or a model to make."""

    path = _path(help_text="Folders above it are made; of one part only, it is a project.")
    kind = serializers.ChoiceField([Kind.FOLDER.value, Kind.MODEL.value])
    exist_ok = serializers.BooleanField(default=False, help_text="Answer with the folder or model that is there.")


class CreateFileSerializer(Shape):
    """A file to make of uploaded bytes."""

    path = _path(help_text="Folders above it are made; of one part only, it goes into your project `default`.")
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", help_text="Bytes that you have uploaded as a blob.")
    overwrite = serializers.BooleanField(default=False, help_text="Add a further version where the file is there.")
    comment = _comment()
    training = serializers.CharField(
        max_length=100, required=False, allow_null=True, help_text="Id or number of where it comes from."
    )
    iteration = serializers.IntegerField(min_value=-_BIG, max_value=_BIG, required=False, allow_null=True)


class MoveSerializer(Shape):
    """From where to where."""

    to = _path(help_text="The new path, name included. Folders above it are made.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()  # `from` cannot be written as an attribute
        return {"from": _path(help_text="What to move or rename."), **fields}


class RestoreNodeSerializer(Shape):
    """Where to put what comes back."""

    to = _path(required=False, allow_null=True, help_text="Another path than the one it had.")


class ChangeVersionSerializer(Shape):
    """What to change of a version."""

    stage = serializers.ChoiceField(Stage.choices, required=False)
    comment = serializers.CharField(
        max_length=MAX_COMMENT_CHARS,
        allow_blank=True,
        required=False,
        help_text="With `stage`: why, for the history. Alone: the version's own comment.",
    )


class SetAliasSerializer(Shape):
    """Where an alias points."""

    path = _path(help_text="A model, or a file.")
    alias = serializers.CharField(max_length=100, help_text="a-z 0-9 . _ -, at most 64 of them, not `v3`.")
    version = serializers.IntegerField(min_value=1, max_value=_BIG, allow_null=True, help_text="Null takes it away.")
    comment = _comment()


class PromoteSerializer(Shape):
    """A snapshot, and the model that it becomes a version of."""

    training = serializers.CharField(max_length=100, help_text="Id or number.")
    snapshot = serializers.UUIDField()
    path = _path(help_text="A model, made where it is not there; or a file, which gets a further version.")
    alias = serializers.CharField(max_length=100, required=False, allow_null=True)
    comment = _comment()


class SetQuotaSerializer(Shape):
    """What a project may use."""

    allowed = serializers.IntegerField(
        min_value=0, max_value=_BIG, allow_null=True, help_text="Bytes. 0: no limit. Null: the server's default."
    )


# What is answered


class ScopeSerializer(Shape):
    """A project."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    owner = serializers.CharField()


class OriginSerializer(Shape):
    """The training that a version comes from, as it was when the version was made."""

    id = serializers.UUIDField()
    number = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    iteration = serializers.IntegerField(allow_null=True)
    snapshot = serializers.UUIDField(allow_null=True)
    commit = serializers.CharField(allow_blank=True, help_text="Git commit of its code.")
    config_sha256 = serializers.CharField(allow_blank=True, help_text="Of its config as sorted, compact JSON.")


class NodeSerializer(Shape):
    """A folder, a model or a file. What belongs to a version is that of the newest one, or of the one named by `@`."""

    id = serializers.UUIDField(allow_null=True, help_text="Null for the root; a project's own for a project.")
    kind = serializers.ChoiceField(Kind.choices)
    name = serializers.CharField(allow_blank=True)
    path = serializers.CharField(allow_blank=True, help_text="As the caller may write it; with `@v3` if one was named.")
    project = ScopeSerializer(allow_null=True)
    role = serializers.CharField(allow_null=True, help_text="The caller's: `owner`, `member` or `viewer`.")
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    sha256 = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    versions = serializers.IntegerField(help_text="How many there are.")
    aliases = serializers.DictField(child=serializers.IntegerField(), help_text="Name to version.")
    stage = serializers.ChoiceField(Stage.choices)
    comment = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField(allow_null=True)
    created_by = serializers.CharField(allow_null=True)
    trashed_at = serializers.DateTimeField(allow_null=True)
    training = OriginSerializer(allow_null=True)


class NodePageSerializer(Shape):
    """A page of nodes."""

    items = NodeSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page.")


class VersionSerializer(Shape):
    """A version."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField(help_text="Of its file.")
    path = serializers.CharField(help_text="Names this version, whatever comes later.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    comment = serializers.CharField(allow_blank=True)
    stage = serializers.ChoiceField(Stage.choices)
    aliases = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_null=True)
    training = OriginSerializer(allow_null=True)


class VersionPageSerializer(Shape):
    """A page of versions, newest first."""

    items = VersionSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class AliasChangeSerializer(Shape):
    """One line of history."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(["alias", "stage"])
    alias = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(
        allow_null=True, help_text="What the alias points at since (null: taken away); or whose stage was set."
    )
    previous = serializers.IntegerField(allow_null=True, help_text="What the alias pointed at before.")
    stage = serializers.CharField(allow_null=True)
    previous_stage = serializers.CharField(allow_null=True)
    comment = serializers.CharField(allow_blank=True)


class HistorySerializer(Shape):
    """A page of history, newest first."""

    items = AliasChangeSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class TensorSerializer(Shape):
    """A tensor in a file."""

    name = serializers.CharField()
    shape = serializers.ListField(child=serializers.IntegerField())
    dtype = serializers.CharField()


class GlobalSerializer(Shape):
    """Something that a pickle imports when it is loaded."""

    name = serializers.CharField()
    dangerous = serializers.BooleanField(help_text="Beyond what plain checkpoints need: it may run any code.")


class TensorsSerializer(Shape):
    """What a file holds, as far as its description tells; nothing was unpickled to find out."""

    path = serializers.CharField(help_text="Names the version that was read.")
    sha256 = serializers.CharField()
    format = serializers.CharField(help_text="`safetensors`, `torch`, `torch (before 1.6)`, `pickle`, `npy` or `npz`.")
    tensors = TensorSerializer(many=True)
    parameters = serializers.IntegerField(help_text="How many numbers all these tensors hold.")
    globals = GlobalSerializer(many=True)
    dangerous = serializers.BooleanField(help_text="Loading it with pickle may run code that checkpoints do not need.")
    metadata = serializers.DictField(child=serializers.CharField(allow_blank=True), help_text="Of safetensors.")
    truncated = serializers.BooleanField(help_text="There is more than is listed.")


class QuotaSerializer(Shape):
    """What a project uses and may use."""

    project = ScopeSerializer()
    used = serializers.IntegerField(help_text="Bytes of all distinct contents of its versions, those in the trash too.")
    allowed = serializers.IntegerField(help_text="Bytes; 0: no limit.")
    set = serializers.IntegerField(allow_null=True, help_text="What was set for it; null: the server's default holds.")
