"""HTTP of nodes and files."""

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.views import caller
from server.blobs.responses import ranged
from server.modelcloud import serializers
from server.modelcloud.models import Kind
from server.modelcloud.selectors import nodes as selectors
from server.modelcloud.selectors import versions
from server.modelcloud.services import contents, moves, nodes, trash
from server.trainings.views.trainings import AnyBytes


class NodeView(APIView):
    """One node, by path."""

    @extend_schema(
        operation_id="node_read", parameters=[serializers.PathQuerySerializer], responses=serializers.NodeSerializer
    )
    def get(self, request: Request) -> Response:
        """A folder, model or file."""
        query = serializers.PathQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = selectors.node(viewer=caller(request), path=query.validated_data["path"])
        return Response(serializers.NodeSerializer(found).data)

    @extend_schema(operation_id="node_delete", parameters=[serializers.PathQuerySerializer], responses={204: None})
    def delete(self, request: Request) -> Response:
        """Move a node and all below it to the trash, for 30 days; members only."""
        query = serializers.PathQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        trash.trash(actor=caller(request), path=query.validated_data["path"])
        return Response(status=204)


class NodesView(APIView):
    """What folders hold."""

    @extend_schema(
        operation_id="nodes_list",
        parameters=[serializers.NodesQuerySerializer],
        responses=serializers.NodePageSerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of what lies in a folder, by name."""
        query = serializers.NodesQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        items, more = selectors.children(viewer=caller(request), **query.validated_data)
        return Response(serializers.NodePageSerializer({"items": items, "next": more}).data)

    @extend_schema(
        operation_id="nodes_create",
        request=serializers.CreateNodeSerializer,
        responses={201: serializers.NodeSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a folder or a model, and the folders above it; members only."""
        body = serializers.CreateNodeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        made = nodes.create_node(actor=caller(request), kind=Kind(wanted.pop("kind")), **wanted)
        return Response(serializers.NodeSerializer(made).data, status=201)


class FilesView(APIView):
    """Files."""

    @extend_schema(
        operation_id="files_create",
        request=serializers.CreateFileSerializer,
        responses={201: serializers.NodeSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a file of uploaded bytes, or a further version of it; members only."""
        body = serializers.CreateFileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = nodes.create_file(actor=caller(request), **body.validated_data)
        return Response(serializers.NodeSerializer(made).data, status=201)


class FileView(APIView):
    """The bytes of a file."""

    renderer_classes = [JSONRenderer, AnyBytes]

    @extend_schema(
        operation_id="file_read",
        parameters=[serializers.PathQuerySerializer],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="Unchanged."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The bytes of a file, or of a model's newest version; takes byte ranges and conditions."""
        query = serializers.PathQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = versions.resolve(viewer=caller(request), path=query.validated_data["path"])
        return ranged(request._request, sha256=found.sha256, filename=found.name)


class TensorsView(APIView):
    """What lies in a file."""

    @extend_schema(
        operation_id="tensors_list",
        parameters=[serializers.PathQuerySerializer],
        responses=serializers.TensorsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Tensors of a checkpoint by name, shape and dtype, and what its pickles import; 422 when it is damaged."""
        query = serializers.PathQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        version, found = contents.tensors(viewer=caller(request), path=query.validated_data["path"])
        answer = {**found, "path": version.path, "sha256": version.sha256}
        return Response(serializers.TensorsSerializer(answer).data)


class MoveView(APIView):
    """Another place for a node."""

    @extend_schema(operation_id="nodes_move", request=serializers.MoveSerializer, responses=serializers.NodeSerializer)
    def post(self, request: Request) -> Response:
        """Move or rename a node with all below it; members only, of both projects."""
        body = serializers.MoveSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        moved = moves.move(actor=caller(request), source=wanted["from"], target=wanted["to"])
        return Response(serializers.NodeSerializer(moved).data)
