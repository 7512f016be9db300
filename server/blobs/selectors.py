"""Reads of blobs. Who may see bytes is decided by the apps that hold them; here, only who has proved to have them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from server.accounts.principal import Principal
from server.blobs.errors import UnknownUpload
from server.blobs.models import Blob, Possession, Upload


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """Stored bytes. ``size`` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far an upload is. ``received`` lists part numbers, counted from 1; ``id`` is None when none is needed."""

    id: UUID | None
    part_size: int
    received: list[int]
    complete: bool


def possesses(*, user_id: int, sha256: str) -> bool:
    """Whether the user has proved to have these bytes, by sending them, and they are still here."""
    return Possession.objects.filter(user_id=user_id, blob_id=sha256).exists()


def possessed(*, user_id: int, sha256s: Collection[str]) -> set[str]:
    """Those of many that `possesses` is true of."""
    return set(Possession.objects.filter(user_id=user_id, blob_id__in=list(sha256s)).values_list("blob_id", flat=True))


def stat(*, sha256: str) -> BlobInfo | None:
    """What is stored under a hash; None when nothing is."""
    size = Blob.objects.filter(sha256=sha256).values_list("size", flat=True).first()
    return BlobInfo(sha256, size) if size is not None else None


def upload_state(*, viewer: Principal, upload_id: UUID) -> UploadState:
    """How far the viewer's own upload is.

    Raises:
        UnknownUpload: it does not exist, has expired, or is somebody else's.
    """
    return state_of(own_upload(viewer=viewer, upload_id=upload_id))


def own_upload(*, viewer: Principal, upload_id: UUID) -> Upload:
    """The row of the viewer's own upload, for this app's services."""
    upload = Upload.objects.filter(id=upload_id, user_id=viewer.user_id).first()
    if upload is None:
        raise UnknownUpload("This upload does not exist or has expired. Start it again with POST blobs/uploads.")
    return upload


def state_of(upload: Upload) -> UploadState:
    """A row as what callers see."""
    received = list(upload.parts.order_by("number").values_list("number", flat=True))
    return UploadState(upload.id, upload.part_size, received, upload.completed_at is not None)
