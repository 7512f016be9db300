"""HTTP of trainings: the table, one training and its console."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.views import caller
from server.trainings import serializers
from server.trainings.selectors import table
from server.trainings.selectors import trainings as selectors
from server.trainings.services import lifecycle

REF = OpenApiParameter("ref", str, OpenApiParameter.PATH, description="The training's id (UUID) or number.")


class TrainingsView(APIView):
    """The table."""

    @extend_schema(
        operation_id="trainings_list",
        parameters=[serializers.TrainingQuerySerializer],
        responses=serializers.TrainingPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of trainings, by filter, order and columns."""
        params = serializers.TrainingQuerySerializer(data=request.query_params)
        params.is_valid(raise_exception=True)
        wanted = dict(params.validated_data)
        query = table.Query(columns=wanted.pop("column", ()), **wanted)
        items, more = table.list_trainings(viewer=caller(request), query=query)
        return Response(serializers.TrainingPageSerializer({"items": items, "next": more}).data)

    @extend_schema(
        operation_id="trainings_change_many",
        request=serializers.ChangeManySerializer,
        responses=serializers.ChangedSerializer,
    )
    def post(self, request: Request) -> Response:
        """Archive, unarchive, delete or restore many trainings, all or none."""
        body = serializers.ChangeManySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        changed = lifecycle.change_many(
            actor=caller(request), refs=body.validated_data["trainings"], action=body.validated_data["action"]
        )
        return Response(serializers.ChangedSerializer({"changed": changed}).data)


@extend_schema(parameters=[REF])
class TrainingView(APIView):
    """One training."""

    @extend_schema(operation_id="trainings_read", responses=serializers.WholeTrainingSerializer)
    def get(self, request: Request, ref: str) -> Response:
        """One training with all its documents."""
        return _whole(request, ref)

    @extend_schema(
        operation_id="trainings_change",
        request=serializers.ChangeTrainingSerializer,
        responses=serializers.WholeTrainingSerializer,
    )
    def patch(self, request: Request, ref: str) -> Response:
        """Rename, annotate, tag or archive; members only."""
        body = serializers.ChangeTrainingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        lifecycle.change_training(actor=caller(request), ref=ref, changes=body.validated_data)
        return _whole(request, ref)

    @extend_schema(operation_id="trainings_delete", responses={204: None})
    def delete(self, request: Request, ref: str) -> Response:
        """Move to the trash, from where it is deleted for good after 30 days; members only."""
        lifecycle.change_many(actor=caller(request), refs=[ref], action="delete")
        return Response(status=204)


@extend_schema(parameters=[REF])
class RestoreView(APIView):
    """A training in the trash."""

    @extend_schema(operation_id="trainings_restore", request=None, responses=serializers.WholeTrainingSerializer)
    def post(self, request: Request, ref: str) -> Response:
        """Take a training back out of the trash; members only."""
        lifecycle.change_many(actor=caller(request), refs=[ref], action="restore")
        return _whole(request, ref)


@extend_schema(parameters=[REF])
class ConsoleView(APIView):
    """What a training printed."""

    @extend_schema(
        operation_id="trainings_console",
        parameters=[serializers.ConsoleQuerySerializer],
        responses=serializers.ConsoleSerializer,
    )
    def get(self, request: Request, ref: str) -> Response:
        """Console lines by range or search, in the order in which they arrived."""
        query = serializers.ConsoleQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = dict(query.validated_data)
        page = selectors.console_lines(viewer=caller(request), ref=ref, first=wanted.pop("from"), **wanted)
        return Response(serializers.ConsoleSerializer(page).data)


class AnyBytes(BaseRenderer):
    """Lets clients ask for any content type: the answer is the file, as it came. Errors stay JSON."""

    media_type = "*/*"
    format = ""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return JSONRenderer().render(data, accepted_media_type, renderer_context)


def _whole(request: Request, ref: str) -> Response:
    found = selectors.training(viewer=caller(request), ref=ref)
    return Response(serializers.WholeTrainingSerializer(found).data)
