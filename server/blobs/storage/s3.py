"""Bytes in S3 or anything that speaks its API. Parts are objects; joining them is a copy inside the service."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from server.blobs.errors import BytesMissing, DigestMismatch, StorageUnavailable
from server.blobs.storage.interface import BLOCK_BYTES, Reader, StoredObject

_SPOOL_BYTES = 1 << 20


class S3Storage:
    """Objects under ``<prefix>/objects/`` and ``<prefix>/uploads/<id>/`` of one bucket.

    Credentials and region come from the usual ``AWS_*`` variables, files or instance roles.
    """

    max_bytes = 5 << 40

    def __init__(self, *, bucket: str, prefix: str, endpoint: str) -> None:
        self._bucket = bucket
        root = f"{prefix}/" if prefix else ""
        self._objects = f"{root}objects/"
        self._uploads = f"{root}uploads/"
        self._client = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            config=Config(
                retries={"max_attempts": 4, "mode": "standard"},
                connect_timeout=5,
                read_timeout=60,
                max_pool_connections=32,
            ),
        )

    def write_part(self, *, upload_id: UUID, number: int, blocks: Iterable[bytes]) -> None:
        # A request to S3 is signed and may be repeated, so the part must be at hand whole: on disk, not in memory.
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as spool:
            for block in blocks:
                spool.write(block)
            spool.seek(0)
            with _failures():
                self._client.put_object(Bucket=self._bucket, Key=self._part(upload_id, number), Body=spool)

    def write(self, *, key: str, data: bytes) -> None:
        with _failures():
            self._client.put_object(Bucket=self._bucket, Key=self._objects + key, Body=data)

    def assemble(self, *, upload_id: UUID, numbers: Sequence[int], key: str, sha256: str, size: int) -> None:
        with _failures():
            parts = self._verify([self._part(upload_id, number) for number in numbers], sha256=sha256, size=size)
            target = self._objects + key
            if not parts:
                self._client.put_object(Bucket=self._bucket, Key=target, Body=b"")
            elif len(parts) == 1:
                self._client.copy_object(Bucket=self._bucket, Key=target, **self._source(*parts[0]))
            else:
                self._join(parts, target)

    def part_digest(self, *, upload_id: UUID, number: int) -> str:
        digest = hashlib.sha256()
        with _failures():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._part(upload_id, number))
            with closing(answer["Body"]) as body:
                while block := body.read(BLOCK_BYTES):
                    digest.update(block)
        return digest.hexdigest()

    def open(self, key: str, *, start: int, stop: int) -> Reader:
        # An empty range cannot be asked for; an empty object has no other.
        wanted = {"Range": f"bytes={start}-{stop - 1}"} if stop > start else {}
        with _failures():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._objects + key, **wanted)
        return _Body(answer["Body"])

    def delete(self, key: str) -> None:
        with _failures():
            self._client.delete_object(Bucket=self._bucket, Key=self._objects + key)

    def delete_upload(self, upload_id: UUID) -> None:
        with _failures():
            for entry in self._list(f"{self._uploads}{upload_id}/"):
                self._client.delete_object(Bucket=self._bucket, Key=entry["Key"])

    def objects(self) -> Iterator[StoredObject]:
        with _failures():
            for entry in self._list(self._objects):
                yield StoredObject(entry["Key"].removeprefix(self._objects), entry["LastModified"])

    def uploads(self) -> Iterator[StoredObject]:
        current: StoredObject | None = None
        with _failures():
            for entry in self._list(self._uploads):  # in key order: the parts of one upload follow each other
                name = entry["Key"].removeprefix(self._uploads).partition("/")[0]
                if current is not None and current.name == name:
                    current = StoredObject(name, max(current.modified, entry["LastModified"]))
                    continue
                if current is not None:
                    yield current
                current = StoredObject(name, entry["LastModified"])
        if current is not None:
            yield current

    def discard_unfinished(self, *, before: datetime) -> int:
        count = 0
        with _failures():
            answer = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=self._objects)
            for entry in answer.get("Uploads", []):
                if entry["Initiated"] < before:
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=entry["Key"], UploadId=entry["UploadId"]
                    )
                    count += 1
        return count

    def _verify(self, keys: list[str], *, sha256: str, size: int) -> list[tuple[str, str]]:
        """Reads the parts through; returns (key, ETag) of exactly the bytes that were read."""
        digest = hashlib.sha256()
        total = 0
        parts = []
        for key in keys:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            with closing(answer["Body"]) as body:
                while block := body.read(BLOCK_BYTES):
                    digest.update(block)
                    total += len(block)
            parts.append((key, answer["ETag"]))
        if total != size or digest.hexdigest() != sha256:
            raise DigestMismatch(
                "The bytes that arrived do not have the announced sha256 and size. Send the parts again.",
                sha256=digest.hexdigest(),
                size=total,
            )
        return parts

    def _join(self, parts: list[tuple[str, str]], target: str) -> None:
        where = {"Bucket": self._bucket, "Key": target}
        where["UploadId"] = self._client.create_multipart_upload(**where)["UploadId"]
        try:
            copied = []
            for index, part in enumerate(parts, start=1):
                answer = self._client.upload_part_copy(**where, PartNumber=index, **self._source(*part))
                copied.append({"PartNumber": index, "ETag": answer["CopyPartResult"]["ETag"]})
            self._client.complete_multipart_upload(**where, MultipartUpload={"Parts": copied})
        except (BotoCoreError, ClientError):
            self._client.abort_multipart_upload(**where)
            raise

    def _source(self, key: str, etag: str) -> dict[str, Any]:
        """Copy from a part, provided that it is still the one that was verified."""
        return {"CopySource": {"Bucket": self._bucket, "Key": key}, "CopySourceIfMatch": etag}

    def _part(self, upload_id: UUID, number: int) -> str:
        return f"{self._uploads}{upload_id}/{number:05d}"

    def _list(self, prefix: str) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            yield from page.get("Contents", [])


class _Body:
    """A response's body whose network failures are ours."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int, /) -> bytes:
        with _failures():
            return bytes(self._body.read(size))

    def close(self) -> None:
        self._body.close()


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in ("NoSuchKey", "404"):
            raise BytesMissing("The bytes are not in the bucket. Restore it from a backup.") from error
        if code == "PreconditionFailed":
            raise StorageUnavailable(
                "A part was replaced while the upload was completed. Complete it again."
            ) from error
        raise StorageUnavailable(
            f"The S3 service refuses: {code}. The server's owner has to look at it.", retry_after=30.0
        ) from error
    except BotoCoreError as error:
        raise StorageUnavailable(
            f"The S3 service cannot be reached: {type(error).__name__}.", retry_after=10.0
        ) from error
