"""HTTP of snapshots: the list, one, its file, and the rules that decide which stay."""

from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.views import caller
from server.blobs.responses import ranged
from server.trainings import snapshot_serializers as serializers
from server.trainings.selectors import snapshots as selectors
from server.trainings.selectors.trainings import training_id
from server.trainings.services import snapshot_rules, snapshots
from server.trainings.views.trainings import REF, AnyBytes


@extend_schema(parameters=[REF])
class SnapshotsView(APIView):
    """A training's checkpoints."""

    @extend_schema(operation_id="snapshots_list", responses=serializers.SnapshotsSerializer)
    def get(self, request: Request, ref: str) -> Response:
        """Checkpoints of a training, by iteration, with the metrics at each."""
        snapshots.claim_pending(training_id=training_id(viewer=caller(request), ref=ref))
        items = selectors.snapshots(viewer=caller(request), ref=ref)
        return Response(serializers.SnapshotsSerializer({"items": items}).data)


@extend_schema(parameters=[REF])
class SnapshotView(APIView):
    """One checkpoint."""

    @extend_schema(
        operation_id="snapshots_change",
        request=serializers.ChangeSnapshotSerializer,
        responses=serializers.SnapshotSerializer,
    )
    def patch(self, request: Request, ref: str, snapshot_id: UUID) -> Response:
        """Pin a checkpoint, so that rules never delete it, or unpin it; members only."""
        body = serializers.ChangeSnapshotSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        snapshots.pin(actor=caller(request), ref=ref, snapshot_id=snapshot_id, **body.validated_data)
        found = selectors.snapshot(viewer=caller(request), ref=ref, snapshot_id=snapshot_id)
        return Response(serializers.SnapshotSerializer(found).data)

    @extend_schema(operation_id="snapshots_delete", responses={204: None})
    def delete(self, request: Request, ref: str, snapshot_id: UUID) -> Response:
        """Forget a checkpoint for good; members only. What a model was made of stays in the model."""
        snapshots.delete(actor=caller(request), ref=ref, snapshot_id=snapshot_id)
        return Response(status=204)


@extend_schema(parameters=[REF])
class SnapshotFileView(APIView):
    """The bytes of a checkpoint."""

    renderer_classes = [JSONRenderer, AnyBytes]

    @extend_schema(
        operation_id="snapshots_file",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="Unchanged."),
        },
    )
    def get(self, request: Request, ref: str, snapshot_id: UUID) -> HttpResponseBase:
        """The file; takes byte ranges and conditions."""
        snapshots.claim_pending(training_id=training_id(viewer=caller(request), ref=ref))
        found = selectors.snapshot_for_download(viewer=caller(request), ref=ref, snapshot_id=snapshot_id)
        return ranged(request._request, sha256=found.sha256, filename=found.name)


@extend_schema(parameters=[REF])
class TrainingRulesView(APIView):
    """Which checkpoints of a training stay."""

    @extend_schema(operation_id="snapshots_rules", responses=serializers.TrainingRulesSerializer)
    def get(self, request: Request, ref: str) -> Response:
        """The rules in force: the training's own, else its project's."""
        found = selectors.training_rules(viewer=caller(request), ref=ref)
        return Response(serializers.TrainingRulesSerializer(found).data)

    @extend_schema(
        operation_id="snapshots_set_rules",
        request=serializers.TrainingRulesSerializer,
        responses=serializers.TrainingRulesSerializer,
    )
    def put(self, request: Request, ref: str) -> Response:
        """Set the training's own rules and apply them at once; members only."""
        body = serializers.TrainingRulesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        found = snapshot_rules.set_training_rules(actor=caller(request), ref=ref, rules=body.rules())
        return Response(serializers.TrainingRulesSerializer(found).data)


class ProjectRulesView(APIView):
    """Which checkpoints stay of trainings without rules of their own."""

    @extend_schema(operation_id="projects_snapshot_rules", responses=serializers.RulesSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """The project's rules."""
        found = selectors.project_rules(viewer=caller(request), project_id=project_id)
        return Response(serializers.RulesSerializer(found).data)

    @extend_schema(
        operation_id="projects_set_snapshot_rules",
        request=serializers.RulesSerializer,
        responses=serializers.RulesSerializer,
    )
    def put(self, request: Request, project_id: UUID) -> Response:
        """Set the project's rules, which are applied within a minute; owners only."""
        body = serializers.RulesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        found = snapshot_rules.set_project_rules(actor=caller(request), project_id=project_id, rules=body.rules())
        return Response(serializers.RulesSerializer(found).data)
