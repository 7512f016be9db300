"""JSON shapes of the series store's endpoints: what they take (checked here) and what they answer."""

from rest_framework import serializers

from server.scalars.query import COLUMNS

MAX_TRAININGS = 1_000


class QuerySerializer(serializers.Serializer[object]):
    """A chart: which curves, on which axis, how finely."""

    trainings = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MAX_TRAININGS)
    tags = serializers.ListField(child=serializers.CharField(max_length=512), min_length=1, max_length=200)
    x = serializers.ChoiceField(choices=["step", "time", "relative"], default="step")
    start = serializers.FloatField(required=False, allow_null=True, default=None, help_text="Smallest x, inclusive.")
    stop = serializers.FloatField(required=False, allow_null=True, default=None, help_text="Largest x, inclusive.")
    buckets = serializers.IntegerField(min_value=1, max_value=10_000, default=1_000)
    smoothing = serializers.FloatField(min_value=0, max_value=0.9999, default=0.0, help_text="Weight of the average.")
    ranks = serializers.ChoiceField(choices=["reduced", "all"], default="reduced")
    include_hidden = serializers.BooleanField(default=False, help_text="Also what a resumed training rewound.")
    columns = serializers.MultipleChoiceField(choices=list(COLUMNS), default=set(COLUMNS))

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        """Bounds are numbers."""
        for name in ("start", "stop"):
            bound = attrs.get(name)
            if isinstance(bound, float) and not abs(bound) < 2**63:
                raise serializers.ValidationError({name: ["This is no number that an axis can have."]})
        return attrs


class TrainingsParams(serializers.Serializer[object]):
    training = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MAX_TRAININGS)


class PointsParams(serializers.Serializer[object]):
    training = serializers.UUIDField()
    tag = serializers.CharField(max_length=512, trim_whitespace=False)
    rank = serializers.IntegerField(min_value=0, max_value=32_767, required=False, allow_null=True, default=None)
    include_hidden = serializers.BooleanField(default=False)


class LatestParams(serializers.Serializer[object]):
    training = serializers.UUIDField()
    tag = serializers.CharField(max_length=512, trim_whitespace=False)
    rank = serializers.IntegerField(min_value=0, max_value=32_767, required=False, allow_null=True, default=None)
    n = serializers.IntegerField(min_value=1, max_value=100_000, default=1)


class ExportParams(TrainingsParams):
    format = serializers.ChoiceField(choices=["parquet", "csv", "json"], default="parquet")
    include_hidden = serializers.BooleanField(default=False)


class ChecksumsParams(serializers.Serializer[object]):
    training = serializers.UUIDField()
    writer = serializers.UUIDField(required=False, allow_null=True, default=None)


class Number(serializers.JSONField):
    """A number, or one of the words "NaN", "Infinity", "-Infinity"."""


class SeriesSerializer(serializers.Serializer[object]):
    """A series and its statistics."""

    training = serializers.UUIDField()
    tag = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True, help_text="Null for a series that is no single rank's.")
    reduce = serializers.CharField(allow_blank=True, help_text="How ranks become this curve: mean or max.")
    count = serializers.IntegerField()
    first_step = serializers.IntegerField(allow_null=True)
    last_step = serializers.IntegerField(allow_null=True)
    first_time = Number(allow_null=True)
    last_time = Number(allow_null=True)
    last_value = Number(allow_null=True)
    min = Number(allow_null=True)
    max = Number(allow_null=True)


class SeriesListSerializer(serializers.Serializer[object]):
    items = SeriesSerializer(many=True)


class PointSerializer(serializers.Serializer[object]):
    step = serializers.IntegerField()
    time = Number()
    value = Number()


class LatestSerializer(serializers.Serializer[object]):
    """The newest points, newest first."""

    items = PointSerializer(many=True)


class PointColumnsSerializer(serializers.Serializer[object]):
    """A whole series in step order."""

    steps = serializers.ListField(child=serializers.IntegerField())
    times = serializers.ListField(child=Number())
    values = serializers.ListField(child=Number())


class ChecksumSerializer(serializers.Serializer[object]):
    tag = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True)
    count = serializers.IntegerField()
    checksum = serializers.CharField(help_text="Decimal; 64 bits do not fit a JSON number.")
    intact = serializers.BooleanField(help_text="The stored bytes add up to what all writers sent.")


class ChecksumsSerializer(serializers.Serializer[object]):
    items = ChecksumSerializer(many=True)


class CurveSerializer(serializers.Serializer[object]):
    """One curve on the grid; columns are as long as ``x``, null where there is nothing."""

    training = serializers.UUIDField()
    tag = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True)
    points = serializers.IntegerField(help_text="Points in range.")
    total = serializers.IntegerField(help_text="Points of the curve.")
    min = serializers.ListField(child=serializers.FloatField(allow_null=True), required=False)
    max = serializers.ListField(child=serializers.FloatField(allow_null=True), required=False)
    mean = serializers.ListField(child=serializers.FloatField(allow_null=True), required=False)
    last = serializers.ListField(child=serializers.FloatField(allow_null=True), required=False)
    count = serializers.ListField(child=serializers.IntegerField(), required=False)
    smoothed = serializers.ListField(child=serializers.FloatField(allow_null=True), required=False)
    nonfinite = serializers.ListField(child=serializers.ListField(child=Number()), help_text="(x, value), the first.")
    nonfinite_count = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer[object]):
    """A chart's data. In buckets, ``x`` is where each begins and ``width`` how wide they are."""

    axis = serializers.ChoiceField(choices=["step", "time", "relative"])
    mode = serializers.ChoiceField(choices=["points", "buckets"])
    x = serializers.ListField(child=serializers.FloatField())
    width = serializers.FloatField(allow_null=True)
    series = CurveSerializer(many=True)
