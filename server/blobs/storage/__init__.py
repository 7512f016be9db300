"""Where bytes lie: one interface, a local folder or S3 behind it. Knows keys and upload ids, not the database."""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from server.blobs.storage.interface import Reader, Storage, StoredObject, new_key
from server.blobs.storage.local import LocalStorage

__all__ = ["Reader", "Storage", "StoredObject", "configured", "new_key"]


def configured() -> Storage:
    """The storage that ``settings.BLOBS_URL`` names; made once a process and shared by its threads."""
    return _made(settings.BLOBS_URL, settings.S3_ENDPOINT)


@lru_cache(maxsize=4)
def _made(url: str, endpoint: str) -> Storage:
    if not url.startswith("s3://"):
        return LocalStorage(url.removeprefix("file://"))
    from server.blobs.storage.s3 import S3Storage  # boto3 costs 0.3 s to import: only who uses it pays

    parts = urlsplit(url)
    return S3Storage(bucket=parts.netloc, prefix=parts.path.strip("/"), endpoint=endpoint)
