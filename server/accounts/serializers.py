"""JSON shapes of accounts' endpoints."""

from rest_framework import serializers


class MeSerializer(serializers.Serializer[object]):
    """Who is asking."""

    id = serializers.IntegerField(source="user_id")
    username = serializers.CharField()
    is_admin = serializers.BooleanField()


class LoginSerializer(serializers.Serializer[object]):
    """A browser's credentials."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[object]):
    """A token as its owner sees it later."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="The first characters.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class TokensSerializer(serializers.Serializer[object]):
    """The caller's tokens."""

    items = TokenSerializer(many=True)


class CreateTokenSerializer(serializers.Serializer[object]):
    """A token to make."""

    name = serializers.CharField(max_length=100)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class NewTokenSerializer(serializers.Serializer[object]):
    """A token just made; the only time that ``token`` itself is shown."""

    id = serializers.IntegerField()
    token = serializers.CharField(source="raw")
    name = serializers.CharField()
    prefix = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class AuditQuerySerializer(serializers.Serializer[object]):
    """Which page of the audit log."""

    limit = serializers.IntegerField(min_value=1, max_value=500, default=100)
    cursor = serializers.CharField(required=False, default=None, allow_null=True)


class AuditedSerializer(serializers.Serializer[object]):
    """One line of the audit log."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_blank=True, help_text="Empty: the platform itself.")
    action = serializers.CharField()
    target = serializers.CharField(allow_blank=True)
    scope = serializers.UUIDField(allow_null=True)
    details = serializers.DictField(child=serializers.JSONField())


class AuditPageSerializer(serializers.Serializer[object]):
    """A page of the audit log."""

    items = AuditedSerializer(many=True)
    next = serializers.CharField(allow_null=True)
