"""HTTP of media: the index of a training, steps and items of a series, files and thumbnails."""

from dataclasses import asdict

from django.http import HttpResponse, HttpResponseBase
from django.utils.http import parse_etags, quote_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.views import caller
from server.blobs.responses import ranged
from server.media import selectors, serializers, services, thumbnails
from server.trainings.views.trainings import REF, AnyBytes

_ITEM = OpenApiParameter("item", str, OpenApiParameter.PATH, description="The item's id.")
_UNCHANGING = "private, max-age=31536000, immutable"
"""An item's bytes never change: a later one has another id."""

_CLAIMED = 2_000
"""Items that a request looks at before it answers; the others are the background's."""


@extend_schema(parameters=[REF])
class IndexView(APIView):
    """What a training has to look at."""

    @extend_schema(
        operation_id="media_index",
        parameters=[serializers.IndexQuerySerializer],
        responses=serializers.MediaIndexSerializer,
    )
    def get(self, request: Request, ref: str) -> Response:
        """Kinds and tags that a training has logged beside scalars, with counts and steps."""
        query = serializers.IndexQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = selectors.index(viewer=caller(request), ref=ref, **query.validated_data)
        return Response(asdict(found))


@extend_schema(parameters=[REF])
class StepsView(APIView):
    """The steps of a series."""

    @extend_schema(
        operation_id="media_steps",
        parameters=[serializers.SeriesQuerySerializer],
        responses=serializers.StepsSerializer,
    )
    def get(self, request: Request, ref: str) -> Response:
        """The steps at which there is something to look at."""
        query = serializers.SeriesQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        return Response({"steps": selectors.steps(viewer=caller(request), ref=ref, **query.validated_data)})


@extend_schema(parameters=[REF])
class ItemsView(APIView):
    """The items of a series."""

    @extend_schema(
        operation_id="media_items",
        parameters=[serializers.ItemsQuerySerializer],
        responses=serializers.MediaItemsSerializer,
    )
    def get(self, request: Request, ref: str) -> Response:
        """Items by step and index, with what they hold inline; `most` thins them over the steps."""
        query = serializers.ItemsQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        _claim(request, ref)
        items, more = selectors.items(
            viewer=caller(request),
            ref=ref,
            kind=wanted["kind"],
            tag=wanted["tag"],
            wanted=selectors.Range(wanted.get("step"), wanted.get("from"), wanted.get("to"), wanted.get("most")),
            limit=wanted["limit"],
            cursor=wanted.get("cursor"),
        )
        return Response({"items": [asdict(item) for item in items], "next": more})


@extend_schema(parameters=[REF, _ITEM])
class FileView(APIView):
    """The file of an item."""

    renderer_classes = [JSONRenderer, AnyBytes]

    @extend_schema(
        operation_id="media_file",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="Unchanged."),
        },
    )
    def get(self, request: Request, ref: str, item: str) -> HttpResponseBase:
        """The bytes with the type that they were logged with; takes ranges and conditions."""
        _claim(request, ref)
        found = selectors.file(viewer=caller(request), ref=ref, item_id=item)
        kind = found.media_type
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        response = ranged(request._request, sha256=found.sha256, filename=found.name, content_type=kind, inline=True)
        response["Cache-Control"] = _UNCHANGING
        return response


@extend_schema(parameters=[REF, _ITEM])
class ThumbnailView(APIView):
    """A small picture of an item."""

    renderer_classes = [JSONRenderer, AnyBytes]

    @extend_schema(
        operation_id="media_thumbnail",
        parameters=[serializers.ThumbnailQuerySerializer],
        responses={
            (200, thumbnails.MEDIA_TYPE): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="Unchanged."),
            415: OpenApiResponse(description="The item is no picture."),
            422: OpenApiResponse(description="The picture is damaged, or too large to decode."),
        },
    )
    def get(self, request: Request, ref: str, item: str) -> HttpResponseBase:
        """A WebP picture of an image, a figure, or the first frame of an animation."""
        query = serializers.ThumbnailQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        _claim(request, ref)
        found = selectors.file(viewer=caller(request), ref=ref, item_id=item)
        size = query.validated_data["size"]
        headers = {
            "ETag": quote_etag(f"{found.sha256}-{size}"),
            "Cache-Control": _UNCHANGING,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        if headers["ETag"] in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(thumbnails.make(found, size), content_type=thumbnails.MEDIA_TYPE, headers=headers)


def _claim(request: Request, ref: str) -> None:
    """Finds files that came after their events, which the background does every minute otherwise."""
    waiting = selectors.waits(viewer=caller(request), ref=ref)
    if waiting is not None:
        services.claim_pending(training_id=waiting, limit=_CLAIMED)
