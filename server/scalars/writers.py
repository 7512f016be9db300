"""What this process believes about writers: their training, watermark and dictionary.

A belief may lag behind the database (another process stored a batch), never run ahead of it: it moves after a
commit only. Whoever stores checks it with a conditional update and loads it again where it lagged.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from server.scalars.models import Series, Writer, WriterTag

_MAX_WRITERS = 20_000
_MAX_TAGS_HELD = 500_000


@dataclass(slots=True)
class KnownWriter:
    """A writer as last seen. ``tags`` maps local ids to names, ``refused`` to (name, code)."""

    training_id: UUID
    id: UUID
    scope: UUID
    rank: int
    rank_reduce: str
    watermark: int
    overflow: bool
    tags: dict[int, str] = field(default_factory=dict)
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)

    def knows(self, local_id: int) -> bool:
        """Whether points may use the id."""
        return local_id in self.tags or local_id in self.refused or self.overflow


def load(writer_id: UUID) -> KnownWriter | None:
    """Reads a writer from the database; None when it was never opened."""
    row = Writer.objects.filter(id=writer_id).first()
    if row is None:
        return None
    known = KnownWriter(row.training_id, row.id, row.scope, row.rank, row.rank_reduce, row.watermark, row.overflow)
    _read_dictionary(known)
    return known


def _read_dictionary(known: KnownWriter) -> None:
    rows = list(
        WriterTag.objects.filter(training_id=known.training_id, writer=known.id).values_list(
            "local_id", "series", "name", "refused"
        )
    )
    wanted = {series for _, series, _, _ in rows if series is not None}
    if not wanted:
        names: dict[int, str] = {}
    elif len(wanted) <= 500:
        names = dict(Series.objects.filter(training_id=known.training_id, id__in=wanted).values_list("id", "tag__name"))
    else:
        names = dict(Series.objects.filter(training_id=known.training_id).values_list("id", "tag__name"))
    for local_id, series, name, refused in rows:
        if series is None:
            known.refused[local_id] = (name, refused)
        elif series in names:  # else the series was deleted meanwhile; its points are refused as unknown
            known.tags[local_id] = names[series]


class WriterCache:
    """Known writers of this process, least recently used out first. Safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writers: OrderedDict[UUID, KnownWriter] = OrderedDict()
        self._tags = 0

    def get(self, writer_id: UUID) -> KnownWriter | None:
        with self._lock:
            known = self._writers.get(writer_id)
            if known is not None:
                self._writers.move_to_end(writer_id)
            return known

    def put(self, known: KnownWriter) -> None:
        with self._lock:
            self._writers[known.id] = known
            self._writers.move_to_end(known.id)
            self._trim()

    def forget(self, writer_id: UUID) -> None:
        with self._lock:
            self._writers.pop(writer_id, None)

    def weigh(self) -> None:
        """Called after dictionaries grew: lets old writers go when too many tags are held."""
        with self._lock:
            self._trim()

    def _trim(self) -> None:
        while len(self._writers) > _MAX_WRITERS:
            self._writers.popitem(last=False)
        self._tags = sum(len(known.tags) for known in self._writers.values()) if len(self._writers) < 1_000 else 0
        while self._tags > _MAX_TAGS_HELD and len(self._writers) > 1:
            _, gone = self._writers.popitem(last=False)
            self._tags -= len(gone.tags)
