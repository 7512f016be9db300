"""JSON shapes of media's endpoints."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from server.media.kinds import KINDS

_LOW, _HIGH = -(1 << 63), (1 << 63) - 1


class Shape(serializers.Serializer[Any]):
    """Base of all: plain dataclasses in, plain dicts out."""


@extend_schema_field({"type": "object", "additionalProperties": {}})
class JsonObject(serializers.JSONField):
    """Any JSON object, as it is."""

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": ["object", "null"], "additionalProperties": {}})
class JsonObjectOrNull(JsonObject):
    """Any JSON object, as it is, or null."""


class IndexQuerySerializer(Shape):
    """Which series; all of them without parameters."""

    kind = serializers.ChoiceField(KINDS, required=False)
    tag_prefix = serializers.CharField(required=False, max_length=512, trim_whitespace=False)


class MediaSeriesSerializer(Shape):
    """The items of one kind and tag."""

    kind = serializers.ChoiceField(KINDS)
    tag = serializers.CharField()
    count = serializers.IntegerField(help_text="Items that are shown.")
    first_step = serializers.IntegerField()
    last_step = serializers.IntegerField()


class MediaIndexSerializer(Shape):
    """What a training has to look at beside scalars."""

    items = MediaSeriesSerializer(many=True)
    more = serializers.BooleanField(help_text="There are further series: ask by `kind` or `tag_prefix`.")


class SeriesQuerySerializer(Shape):
    """One series."""

    kind = serializers.ChoiceField(KINDS)
    tag = serializers.CharField(max_length=512, trim_whitespace=False)


class StepsSerializer(Shape):
    """Steps, ascending, each once."""

    steps = serializers.ListField(child=serializers.IntegerField())


class ItemsQuerySerializer(SeriesQuerySerializer):
    """Which items of a series."""

    step = serializers.IntegerField(required=False, min_value=_LOW, max_value=_HIGH)
    to = serializers.IntegerField(required=False, min_value=_LOW, max_value=_HIGH, help_text="The last step.")
    most = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000,
        help_text="Items of so many steps at most, spread evenly over those that there are, first and last included.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=1_000, default=100)
    cursor = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a keyword of Python, so it cannot be written as an attribute.
        start = serializers.IntegerField(required=False, min_value=_LOW, max_value=_HIGH, help_text="The first step.")
        return {**super().get_fields(), "from": start}


class MediaItemSerializer(Shape):
    """One thing to look at. `docs/media.md` gives `meta` and `body` of each kind."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    tag = serializers.CharField()
    step = serializers.IntegerField()
    index = serializers.IntegerField(help_text="Orders several of one step.")
    time = serializers.FloatField(help_text="Unix seconds by the client's clock.")
    meta = JsonObject()
    body = JsonObjectOrNull(help_text="Null where a file holds the content.")
    media_type = serializers.CharField(help_text="Of the file; `application/json` for a body.")
    sha256 = serializers.CharField(allow_null=True, help_text="Of the file.")
    size = serializers.IntegerField(help_text="Bytes of the file or of the body.")
    name = serializers.CharField(allow_blank=True)
    stored = serializers.BooleanField(help_text="False while the file has not arrived.")


class MediaItemsSerializer(Shape):
    """A page of items by step and index."""

    items = MediaItemSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page.")


class ThumbnailQuerySerializer(Shape):
    """How large."""

    size = serializers.IntegerField(
        min_value=16, max_value=1_024, default=256, help_text="Pixels, of the longer side at most."
    )
