"""Received batches that compaction has not come to: reads segments and sorts their points by series.

Call within `database.snapshot` when what is read must agree with chunks or totals read beside it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import numpy.typing as npt

from server.scalars.batches import Slots, decompress, point_slots
from server.scalars.blocks import Columns, in_step_order
from server.scalars.models import Segment, WriterTag

REFUSED = -1
"""Stands for the series of refused tags; real ids are positive."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A segment, read. ``series`` gives each point's series id (shape: points), REFUSED where it has none."""

    training_id: UUID
    id: int
    writer_id: UUID
    slots: Slots
    series: npt.NDArray[np.int64]

    def only(self, wanted: npt.NDArray[np.int64]) -> "Pending":
        """The points of these series."""
        keep = np.isin(self.series, wanted)
        return self if keep.all() else replace(self, slots=self.slots[keep], series=self.series[keep])


class Dictionaries:
    """What the local tag ids of writers mean, loaded once a writer."""

    def __init__(self) -> None:
        self._of: dict[UUID, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = {}

    def series(self, training_id: UUID, writer_id: UUID, tags: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """The series id of each local tag id; REFUSED for refused and unknown ones."""
        if writer_id not in self._of:
            rows = WriterTag.objects.filter(training_id=training_id, writer=writer_id, series__isnull=False)
            pairs = sorted(rows.values_list("local_id", "series"))
            local = np.array([pair[0] for pair in pairs], np.int64)
            self._of[writer_id] = (local, np.array([pair[1] for pair in pairs], np.int64))
        local, series = self._of[writer_id]
        if not len(local):
            return np.full(len(tags), REFUSED, np.int64)
        at = np.minimum(np.searchsorted(local, tags), len(local) - 1)
        return np.where(local[at] == tags, series[at], REFUSED)


def read(
    training_ids: Iterable[UUID], dictionaries: Dictionaries, *, ids: Sequence[int] | None = None
) -> Iterator[Pending]:
    """Segments of these trainings, in order of receipt within each.

    Args:
        training_ids: whose.
        dictionaries: shared by several calls in one snapshot.
        ids: only these segments (of one training).
    """
    for training_id in training_ids:
        rows = Segment.objects.filter(training_id=training_id)
        if ids is not None:
            rows = rows.filter(id__in=ids)
        for segment_id, writer_id, encoding, body in (
            rows.order_by("id").values_list("id", "writer", "encoding", "body").iterator(chunk_size=200)
        ):
            slots = point_slots(decompress(bytes(body), encoding))
            yield Pending(
                training_id, segment_id, writer_id, slots, dictionaries.series(training_id, writer_id, slots["tag"])
            )


def by_series(pendings: Sequence[Pending]) -> dict[int, Columns]:
    """The points of consecutive segments, given in order of receipt, by series id; refused ones are left out."""
    if not pendings:
        return {}
    series = np.concatenate([pending.series for pending in pendings])
    slots = np.concatenate([pending.slots for pending in pendings])
    keep = series != REFUSED
    if not keep.all():
        series, slots = series[keep], slots[keep]
    if not len(series):
        return {}
    order = np.argsort(series, kind="stable")
    series, slots = series[order], slots[order]
    ids, starts = np.unique(series, return_index=True)
    ends = np.append(starts[1:], len(series))
    found: dict[int, Columns] = {}
    for series_id, start, end in zip(ids.tolist(), starts.tolist(), ends.tolist(), strict=True):
        mine = slots[start:end]
        found[series_id] = in_step_order(
            np.ascontiguousarray(mine["step"]), np.ascontiguousarray(mine["time"]), np.ascontiguousarray(mine["value"])
        )
    return found
