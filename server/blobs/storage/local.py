"""Bytes in a local folder: written beside, synced, then renamed, so that a file with a final name is whole."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from server.blobs.errors import BytesMissing, DigestMismatch, StorageUnavailable
from server.blobs.storage.interface import BLOCK_BYTES, StoredObject


class LocalStorage:
    """``objects/ab/cd/<key>``, ``uploads/<id>/<number>`` and ``unfinished/`` under one folder of one file system."""

    max_bytes = 1 << 62

    def __init__(self, root: str | Path) -> None:
        self._objects = Path(root) / "objects"
        self._uploads = Path(root) / "uploads"
        self._unfinished = Path(root) / "unfinished"

    def write_part(self, *, upload_id: UUID, number: int, blocks: Iterable[bytes]) -> None:
        with _failures(), self._published(self._part(upload_id, number)) as file:
            for block in blocks:
                file.write(block)

    def assemble(self, *, upload_id: UUID, numbers: Sequence[int], key: str, sha256: str, size: int) -> None:
        with _failures(), self._published(self._objects / key) as file:
            digest = hashlib.sha256()
            for number in numbers:
                # The open file is what is hashed and copied: a part that is replaced meanwhile is another file.
                with self._open_part(upload_id, number) as part:
                    while block := part.read(BLOCK_BYTES):
                        digest.update(block)
                        file.write(block)
            if file.tell() != size or digest.hexdigest() != sha256:
                raise DigestMismatch(
                    "The bytes that arrived do not have the announced sha256 and size. Send the parts again.",
                    sha256=digest.hexdigest(),
                    size=file.tell(),
                )

    def open(self, key: str, *, start: int, stop: int) -> BinaryIO:  # noqa: ARG002  # its reader stops by itself
        try:
            file = (self._objects / key).open("rb")
        except FileNotFoundError:
            raise BytesMissing(f"The bytes of {key} are not in the blob folder. Restore it from a backup.") from None
        except OSError as error:
            raise _unavailable(error) from error
        file.seek(start)
        return file

    def delete(self, key: str) -> None:
        with _failures():
            (self._objects / key).unlink(missing_ok=True)

    def delete_upload(self, upload_id: UUID) -> None:
        with _failures():
            try:
                shutil.rmtree(self._uploads / str(upload_id))
            except FileNotFoundError:
                pass  # nothing was ever written, or another collector was here

    def objects(self) -> Iterator[StoredObject]:
        for path in self._objects.glob("*/*/*"):
            found = _modified(path)
            if found is not None:
                yield StoredObject(str(path.relative_to(self._objects)), found)

    def uploads(self) -> Iterator[StoredObject]:
        for path in self._uploads.glob("*"):
            found = _modified(path)
            if found is not None:
                yield StoredObject(path.name, found)

    def discard_unfinished(self, *, before: datetime) -> int:
        count = 0
        for path in self._unfinished.glob("*"):
            found = _modified(path)
            if found is not None and found < before:
                path.unlink(missing_ok=True)
                count += 1
        return count

    def _part(self, upload_id: UUID, number: int) -> Path:
        return self._uploads / str(upload_id) / str(number)

    def _open_part(self, upload_id: UUID, number: int) -> BinaryIO:
        try:
            return self._part(upload_id, number).open("rb")
        except FileNotFoundError:
            raise BytesMissing(f"Part {number} is not in the blob folder.") from None

    @contextmanager
    def _published(self, target: Path) -> Iterator[BinaryIO]:
        """A file that takes its final name when the block ends well, and vanishes when it does not."""
        self._unfinished.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._unfinished, delete=False) as file:
            temporary = Path(file.name)
            try:
                yield cast(BinaryIO, file.file)
                file.flush()
                os.fsync(file.fileno())
                _make_folder(target.parent)
                temporary.replace(target)
                _sync_folder(target.parent)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unavailable(error) from error


def _unavailable(error: OSError) -> StorageUnavailable:
    return StorageUnavailable(
        f"The blob folder cannot be used: {error.strerror or error}. The server's owner has to look at it.",
        retry_after=30.0,
    )


def _modified(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # gone since it was listed
        return None


def _make_folder(folder: Path) -> None:
    """Makes a folder and its parents so that their names survive a power cut too."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
