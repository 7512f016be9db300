"""HTTP of versions, aliases, their history, and promotion."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.views import caller
from server.modelcloud import serializers
from server.modelcloud.selectors import versions as selectors
from server.modelcloud.services import promotion
from server.modelcloud.services import versions as services


class VersionsView(APIView):
    """Versions of a file or a model."""

    @extend_schema(
        operation_id="versions_list",
        parameters=[serializers.PageQuerySerializer],
        responses=serializers.VersionPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of versions, newest first."""
        query = serializers.PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        items, more = selectors.versions(viewer=caller(request), **query.validated_data)
        return Response(serializers.VersionPageSerializer({"items": items, "next": more}).data)


class VersionView(APIView):
    """One version."""

    @extend_schema(
        operation_id="versions_change",
        request=serializers.ChangeVersionSerializer,
        responses=serializers.VersionSerializer,
    )
    def patch(self, request: Request, version_id: UUID) -> Response:
        """Set the stage, or the comment; members only."""
        body = serializers.ChangeVersionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        changed = services.change_version(actor=caller(request), version_id=version_id, **body.validated_data)
        return Response(serializers.VersionSerializer(changed).data)


class AliasesView(APIView):
    """Names of versions."""

    @extend_schema(
        operation_id="aliases_set", request=serializers.SetAliasSerializer, responses=serializers.NodeSerializer
    )
    def put(self, request: Request) -> Response:
        """Point an alias at a version, or take it away; members only."""
        body = serializers.SetAliasSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        now = services.set_alias(actor=caller(request), **body.validated_data)
        return Response(serializers.NodeSerializer(now).data)


class HistoryView(APIView):
    """Who held what."""

    @extend_schema(
        operation_id="history_list",
        parameters=[serializers.PageQuerySerializer],
        responses=serializers.HistorySerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of what happened to the aliases and stages of a model or file, newest first."""
        query = serializers.PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        items, more = selectors.history(viewer=caller(request), **query.validated_data)
        return Response(serializers.HistorySerializer({"items": items, "next": more}).data)


class PromoteView(APIView):
    """From a training to a model."""

    @extend_schema(
        operation_id="snapshots_promote",
        request=serializers.PromoteSerializer,
        responses={201: serializers.NodeSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a snapshot a version of a model; members of the model's project who see the training."""
        body = serializers.PromoteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = promotion.promote(actor=caller(request), **body.validated_data)
        return Response(serializers.NodeSerializer(made).data, status=201)
