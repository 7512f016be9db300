"""HTTP of uploads. Bytes are downloaded where they have a meaning (see `responses`), not here."""

from dataclasses import asdict
from typing import BinaryIO, NoReturn, cast
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.principal import Principal
from server.blobs import errors, selectors, services, small
from server.blobs.serializers import CompleteRequest, KnownAnswer, SmallAnswer, UploadAnswer, UploadRequest


class AnyBytes(BaseParser):
    """Accepts any content type and reads nothing: the view takes the stream itself."""

    media_type = "*/*"

    def parse(self, stream: object, media_type: str | None = None, parser_context: object = None) -> NoReturn:
        """Never called: the view does not touch ``request.data``."""
        raise AssertionError("the body belongs to the view")


class UploadsView(APIView):
    """Uploads of the caller."""

    @extend_schema(operation_id="find_bytes", tags=["blobs"], parameters=[UploadRequest], responses={200: KnownAnswer})
    def get(self, request: Request) -> Response:
        """Tell whether bytes need not be sent, because they are here and known to be yours. Starts nothing."""
        form = UploadRequest(data=request.query_params)
        form.is_valid(raise_exception=True)
        known = services.refresh(actor=cast(Principal, request.user), **form.validated_data)
        return Response(KnownAnswer({"complete": known}).data)

    @extend_schema(operation_id="start_upload", tags=["blobs"], request=UploadRequest, responses={200: UploadAnswer})
    def post(self, request: Request) -> Response:
        """Start an upload, or find the open one of the same bytes and go on with it."""
        form = UploadRequest(data=request.data)
        form.is_valid(raise_exception=True)
        state = services.start_upload(actor=cast(Principal, request.user), **form.validated_data)
        return _answer(state)


class UploadView(APIView):
    """One upload."""

    @extend_schema(operation_id="get_upload", tags=["blobs"], responses={200: UploadAnswer})
    def get(self, request: Request, upload_id: UUID) -> Response:
        """Tell which parts are here."""
        return _answer(selectors.upload_state(viewer=cast(Principal, request.user), upload_id=upload_id))


class PartView(APIView):
    """One part of an upload."""

    parser_classes = [AnyBytes]

    @extend_schema(
        operation_id="put_part",
        tags=["blobs"],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("X-Content-SHA256", str, OpenApiParameter.HEADER, description="Checked when it is given."),
        ],
        responses={204: None},
    )
    def put(self, request: Request, upload_id: UUID, number: int) -> Response:
        """Send a part, as raw bytes with a Content-Length. Sending it again replaces it."""
        services.write_part(
            actor=cast(Principal, request.user),
            upload_id=upload_id,
            number=number,
            stream=cast(BinaryIO, request._request),
            length=_content_length(request),
            sha256=request.headers.get("X-Content-SHA256"),
        )
        return Response(status=204)


class CompleteView(APIView):
    """The end of an upload."""

    @extend_schema(
        operation_id="complete_upload",
        tags=["blobs"],
        request=None,
        parameters=[CompleteRequest],
        responses={200: UploadAnswer},
    )
    def post(self, request: Request, upload_id: UUID) -> Response:
        """Check the whole and store it."""
        form = CompleteRequest(data=request.query_params)
        form.is_valid(raise_exception=True)
        actor = cast(Principal, request.user)
        return _answer(services.complete_upload(actor=actor, upload_id=upload_id, **form.validated_data))


class SmallView(APIView):
    """Many small files at once."""

    parser_classes = [AnyBytes]

    @extend_schema(
        operation_id="put_small_files",
        tags=["blobs"],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: SmallAnswer},
    )
    def post(self, request: Request) -> Response:
        """Send small files: of each 32 bytes of sha256, 4 bytes of length (little-endian), its bytes. 8 MiB in all."""
        taken = small.store(
            actor=cast(Principal, request.user),
            stream=cast(BinaryIO, request._request),
            length=_content_length(request),
        )
        return Response(SmallAnswer(asdict(taken)).data)


def _answer(state: selectors.UploadState) -> Response:
    return Response(UploadAnswer(asdict(state)).data)


def _content_length(request: Request) -> int:
    try:
        return int(request.META["CONTENT_LENGTH"])
    except (KeyError, ValueError):
        raise errors.LengthRequired("A part needs a Content-Length header.") from None
