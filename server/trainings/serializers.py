"""JSON shapes of trainings' endpoints: what is taken, and what is given."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from server.accounts.principal import Role
from server.trainings.models import Visibility
from server.trainings.selectors.order import read_order
from server.trainings.selectors.table import MAX_COLUMNS, NEWEST

ROLES = [role.value for role in Role]
STATUSES = ["running", "finished", "crashed", "lost"]


class Shape(serializers.Serializer[Any]):
    """Base of all: plain dataclasses in, plain dicts out."""


@extend_schema_field({"type": "object", "additionalProperties": {}})
class JsonObject(serializers.DictField):
    """Any JSON object."""

    child = serializers.JSONField(allow_null=True)


# Projects


class ProjectSerializer(Shape):
    """A project, and the caller's role in it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    owner = serializers.CharField()
    path = serializers.CharField(help_text="`owner/name`, which means the same project to everybody.")
    visibility = serializers.ChoiceField(Visibility.choices)
    description = serializers.CharField(allow_blank=True)
    archived = serializers.BooleanField()
    role = serializers.ChoiceField(ROLES)
    trainings = serializers.IntegerField(help_text="How many it holds.")
    created_at = serializers.DateTimeField()


class ProjectsSerializer(Shape):
    """Projects that the caller may see."""

    items = ProjectSerializer(many=True)


class CreateProjectSerializer(Shape):
    """A project to make."""

    name = serializers.CharField(max_length=100)
    visibility = serializers.ChoiceField(Visibility.choices, default=Visibility.PRIVATE)
    description = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class ChangeProjectSerializer(Shape):
    """What to change of a project."""

    name = serializers.CharField(max_length=100, required=False)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    description = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    archived = serializers.BooleanField(required=False)


class MemberSerializer(Shape):
    """Somebody's role in a project."""

    username = serializers.CharField()
    role = serializers.ChoiceField(ROLES)
    since = serializers.DateTimeField()


class MembersSerializer(Shape):
    """Who is in a project."""

    items = MemberSerializer(many=True)


class SetMemberSerializer(Shape):
    """A role to give."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(ROLES)


# Writers


class OpenEventSerializer(Shape):
    """An `OpenEvent` of the journal. Read tolerantly: what does not fit is left out; only `training` is needed."""

    training = serializers.UUIDField(help_text="Made by the client (UUIDv7).")
    protocol = serializers.IntegerField(default=1)
    project = serializers.CharField(default="default", help_text="`name` or `owner/name`.")
    time = serializers.FloatField(help_text="Unix seconds by the client's clock.", required=False)
    name = serializers.CharField(required=False)
    model = serializers.CharField(required=False)
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    notes = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    config = JsonObject(required=False)
    session_text = serializers.CharField(required=False)
    resume = serializers.ChoiceField(["allow", "must", "never"], required=False)
    continue_training = serializers.CharField(required=False, help_text="Id or number of the training to continue.")
    overwrite_last_training = serializers.BooleanField(required=False)
    compare = serializers.CharField(required=False, help_text="Id or number of a compare to join.")
    rank = serializers.IntegerField(required=False)
    world_size = serializers.IntegerField(required=False)
    rank_reduce = serializers.ChoiceField(["mean", "max", "all"], required=False)
    host = serializers.CharField(required=False)
    pid = serializers.IntegerField(required=False)
    sdk = serializers.CharField(required=False)
    python = serializers.CharField(required=False)


class OpenedTrainingSerializer(Shape):
    """The training that a writer logs into."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    project = serializers.CharField()
    url = serializers.CharField()


class PaceSerializer(Shape):
    """How the server wants to be written to."""

    interval = serializers.FloatField(help_text="Seconds between batches.")
    watched = serializers.BooleanField()


class OpenedSerializer(Shape):
    """An open writer. Everything below `watermark` (slots of its journal) is durable."""

    training = OpenedTrainingSerializer()
    watermark = serializers.IntegerField()
    pace = PaceSerializer()
    warnings = serializers.ListField(child=serializers.CharField())


# Trainings


class ProjectRefSerializer(Shape):
    """The project of a training."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    owner = serializers.CharField()
    path = serializers.CharField()


class ProgressSerializer(Shape):
    """How far a training is."""

    current = serializers.IntegerField(allow_null=True)
    total = serializers.IntegerField(allow_null=True)
    unit = serializers.CharField(allow_blank=True, help_text="`iteration` or `epoch`; empty without a total.")


class TrainingSerializer(Shape):
    """A training as lists show it."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    url = serializers.CharField()
    name = serializers.CharField()
    project = ProjectRefSerializer()
    user = serializers.CharField()
    model = serializers.CharField(allow_blank=True)
    host = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(STATUSES)
    reason = serializers.CharField(allow_blank=True, help_text="What ended a crashed training.")
    exit_code = serializers.IntegerField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    progress = ProgressSerializer()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(help_text="By the client's clock.")
    finished_at = serializers.DateTimeField(allow_null=True, help_text="By the client's clock.")
    heartbeat_at = serializers.DateTimeField()
    duration = serializers.FloatField(help_text="Seconds.")
    archived = serializers.BooleanField()
    deleted_at = serializers.DateTimeField(allow_null=True)
    lost_points = serializers.IntegerField(help_text="Points that the client says it could not keep.")
    console_lines = serializers.IntegerField()
    columns = JsonObject(help_text="Values of the asked-for columns, by their text.")


class TrainingPageSerializer(Shape):
    """A page of the table."""

    items = TrainingSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page.")


class WriterSerializer(Shape):
    """A process that logs into a training."""

    id = serializers.UUIDField()
    rank = serializers.IntegerField(allow_null=True)
    world_size = serializers.IntegerField(allow_null=True)
    host = serializers.CharField(allow_blank=True)
    pid = serializers.IntegerField(allow_null=True)
    sdk = serializers.CharField(allow_blank=True)
    python = serializers.CharField(allow_blank=True)
    opened_at = serializers.DateTimeField(help_text="By the client's clock.")
    received_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    lost_points = serializers.IntegerField()


class WholeTrainingSerializer(TrainingSerializer):
    """A training with all its documents."""

    config = JsonObject()
    session_text = serializers.CharField(allow_null=True)
    summary = JsonObject()
    environment = JsonObject()
    command = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    writers = WriterSerializer(many=True)
    writable = serializers.BooleanField(help_text="The caller may change it and log into it.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row = TrainingSerializer(instance.row).data
        own = {name: field for name, field in self.fields.items() if name not in row}
        return {
            **row,
            **{
                name: field.to_representation(getattr(instance, name)) if getattr(instance, name) is not None else None
                for name, field in own.items()
            },
        }


class TrainingQuerySerializer(Shape):
    """Which trainings, in which order, with which columns."""

    project = serializers.CharField(required=False, max_length=300, help_text="Name, `owner/name` or id.")
    where = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text='`metrics["val/acc"].max > 0.9 and config.optimizer.lr <= 0.1 and "baseline" in tags`',
    )
    order_by = serializers.CharField(
        default=NEWEST, max_length=1_000, help_text="A field, metric or config key; `-` in front sorts downwards."
    )
    column = serializers.ListField(
        child=serializers.CharField(max_length=1_000),
        required=False,
        max_length=MAX_COLUMNS,
        help_text='Values to add, such as `metrics["val/acc"].max`, `config.lr`; `config`, `summary`, `notes` whole.',
    )
    archived = serializers.ChoiceField(["false", "true", "any"], default="false")
    trashed = serializers.BooleanField(default=False, help_text="The trash instead; members only.")
    limit = serializers.IntegerField(min_value=1, max_value=500, default=50)
    cursor = serializers.CharField(required=False)

    def validate_order_by(self, value: str) -> str:
        read_order(value)
        return value


class ChangeTrainingSerializer(Shape):
    """What to change of a training. `tags` replaces all of them."""

    name = serializers.CharField(max_length=200, required=False)
    notes = serializers.CharField(max_length=1_000_000, allow_blank=True, required=False)
    description = serializers.CharField(max_length=100_000, allow_blank=True, required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=100), max_length=100, required=False)
    archived = serializers.BooleanField(required=False)


class ChangeManySerializer(Shape):
    """One thing to do to many trainings, all or none."""

    trainings = serializers.ListField(child=serializers.CharField(max_length=100), min_length=1, max_length=500)
    action = serializers.ChoiceField(["archive", "unarchive", "delete", "restore"])


class ChangedSerializer(Shape):
    """How many were changed."""

    changed = serializers.IntegerField()


class ConsoleQuerySerializer(Shape):
    """Which console lines."""

    stream = serializers.ChoiceField(["stdout", "stderr"], required=False)
    limit = serializers.IntegerField(min_value=1, max_value=5_000, default=1_000)
    search = serializers.CharField(required=False, max_length=200, trim_whitespace=False)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a keyword of Python, so it cannot be written as an attribute.
        start = serializers.IntegerField(
            min_value=-(1 << 53), max_value=1 << 53, default=0, help_text="Line number; negative: from the end."
        )
        return {**super().get_fields(), "from": start}


class LineSerializer(Shape):
    """A console line. Its number never changes, whatever is filtered out."""

    number = serializers.IntegerField()
    stream = serializers.ChoiceField(["stdout", "stderr"])
    writer = serializers.UUIDField()
    time = serializers.FloatField()
    text = serializers.CharField(allow_blank=True)


class ConsoleSerializer(Shape):
    """Console lines, and the number to go on from."""

    items = LineSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


# Compares


class CompareSerializer(Shape):
    """A saved compare."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    url = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    owner = serializers.CharField()
    settings = JsonObject()
    created_at = serializers.DateTimeField()


class WholeCompareSerializer(CompareSerializer):
    """A saved compare with those of its trainings that the caller may read."""

    trainings = TrainingSerializer(many=True)


class ComparePageSerializer(Shape):
    """Compares, newest first."""

    items = CompareSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class PageQuerySerializer(Shape):
    """Which page."""

    limit = serializers.IntegerField(min_value=1, max_value=500, default=100)
    cursor = serializers.CharField(required=False)


class CreateCompareSerializer(Shape):
    """A compare to save."""

    name = serializers.CharField(max_length=200, allow_blank=True, default="")
    trainings = serializers.ListField(child=serializers.CharField(max_length=100), max_length=1_000, default=list)
    settings = JsonObject(default=dict)


class ChangeCompareSerializer(Shape):
    """What to change of a compare."""

    name = serializers.CharField(max_length=200, allow_blank=True, required=False)
    settings = JsonObject(required=False)


class AddTrainingsSerializer(Shape):
    """Trainings to add to a compare, by id or number."""

    trainings = serializers.ListField(child=serializers.CharField(max_length=100), min_length=1, max_length=1_000)
