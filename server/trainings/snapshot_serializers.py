"""JSON shapes of snapshots and their rules."""

from rest_framework import serializers

from server.trainings.selectors.snapshots import KeepBest, Rules
from server.trainings.serializers import JsonObject, Shape


class SnapshotSerializer(Shape):
    """A checkpoint file."""

    id = serializers.UUIDField()
    tag = serializers.CharField(allow_blank=True)
    iteration = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    pending = serializers.BooleanField(help_text="Its bytes have not arrived yet.")
    pinned = serializers.BooleanField(help_text="Rules never delete it.")
    metrics = JsonObject(
        help_text="The last value of each series at or before its iteration, by tag; of a training that counts epochs, "
        "series that count iterations give their last value before it was taken. Without `system/`."
    )


class SnapshotsSerializer(Shape):
    """A training's checkpoints, by iteration."""

    items = SnapshotSerializer(many=True)


class ChangeSnapshotSerializer(Shape):
    """What to change of a snapshot."""

    pinned = serializers.BooleanField()


class KeepBestSerializer(Shape):
    """Keep the snapshots of the iterations at which a metric was best."""

    metric = serializers.CharField(max_length=512)
    mode = serializers.ChoiceField(["min", "max"])
    count = serializers.IntegerField(min_value=1, max_value=10_000, default=1)


class RulesSerializer(Shape):
    """What to keep; both null: everything. What either rule keeps stays, and so do pinned snapshots and the newest."""

    keep_last = serializers.IntegerField(
        min_value=1, max_value=10_000, allow_null=True, default=None, help_text="Of so many iterations, the last saved."
    )
    keep_best = KeepBestSerializer(allow_null=True, default=None)

    def rules(self) -> Rules:
        """What was sent, checked."""
        data = self.validated_data
        best = data["keep_best"]
        return Rules(data["keep_last"], KeepBest(**best) if best else None, data.get("inherited", False))


class TrainingRulesSerializer(RulesSerializer):
    """The rules in force for a training."""

    inherited = serializers.BooleanField(
        default=False, help_text="They are its project's. Sent as true: it shall have none of its own."
    )
