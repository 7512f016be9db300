"""What the ModelCloud needs of trainings: snapshots that became versions, and projects that hold models."""

from collections.abc import Collection
from uuid import UUID

from server.modelcloud.models import Node, Version


def snapshots_in_use(ids: Collection[UUID]) -> list[UUID]:
    """Those of these snapshots that are versions here, in the trash too. (The bytes are held for both anyway.)"""
    found = Version.objects.filter(snapshot_id__in=ids).values_list("snapshot_id", flat=True).distinct()
    return [snapshot for snapshot in found if snapshot is not None]


def project_content(project_id: UUID) -> str | None:
    """What keeps a project from being deleted."""
    return "holds models or files, perhaps in their trash" if Node.objects.filter(project=project_id).exists() else None
