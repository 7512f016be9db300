"""How a journal lies on disk: folders, file names and the header page. Owns bytes and offsets, no open files.

``<root>/<training>/<writer>/NNNNNN.journal``, each file a header page and then slots (`pavi.protocol`). Slots are
counted on over the files of a writer; a record never straddles two files, and a file that could not hold the next
record is closed early: the next one's ``first`` tells where it really ended.

=======  =====  ==========================================================================================
offset   bytes  header field (little-endian)
=======  =====  ==========================================================================================
0        8      magic ``PAVIJRNL``
8        4      version
12       4      header size: where slots begin
16       16     training UUID
32       16     writer UUID
48       8      first: index of this file's first slot within the journal
56       8      capacity in slots
64       8      committed: slots of this file that are whole. One aligned store, made *after* their bytes
=======  =====  ==========================================================================================
"""

import struct
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

from pavi.exception import JournalDamaged
from pavi.protocol import SLOT_BYTES

MAGIC = b"PAVIJRNL"
VERSION = 1
HEADER_BYTES = 4096
COMMITTED_OFFSET = 64
SUFFIX = ".journal"
FILES_FOLDER = "files"
"""Beside the journal's own files: bodies that are too large for records, each named by its sha256."""
RECEIPT = "receipt.json"
"""What the server has acknowledged: a note to skip work, never the truth."""

_HEADER = struct.Struct("<8sII16s16sQQ")

if sys.byteorder != "little":  # pragma: no cover
    raise ImportError(
        "Pavi's journal is little-endian, and its commit is one native store: this machine cannot write it"
    )


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a header page that never change."""

    training: uuid.UUID
    writer: uuid.UUID
    first: int
    capacity: int

    def pack(self) -> bytes:
        """The header page's beginning, with nothing committed."""
        return _HEADER.pack(
            MAGIC, VERSION, HEADER_BYTES, self.training.bytes, self.writer.bytes, self.first, self.capacity
        ) + bytes(8)


def read_header(data: bytes, path: Path) -> Header:
    """Decodes a header page.

    Raises:
        JournalDamaged: it is none, or of a version that this SDK does not know.
    """
    if len(data) < COMMITTED_OFFSET + 8 or data[:8] != MAGIC:
        raise JournalDamaged(f"{path} is not a journal file")
    _, version, size, training, writer, first, capacity = _HEADER.unpack_from(data)
    if version != VERSION or size != HEADER_BYTES:
        raise JournalDamaged(f"{path} was written by a newer Pavi (journal version {version}); upgrade pavi-sdk")
    return Header(uuid.UUID(bytes=training), uuid.UUID(bytes=writer), first, capacity)


def file_bytes(capacity: int) -> int:
    """Size of a file with that many slots."""
    return HEADER_BYTES + capacity * SLOT_BYTES


def file_name(number: int) -> str:
    """Name of a writer's file, counted from 1."""
    return f"{number:06d}{SUFFIX}"
