"""Puts what is to be looked at into the journal: bytes as a file beside it first, then the event that names them.

Owns the way from a `pavi.media.Media` to events, and what is said of what cannot be shown. Encodes nothing itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pavi.protocol import MAX_MEDIA_BODY_BYTES, tag_problem
from pavi.tracking import snapshots
from pavi.tracking.notices import Notices

if TYPE_CHECKING:
    from pavi.media.shape import Encoded, Media, NotShown
    from pavi.tracking.recorder import Recorder
    from pavi.tracking.silence import Silence

__all__ = ["MAX_GRID", "Shown", "refuse", "show"]

MAX_GRID = 64
"""Things of one kind under one tag at one step."""
_MAX_META_BYTES = 16 * 1024
_MAX_FILE_BODY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """One call's things under one tag.

    Attributes:
        tag: names them.
        things: in order: their place is their ``index``.
        step: checked already.
        time: seconds since the epoch.
    """

    tag: str
    things: Sequence[Any]
    step: int
    time: float


def show(shown: Shown, recorder: "Recorder | Silence", notices: Notices) -> None:
    """Encodes and writes. What cannot be encoded or does not fit is said once a tag, and counted.

    Raises:
        PointsDropped: something was dropped, and the training is strict.
    """
    if (problem := tag_problem(shown.tag)) is not None:
        recorder.lose(len(shown.things), "bad tag")
        notices.dropped(
            f"bad tag:{shown.tag[:200]}", f"the tag {shown.tag[:80]!r} {problem}; it is dropped and counted"
        )
        return
    things = list(shown.things)
    if len(things) > MAX_GRID:
        recorder.lose(len(things) - MAX_GRID, "too large")
        notices.dropped(
            f"grid:{shown.tag}",
            f"{len(things)} things were logged at once as {shown.tag!r}; the first {MAX_GRID} are kept. "
            "Give fewer, or another tag to some",
        )
    for index, thing in enumerate(things[:MAX_GRID]):
        _show_one(shown, index, thing, recorder, notices)


def _show_one(shown: Shown, index: int, thing: Any, recorder: "Recorder | Silence", notices: Notices) -> None:
    from pavi.media.shape import NotShown

    named = f"what is logged as {shown.tag[:80]!r}"
    try:
        media = _as_media(thing)
        named = f"the {media.kind.replace('_', ' ')} {shown.tag[:80]!r}"
        encoded = media.encode()
        event = _event(shown, index, encoded, recorder)
    except NotShown as error:
        refuse(named, named, error, recorder, notices)
        return
    except ImportError as error:
        recorder.lose(1, "not media")
        package = error.name or str(error)
        notices.dropped(
            f"media:{package}", f"{named} needs {package}: pip install {package}. It is dropped and counted"
        )
        return
    except OSError as error:
        recorder.lose(1, "no room")
        notices.dropped(
            f"media:{error.errno}", f"{named} is not kept: {error.strerror}. Free some space, or set PAVI_DIR"
        )
        return
    except MemoryError:
        recorder.lose(1, "too large")
        notices.dropped(f"media:{named}:memory", f"{named} does not fit into memory; it is dropped and counted")
        return
    except Exception as error:  # noqa: BLE001  # what comes next in the same call is still shown
        recorder.lose(1, "not media")
        notices.defect(named, error)
        return
    for text in encoded.warnings:
        notices.once(f"media:{named}:{text[:20]}", f"{named} {text}")
    if event is not None:
        recorder.event(event, shown.time)


def refuse(named: str, key: str, error: "NotShown", recorder: "Recorder | Silence", notices: Notices) -> None:
    """Says, once a ``key``, that something cannot be shown, and counts it. Raises as `show`."""
    recorder.lose(1, error.reason)
    notices.dropped(f"media:{key}:{error.reason}", f"{named} {error}; it is dropped and counted")


def _as_media(thing: Any) -> "Media":
    from pavi import media

    if isinstance(thing, media.Media):
        return thing
    if type(thing).__module__.partition(".")[0] == "matplotlib" or hasattr(thing, "savefig"):
        return media.Figure(thing)
    return media.Image(thing)


def _event(shown: Shown, index: int, encoded: "Encoded", recorder: "Recorder | Silence") -> dict[str, Any] | None:
    """The event, its bytes stored. None when the training has ended or writes nothing.

    Raises:
        NotShown: its meta or its body is beyond a cap.
        OSError: there is no space.
    """
    from pavi.media.shape import TooLarge

    if len(_json(encoded.meta)) > _MAX_META_BYTES:
        raise TooLarge(f"has more than {_MAX_META_BYTES // 1024} KiB of meta data; give fewer labels")
    journal = recorder.open()
    if journal is None:
        return None
    event: dict[str, Any] = {
        "type": "media",
        "kind": encoded.kind,
        "tag": shown.tag,
        "step": shown.step,
        "time": shown.time,
    }
    if index:
        event["index"] = index
    if encoded.meta:
        event["meta"] = encoded.meta
    data, media_type = encoded.data, encoded.media_type
    if data is None and encoded.path is None:
        data, media_type = _json(encoded.body), "application/json"
        if len(data) <= MAX_MEDIA_BODY_BYTES:
            return event | {"body": encoded.body}
        if len(data) > _MAX_FILE_BODY_BYTES:
            raise TooLarge(f"takes {len(data):,} bytes, more than {_MAX_FILE_BODY_BYTES:,}; give less of it")
    if encoded.path is not None:
        stored = snapshots.store(encoded.path, journal.folder)
    else:
        stored = snapshots.store_bytes(data or b"", journal.folder)
    event |= {"sha256": stored.sha256, "size": stored.size, "media_type": media_type}
    if encoded.name:
        event["name"] = encoded.name[:255]
    return event


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")
