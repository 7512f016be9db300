"""HTTP of the trash and of quotas."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.views import caller
from server.modelcloud import serializers
from server.modelcloud.selectors import quotas as quota_selectors
from server.modelcloud.selectors import trash as selectors
from server.modelcloud.services import quotas, trash


class TrashView(APIView):
    """A project's trash."""

    @extend_schema(
        operation_id="trash_list",
        parameters=[serializers.TrashQuerySerializer],
        responses=serializers.NodePageSerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of what was deleted, newest first; members only."""
        query = serializers.TrashQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        items, more = selectors.trash(viewer=caller(request), **query.validated_data)
        return Response(serializers.NodePageSerializer({"items": items, "next": more}).data)


class TrashedNodeView(APIView):
    """Something in the trash."""

    @extend_schema(operation_id="node_purge", responses={204: None})
    def delete(self, request: Request, node_id: UUID) -> Response:
        """Delete for good what lies in the trash; owners and administrators only."""
        trash.purge(actor=caller(request), node_id=node_id)
        return Response(status=204)


class RestoreView(APIView):
    """The way back."""

    @extend_schema(
        operation_id="node_restore", request=serializers.RestoreNodeSerializer, responses=serializers.NodeSerializer
    )
    def post(self, request: Request, node_id: UUID) -> Response:
        """Take a node out of the trash, to where it was or to another path; members only."""
        body = serializers.RestoreNodeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        restored = trash.restore(actor=caller(request), node_id=node_id, to=body.validated_data.get("to"))
        return Response(serializers.NodeSerializer(restored).data)


class QuotaView(APIView):
    """What a project uses and may use."""

    @extend_schema(
        operation_id="quota_read",
        parameters=[serializers.ProjectQuerySerializer],
        responses=serializers.QuotaSerializer,
    )
    def get(self, request: Request) -> Response:
        """Bytes used and allowed."""
        found = quota_selectors.quota(viewer=caller(request), project=_project(request))
        return Response(serializers.QuotaSerializer(found).data)

    @extend_schema(
        operation_id="quota_set",
        parameters=[serializers.ProjectQuerySerializer],
        request=serializers.SetQuotaSerializer,
        responses=serializers.QuotaSerializer,
    )
    def put(self, request: Request) -> Response:
        """Set what a project may use: owners up to the server's default, administrators as they like."""
        body = serializers.SetQuotaSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        now = quotas.set_quota(actor=caller(request), project=_project(request), allowed=body.validated_data["allowed"])
        return Response(serializers.QuotaSerializer(now).data)


def _project(request: Request) -> str:
    query = serializers.ProjectQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    return str(query.validated_data["project"])
