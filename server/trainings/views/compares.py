"""HTTP of compares."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.principal import Principal
from server.accounts.views import caller
from server.trainings import serializers
from server.trainings.selectors import compares as selectors
from server.trainings.services import compares as services

REF = OpenApiParameter("ref", str, OpenApiParameter.PATH, description="The compare's id (UUID) or number.")


class ComparesView(APIView):
    """All compares."""

    @extend_schema(
        operation_id="compares_list",
        parameters=[serializers.PageQuerySerializer],
        responses=serializers.ComparePageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Compares that I may see, newest first."""
        query = serializers.PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        items, more = selectors.list_compares(viewer=caller(request), **query.validated_data)
        return Response(serializers.ComparePageSerializer({"items": items, "next": more}).data)

    @extend_schema(
        operation_id="compares_create",
        request=serializers.CreateCompareSerializer,
        responses={201: serializers.WholeCompareSerializer},
    )
    def post(self, request: Request) -> Response:
        """Save a compare."""
        body = serializers.CreateCompareSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        number = services.create_compare(actor=caller(request), **body.validated_data)
        return _whole(caller(request), str(number), status=201)


@extend_schema(parameters=[REF])
class CompareView(APIView):
    """One compare."""

    @extend_schema(operation_id="compares_read", responses=serializers.WholeCompareSerializer)
    def get(self, request: Request, ref: str) -> Response:
        """One compare with its trainings."""
        return _whole(caller(request), ref)

    @extend_schema(
        operation_id="compares_change",
        request=serializers.ChangeCompareSerializer,
        responses=serializers.WholeCompareSerializer,
    )
    def patch(self, request: Request, ref: str) -> Response:
        """Rename it or replace its settings; its owner only."""
        body = serializers.ChangeCompareSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        services.change_compare(actor=caller(request), ref=ref, **body.validated_data)
        return _whole(caller(request), ref)

    @extend_schema(operation_id="compares_delete", responses={204: None})
    def delete(self, request: Request, ref: str) -> Response:
        """Remove the compare, not its trainings; its owner only."""
        services.delete_compare(actor=caller(request), ref=ref)
        return Response(status=204)


@extend_schema(parameters=[REF])
class CompareTrainingsView(APIView):
    """The trainings of a compare."""

    @extend_schema(
        operation_id="compares_add",
        request=serializers.AddTrainingsSerializer,
        responses=serializers.WholeCompareSerializer,
    )
    def post(self, request: Request, ref: str) -> Response:
        """Add trainings."""
        body = serializers.AddTrainingsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        services.add_trainings(actor=caller(request), ref=ref, **body.validated_data)
        return _whole(caller(request), ref)


class CompareTrainingView(APIView):
    """One training of a compare."""

    @extend_schema(
        operation_id="compares_remove",
        parameters=[REF, OpenApiParameter("training", str, OpenApiParameter.PATH, description="Its id or number.")],
        responses={204: None},
    )
    def delete(self, request: Request, ref: str, training: str) -> Response:
        """Take a training out of the compare."""
        services.remove_training(actor=caller(request), ref=ref, training=training)
        return Response(status=204)


def _whole(viewer: Principal, ref: str, status: int = 200) -> Response:
    found: Any = selectors.compare(viewer=viewer, ref=ref)
    return Response(serializers.WholeCompareSerializer(found).data, status=status)
