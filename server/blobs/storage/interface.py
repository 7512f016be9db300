"""What a storage must do, and the shape of keys. Every implementation passes tests/server/blobs/test_storage.py."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

BLOCK_BYTES = 256 * 1024
"""Unit of reading and writing: large enough to be fast, small enough that memory stays flat."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Something that lies in the storage: a key or an upload id, and when it was last written."""

    name: str
    modified: datetime


class Reader(Protocol):
    """An open object. Closing is the duty of who opened it."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class Storage(Protocol):
    """Bytes by key. Thread-safe; every failure is raised as `StorageUnavailable` or `BytesMissing`."""

    max_bytes: int
    """The largest object that can be stored."""

    def write_part(self, *, upload_id: UUID, number: int, blocks: Iterable[bytes]) -> None:
        """Keeps a part, replacing an earlier one of that number.

        The part appears only when ``blocks`` is exhausted; an exception out of it leaves what was there before. A power
        cut may cost it: then `assemble` refuses.
        """

    def write(self, *, key: str, data: bytes) -> None:
        """Publishes small bytes under ``key``, atomically and durably."""

    def assemble(self, *, upload_id: UUID, numbers: Sequence[int], key: str, sha256: str, size: int) -> None:
        """Joins parts in the given order and publishes them under ``key``, atomically and durably.

        Raises:
            DigestMismatch: the joined bytes are not those of ``sha256`` and ``size``; nothing was published.
            BytesMissing: a part is not there.
        """

    def part_digest(self, *, upload_id: UUID, number: int) -> str:
        """The sha256 of a part, hexadecimal. Reads it.

        Raises:
            BytesMissing: it is not there.
        """

    def open(self, key: str, *, start: int, stop: int) -> Reader:
        """Opens bytes ``[start, stop)`` of an object.

        Raises:
            BytesMissing: there is no such object.
        """

    def delete(self, key: str) -> None:
        """Removes an object; one that is not there is no failure."""

    def delete_upload(self, upload_id: UUID) -> None:
        """Removes all parts of an upload."""

    def objects(self) -> Iterator[StoredObject]:
        """All published objects."""

    def uploads(self) -> Iterator[StoredObject]:
        """All uploads that have parts here."""

    def discard_unfinished(self, *, before: datetime) -> int:
        """Removes what writers that died left half-written before that time; how many."""


def new_key(sha256: str) -> str:
    """A key of its own for one publication of these bytes, fanned out over 65,536 folders."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{os.urandom(4).hex()}"
