"""Writes of media: what events of a journal store, whose bytes are kept, what a rewind hides, and the purge."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min

from server.blobs import selectors as blob_selectors
from server.blobs import services as blobs
from server.common.ids import next_id
from server.media.kinds import encoded
from server.media.models import Item, Series
from server.scalars import database
from server.scalars.gate import Event
from server.scalars.rewinds import RewindMark

_CHUNK = 500
_MOST_PLACES = 50_000
"""Of steps × series that one statement looks through for what is replaced."""
_PURGE_ROWS = 5_000
_CLAIM_ROWS = 1_000
_COUNTS = ("count", "first_step", "last_step")

_Key = tuple[str, str]


def holder(training_id: UUID) -> str:
    """The name under which the bytes of a training's media are kept from collection: identical ones once."""
    return f"media:{training_id}"


def apply(training_id: UUID, events: Sequence[Event]) -> None:
    """Stores checked media events and carries out rewinds, in journal order. See `server.trainings.extensions.Apply`.

    The training's row is locked, so that nobody else changes its media meanwhile.
    """
    waiting: list[Event] = []
    for event in events:
        if event.body["type"] == "media":
            waiting.append(event)
            continue
        _store(training_id, waiting)
        waiting = []
        _rewind(training_id, event.body)
    _store(training_id, waiting)


def claim_pending(*, training_id: UUID | None = None, limit: int = 50_000) -> int:
    """Keeps the files of items that waited for them; of one training, or the newest of all.

    A hash alone claims nothing: whoever sent the event must have uploaded the bytes.

    Returns:
        How many items got their files.
    """
    pending = Item.objects.filter(pending=True).order_by("-id")
    if training_id is not None:
        pending = pending.filter(training_id=training_id)
    claimed, before = 0, (1 << 63) - 1
    for _ in range(0, limit, _CLAIM_ROWS):
        rows = list(pending.filter(id__lt=before).values_list("training_id", "id", "sender", "sha256")[:_CLAIM_ROWS])
        if not rows:
            break
        before = rows[-1][1]
        wanted: dict[tuple[UUID, int], set[str]] = defaultdict(set)
        for owner, _, sender, sha256 in rows:
            wanted[owner, sender].add(sha256)
        for (owner, sender), digests in wanted.items():
            claimed += _claim_for(owner, sender, digests)
    return claimed


def _claim_for(training_id: UUID, sender: int, digests: Collection[str]) -> int:
    if not blob_selectors.possessed(user_id=sender, sha256s=digests):
        return 0
    with transaction.atomic():
        held = _hold(training_id, {sender: digests})
        waiting = Item.objects.filter(training_id=training_id, pending=True, sender=sender)
        rows = [
            (training_id, item_id, False, held[sender, sha256])
            for item_id, sha256 in waiting.filter(sha256__in=digests).values_list("id", "sha256")
            if (sender, sha256) in held
        ]
        database.update_rows("media_item", ("training_id", "id"), ("pending", "size"), rows)
    return len(rows)


def purge(training_id: UUID) -> None:
    """Forgets all media of a training and lets go of their bytes, in short transactions."""
    while True:
        with transaction.atomic():
            rows = Item.objects.filter(training_id=training_id).order_by("id")
            found = list(rows.values_list("id", "sha256")[:_PURGE_ROWS])
            if not found:
                break
            for part in _chunks(sorted({sha256 for _, sha256 in found if sha256})):
                # Also those that items yet to go share: nothing of this training is left when it is done.
                blobs.release_all(sha256s=part, holder=holder(training_id))
            rows.filter(id__lte=found[-1][0]).delete()
    Series.objects.filter(training_id=training_id).delete()


def _store(training_id: UUID, events: Sequence[Event]) -> None:
    if not events:
        return
    held = _hold_brought(training_id, events)
    series = _series(training_id, {_key(event) for event in events})
    items = [_item(training_id, series[_key(event)].id, event, held) for event in events]
    _show_latest(training_id, series.values(), items)
    Item.objects.bulk_create(items, batch_size=_CHUNK)
    touched = [
        (training_id, one.id, one.count, one.first_step, one.last_step) for one in sorted(series.values(), key=_by_id)
    ]
    database.update_rows("media_series", ("training_id", "id"), _COUNTS, touched)


def _key(event: Event) -> _Key:
    return event.body["kind"], event.body["tag"]


def _by_id(series: Series) -> int:
    return int(series.id)


def _item(training_id: UUID, series: int, event: Event, held: dict[tuple[int, str], int]) -> Item:
    body = event.body
    content = "" if body.get("body") is None else encoded(body["body"])
    sha256 = body.get("sha256") or ""
    size = held.get((event.sender, sha256))
    return Item(
        training_id=training_id,
        id=next_id(),
        series=series,
        step=body["step"],
        index=body.get("index", 0),
        time=float(body.get("time", event.time)),
        shown=True,
        meta=encoded(body["meta"]) if body.get("meta") else "",
        body=content,
        sha256=sha256,
        size=size if size is not None else len(content.encode()) if content else body.get("size", 0),
        media_type=body["media_type"] if sha256 else "application/json",
        name=_name(body.get("name", "")),
        sender=event.sender,
        pending=bool(sha256) and size is None,
        writer=event.writer_id,
    )


def _name(name: str) -> str:
    """The last part of a file name, without what a header could not carry."""
    plain = "".join(char for char in name.replace("\\", "/").rpartition("/")[2] if char.isprintable())
    return plain if plain.strip(". ") else ""


def _series(training_id: UUID, keys: Collection[_Key]) -> dict[_Key, Series]:
    """The series of these kinds and tags; those that are new are made."""
    found: dict[_Key, Series] = {}
    for tags in _chunks(sorted({tag for _, tag in keys})):
        for row in Series.objects.filter(training_id=training_id, kind__in={kind for kind, _ in keys}, tag__in=tags):
            found[row.kind, row.tag] = row
    new = [
        Series(training_id=training_id, id=next_id(), kind=kind, tag=tag) for kind, tag in sorted(keys - found.keys())
    ]
    Series.objects.bulk_create(new, batch_size=_CHUNK)
    found.update({(row.kind, row.tag): row for row in new})
    return {key: found[key] for key in keys}


def _show_latest(training_id: UUID, series: Collection[Series], items: Sequence[Item]) -> None:
    """Of equal places (series, step, index) only the one received last is shown; counts what is."""
    latest: dict[tuple[int, int, int], Item] = {}
    for item in items:
        place = (item.series, item.step, item.index)
        if place in latest:
            latest[place].shown = False
        latest[place] = item
    replaced = _hide_places(training_id, {one.id: one for one in series}, latest.keys())
    steps_of: dict[int, list[int]] = defaultdict(list)
    for one_id, step, _ in latest:
        steps_of[one_id].append(step)
    for one in series:
        steps = steps_of[one.id]
        one.count += len(steps) - replaced.get(one.id, 0)
        one.first_step = min(steps) if one.first_step is None else min(one.first_step, *steps)
        one.last_step = max(steps) if one.last_step is None else max(one.last_step, *steps)


def _hide_places(
    training_id: UUID, series: dict[int, Series], places: Collection[tuple[int, int, int]]
) -> dict[int, int]:
    """Hides what is stored at these places; how many by series. Loops step forward, so mostly there is nothing."""
    steps: dict[int, set[int]] = defaultdict(set)
    for one, step, _ in places:
        known = series[one]
        if known.first_step is not None and known.last_step is not None and known.first_step <= step <= known.last_step:
            steps[one].add(step)
    if not steps:
        return {}
    everywhere = set().union(*steps.values())
    looks: list[tuple[list[int], Iterable[int]]] = [([one], mine) for one, mine in steps.items()]
    if len(steps) * len(everywhere) <= _MOST_PLACES:
        looks = [(list(steps), everywhere)]
    hidden: dict[int, int] = defaultdict(int)
    for ids, wanted in looks:
        for part in _chunks(sorted(wanted)):
            shown = Item.objects.filter(training_id=training_id, series__in=ids, step__in=part, shown=True)
            old = [
                (item_id, one)
                for item_id, one, step, index in shown.values_list("id", "series", "step", "index")
                if (one, step, index) in places
            ]
            for _, one in old:
                hidden[one] += 1
            _hide(training_id, [item_id for item_id, _ in old])
    return hidden


def _hide(training_id: UUID, ids: Sequence[int]) -> None:
    for part in _chunks(ids):
        Item.objects.filter(training_id=training_id, id__in=part).update(shown=False)


def _rewind(training_id: UUID, body: dict[str, Any]) -> None:
    """Hides what was received before and lies beyond the rewind's limits, as it does points."""
    mark = RewindMark(training_id, 0, body.get("step"), body.get("steps") or {}, False)
    stale: list[Series] = []
    for one in Series.objects.filter(training_id=training_id, last_step__isnull=False):
        limit = mark.limit(one.tag)
        if limit is not None and one.last_step is not None and one.last_step > limit:
            Item.objects.filter(training_id=training_id, series=one.id, shown=True, step__gt=limit).update(shown=False)
            stale.append(one)
    for part in _chunks(sorted(stale, key=_by_id)):
        rows = Item.objects.filter(training_id=training_id, series__in=[one.id for one in part], shown=True)
        counts = rows.values("series").annotate(count=Count("id"), first=Min("step"), last=Max("step")).order_by()
        left = {row["series"]: (row["count"], row["first"], row["last"]) for row in counts}
        updates = [(training_id, one.id, *left.get(one.id, (0, None, None))) for one in part]
        database.update_rows("media_series", ("training_id", "id"), _COUNTS, updates)


def _hold_brought(training_id: UUID, events: Sequence[Event]) -> dict[tuple[int, str], int]:
    wanted: dict[int, set[str]] = defaultdict(set)
    for event in events:
        if event.body.get("sha256"):
            wanted[event.sender].add(event.body["sha256"])
    return _hold(training_id, wanted)


def _hold(training_id: UUID, wanted: dict[int, Any]) -> dict[tuple[int, str], int]:
    """Keeps those files that their senders have uploaded; sizes by sender and digest."""
    had: dict[int, set[str]] = {
        sender: {
            sha256
            for part in _chunks(sorted(digests))
            for sha256 in blob_selectors.possessed(user_id=sender, sha256s=part)
        }
        for sender, digests in wanted.items()
    }
    sizes: dict[str, int] = {}
    for part in _chunks(sorted(set().union(*had.values()))):
        sizes |= blobs.hold_all(sha256s=part, holder=holder(training_id))
    return {(sender, sha256): sizes[sha256] for sender, digests in had.items() for sha256 in digests if sha256 in sizes}


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
