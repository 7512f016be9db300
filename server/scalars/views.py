"""HTTP of reading scalars. Every training asked for must be one that the caller may read; else the answer is 404."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from server.accounts.principal import Principal
from server.scalars import columns, export, gate, query, selectors, serializers, verification
from server.scalars.columns import number
from server.scalars.errors import UnknownSeries, UnknownTraining
from server.scalars.models import NO_RANK, Series


class _AlwaysJson(BaseContentNegotiation):
    """Errors are JSON whatever the caller accepts; answers choose for themselves."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        media_type = request.content_type or ""
        return next((parser for parser in parsers if media_type.startswith(parser.media_type)), None)

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None) -> Any:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class ScalarsView(APIView):
    """What the endpoints share."""

    content_negotiation_class = _AlwaysJson

    def require_readable(self, request: Request, training_ids: Sequence[UUID]) -> None:
        """Raises UnknownTraining when the caller may not read one of them."""
        viewer = request.user
        assert isinstance(viewer, Principal)  # noqa: S101  # both authenticators answer with one
        if not gate.current().readable(viewer=viewer, training_ids=training_ids).issuperset(training_ids):
            raise UnknownTraining("There is no such training, or it is not yours to see.")


def _params(request: Request, shape: type[Serializer[Any]], *, lists: Sequence[str] = ()) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: request.query_params.getlist(name) if name in lists else value
        for name, value in request.query_params.items()
    }
    checked = shape(data=given)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def _accepts_columns(request: Request) -> bool:
    return columns.MEDIA_TYPE in request.META.get("HTTP_ACCEPT", "")


def _row(params: dict[str, Any]) -> Series:
    row = export.find(params["training"], params["tag"], params["rank"])
    if row is None:
        raise UnknownSeries("This training has no such series. GET scalars/series lists those it has.")
    return row


class SeriesView(ScalarsView):
    """Which series trainings have."""

    @extend_schema(
        operation_id="scalars_series",
        parameters=[serializers.TrainingsParams],
        responses=serializers.SeriesListSerializer,
    )
    def get(self, request: Request) -> Response:
        """Series of one or more trainings with their statistics, fresh points included."""
        trainings = _params(request, serializers.TrainingsParams, lists=["training"])["training"]
        self.require_readable(request, trainings)
        return Response({"items": [_series(info) for info in selectors.series(trainings)]})


def _series(info: selectors.SeriesInfo) -> dict[str, Any]:
    stats = info.stats
    return {
        "training": str(info.training_id),
        "tag": info.tag,
        "rank": info.rank,
        "reduce": info.reduce,
        "count": stats.count,
        "first_step": stats.first_step,
        "last_step": stats.last_step,
        "first_time": number(stats.first_time),
        "last_time": number(stats.last_time),
        "last_value": number(stats.last_value),
        "min": number(stats.minimum),
        "max": number(stats.maximum),
    }


class QueryView(ScalarsView):
    """Charts."""

    @extend_schema(
        operation_id="scalars_query",
        request=serializers.QuerySerializer,
        responses={
            (200, "application/json"): serializers.AnswerSerializer,
            (200, columns.MEDIA_TYPE): OpenApiTypes.BINARY,
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Curves of many trainings and tags on one x grid; with ``Accept: application/vnd.pavi.columns`` in binary."""
        body = serializers.QuerySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        trainings = tuple(dict.fromkeys(asked["trainings"]))
        self.require_readable(request, trainings)
        document = query.run(
            query.Query(
                trainings=trainings,
                tags=tuple(dict.fromkeys(asked["tags"])),
                x=asked["x"],
                start=asked["start"],
                stop=asked["stop"],
                buckets=asked["buckets"],
                smoothing=asked["smoothing"],
                all_ranks=asked["ranks"] == "all",
                include_hidden=asked["include_hidden"],
                columns=tuple(asked["columns"]),
            )
        )
        if _accepts_columns(request):
            return HttpResponse(columns.frame(document), content_type=columns.MEDIA_TYPE)
        return HttpResponse(msgspec.json.encode(columns.plain(document)), content_type="application/json")


class PointsView(ScalarsView):
    """One series whole."""

    @extend_schema(
        operation_id="scalars_points",
        parameters=[serializers.PointsParams],
        responses={
            (200, "application/json"): serializers.PointColumnsSerializer,
            (200, columns.MEDIA_TYPE): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Every point of one series in step order, streamed; equal steps in order of receipt."""
        params = _params(request, serializers.PointsParams)
        self.require_readable(request, [params["training"]])
        source = export.SeriesSource(_row(params), include_hidden=params["include_hidden"])
        if _accepts_columns(request):
            return StreamingHttpResponse(export.binary_points(source), content_type=columns.MEDIA_TYPE)
        return StreamingHttpResponse(export.json_points(source), content_type="application/json")


class LatestView(ScalarsView):
    """The newest points of one series."""

    @extend_schema(
        operation_id="scalars_latest", parameters=[serializers.LatestParams], responses=serializers.LatestSerializer
    )
    def get(self, request: Request) -> Response:
        """The points of the ``n`` largest steps, the largest first."""
        params = _params(request, serializers.LatestParams)
        self.require_readable(request, [params["training"]])
        found = export.newest(_row(params), params["n"])
        points = zip(found.steps.tolist(), found.times.tolist(), found.values.tolist(), strict=True)
        items = [{"step": step, "time": number(time), "value": number(value)} for step, time, value in points]
        return Response({"items": items[::-1]})


_FORMATS = {"parquet": export.PARQUET, "csv": export.CSV, "json": export.JSON}


class ExportView(ScalarsView):
    """Everything, as a file."""

    @extend_schema(
        operation_id="scalars_export",
        parameters=[serializers.ExportParams],
        responses={(200, media_type): OpenApiTypes.BINARY for media_type in _FORMATS.values()},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Every point of every series of one or more trainings, streamed; ``json`` is one object a line."""
        params = _params(request, serializers.ExportParams, lists=["training"])
        trainings = list(dict.fromkeys(params["training"]))
        self.require_readable(request, trainings)
        media_type = _FORMATS[params["format"]]
        pieces = export.stream(trainings, media_type, include_hidden=params["include_hidden"])
        ending = "jsonl" if params["format"] == "json" else params["format"]
        name = f"scalars-{trainings[0]}.{ending}" if len(trainings) == 1 else f"scalars.{ending}"
        return StreamingHttpResponse(
            pieces, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )


class ChecksumsView(ScalarsView):
    """Proof of what is stored."""

    @extend_schema(
        operation_id="scalars_checksums",
        parameters=[serializers.ChecksumsParams],
        responses=serializers.ChecksumsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Count and checksum of each series (of one writer's part of it), computed from the stored bytes."""
        params = _params(request, serializers.ChecksumsParams)
        self.require_readable(request, [params["training"]])
        items = [
            {
                "tag": item.tag,
                "rank": None if item.rank == NO_RANK else item.rank,
                "count": item.count,
                "checksum": str(item.checksum),
                "intact": item.intact,
            }
            for item in verification.checksums(params["training"], writer_id=params["writer"])
        ]
        return Response({"items": items})
