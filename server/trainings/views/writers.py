"""HTTP of writers: the door through which every training begins."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.views import caller
from server.scalars import listeners
from server.trainings import serializers
from server.trainings.errors import BadOpening
from server.trainings.services import writers

_IDLE_S, _WATCHED_S = 2.0, 0.5


class WriterView(APIView):
    """One writer."""

    @extend_schema(
        operation_id="writers_open",
        request=serializers.OpenEventSerializer,
        responses=serializers.OpenedSerializer,
    )
    def put(self, request: Request, writer_id: UUID) -> Response:
        """Open a writer: makes its training, or continues one. Repeating it changes nothing."""
        body: Any = request.data
        if not isinstance(body, dict):
            raise BadOpening("The body must be an OpenEvent, a JSON object.")
        opened = writers.open_writer(actor=caller(request), writer_id=writer_id, body=body)
        watched = listeners.watched(opened.training_id)
        answer = {
            "training": {
                "id": opened.training_id,
                "number": opened.number,
                "name": opened.name,
                "project": opened.project,
                "url": opened.url,
            },
            "watermark": opened.watermark,
            "pace": {"interval": _WATCHED_S if watched else _IDLE_S, "watched": watched},
            "warnings": opened.warnings,
        }
        return Response(serializers.OpenedSerializer(answer).data)
