"""Shapes of the upload routes."""

from typing import Any

from rest_framework import serializers


class UploadRequest(serializers.Serializer[Any]):
    """The bytes that are to come."""

    sha256 = serializers.CharField(
        max_length=64,
        help_text="Of the whole, 64 lowercase hexadecimal digits. To start an upload before it is known: any such "
        "digits that find the upload again; the true ones are told on completion.",
    )
    size = serializers.IntegerField(min_value=0, max_value=(1 << 63) - 1, help_text="Bytes of the whole.")


class CompleteRequest(serializers.Serializer[Any]):
    """The end of an upload."""

    sha256 = serializers.CharField(
        max_length=64, required=False, help_text="Of the whole, if the upload was started under other digits."
    )


class KnownAnswer(serializers.Serializer[Any]):
    """Whether bytes need to be sent."""

    complete = serializers.BooleanField(help_text="The bytes are stored, and known to be yours.")


class UploadAnswer(serializers.Serializer[Any]):
    """How far an upload is."""

    id = serializers.UUIDField(allow_null=True, help_text="Null when nothing needs to be sent.")
    part_size = serializers.IntegerField(help_text="Bytes of every part but the last.")
    received = serializers.ListField(
        child=serializers.IntegerField(), help_text="Numbers, from 1, of the parts that are safely here."
    )
    complete = serializers.BooleanField(help_text="The bytes are stored, and known to be yours.")


class SmallAnswer(serializers.Serializer[Any]):
    """What became of small files, by sha256."""

    stored = serializers.ListField(child=serializers.CharField(), help_text="Safely here, and known to be yours.")
    damaged = serializers.ListField(
        child=serializers.CharField(), help_text="Announced so, but their bytes have another digest."
    )
