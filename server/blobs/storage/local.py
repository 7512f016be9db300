"""Bytes in a local folder. A file with a final name is whole: written beside, then renamed.

An object is a file, or a folder of segments: the parts of its upload, linked and never copied. What is announced as
stored has been synced; parts of an open upload have not.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from server.blobs.errors import BytesMissing, DigestMismatch, StorageUnavailable
from server.blobs.storage.interface import BLOCK_BYTES, Reader, StoredObject
from server.blobs.storage.running import Identity, RunningDigests
from server.blobs.storage.segments import Segments

_WRITTEN_BYTES = 64 << 10
"""Of one write. Larger ones make Linux take its page cache in large blocks, which cost virtual machines that give free
memory back to their host ten times as much (measured: 0.2 s against 2 s for 512 MiB)."""
_LARGE_BYTES = 4 << 20  # smaller parts are hashed when they are published


class LocalStorage:
    """``objects/ab/cd/<key>``, ``uploads/<id>/<number>`` and ``unfinished/`` under one folder of one file system."""

    max_bytes = 1 << 62

    def __init__(self, root: str | Path) -> None:
        self._objects = Path(root) / "objects"
        self._uploads = Path(root) / "uploads"
        self._unfinished = Path(root) / "unfinished"
        self._running = RunningDigests()

    def write_part(self, *, upload_id: UUID, number: int, blocks: Iterable[bytes]) -> None:
        with _failures(), self._beside() as temporary:
            with temporary.open("xb", buffering=0) as file:
                for block in blocks:
                    _write(file, block)
                size = file.tell()
            part = self._uploads / str(upload_id) / str(number)
            part.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(part)
        if size >= _LARGE_BYTES:
            self._running.arrived(upload_id, part)

    def write(self, *, key: str, data: bytes) -> None:
        target = self._objects / key
        with _failures(), self._beside() as temporary:
            with temporary.open("xb", buffering=0) as file:
                _write(file, data)
                os.fsync(file.fileno())
            _make_folder(target.parent)
            temporary.replace(target)
            _sync(target.parent)

    def assemble(self, *, upload_id: UUID, numbers: Sequence[int], key: str, sha256: str, size: int) -> None:
        parts = [self._uploads / str(upload_id) / str(number) for number in numbers]
        target = self._objects / key
        with _failures(), self._beside() as temporary:
            # What was linked is what is checked: a part that is replaced meanwhile is another file.
            if len(parts) == 1:
                files = [temporary]
            else:
                temporary.mkdir()
                files = [temporary / f"{index:05d}" for index in range(len(parts))]
            for part, file in zip(parts, files, strict=True):
                _link(part, file)
            self._check(upload_id, files, sha256, size)
            for file in files:
                _sync(file)
                os.utime(file)  # its age as an object counts from now
            if not parts:
                temporary.rmdir()
                temporary.touch()
            _sync(temporary)
            _make_folder(target.parent)
            temporary.replace(target)
            _sync(target.parent)

    def part_digest(self, *, upload_id: UUID, number: int) -> str:
        try:
            return _digest([self._uploads / str(upload_id) / str(number)])
        except FileNotFoundError:
            raise BytesMissing(f"Part {number} is not in the blob folder.") from None
        except OSError as error:
            raise _unavailable(error) from error

    def open(self, key: str, *, start: int, stop: int) -> Reader:  # noqa: ARG002  # its reader stops by itself
        path = self._objects / key
        try:
            if path.is_dir():
                return Segments(sorted(path.iterdir()), start)
            file = path.open("rb")
        except FileNotFoundError:
            raise BytesMissing(f"The bytes of {key} are not in the blob folder. Restore it from a backup.") from None
        except OSError as error:
            raise _unavailable(error) from error
        file.seek(start)
        return file

    def delete(self, key: str) -> None:
        with _failures():
            path = self._objects / key
            if path.is_dir():
                # Renamed first, so that half an object never has an object's name.
                with self._beside() as temporary:
                    path.replace(temporary)
                    shutil.rmtree(temporary)
            else:
                path.unlink(missing_ok=True)

    def delete_upload(self, upload_id: UUID) -> None:
        self._running.forget(upload_id)
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
                _remove(path)
                count += 1
        return count

    def _check(self, upload_id: UUID, files: Sequence[Path], sha256: str, size: int) -> None:
        """Refuses bytes that are not those that were announced."""
        found = [file.stat() for file in files]
        folder = self._uploads / str(upload_id)
        digest = self._running.whole(upload_id, folder, [Identity.of(one) for one in found])
        if digest is None:  # a part was replaced meanwhile, or these are copies
            digest = _digest(files)
        if sum(one.st_size for one in found) != size or digest != sha256:
            raise DigestMismatch(
                "The bytes that arrived do not have the announced sha256 and size. Send the parts again.",
                sha256=digest,
                size=sum(one.st_size for one in found),
            )

    @contextmanager
    def _beside(self) -> Iterator[Path]:
        """A name in ``unfinished`` for what is renamed when it is done, and vanishes when it is not."""
        self._unfinished.mkdir(parents=True, exist_ok=True)
        temporary = self._unfinished / os.urandom(16).hex()
        try:
            yield temporary
        except BaseException:
            _remove(temporary)
            raise


def _write(file: BinaryIO, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[file.write(view[:_WRITTEN_BYTES]) :]


def _link(part: Path, file: Path) -> None:
    """The same file under a second name; a copy where the file system has no such thing."""
    try:
        os.link(part, file)
    except FileNotFoundError:
        raise BytesMissing(f"Part {part.name} is not in the blob folder.") from None
    except OSError:
        shutil.copyfile(part, file)


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb", buffering=0) as reader:
            while block := reader.read(BLOCK_BYTES):
                digest.update(block)
    return digest.hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


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
    _sync(folder.parent)


def _sync(path: Path) -> None:
    """Brings a file's bytes, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
