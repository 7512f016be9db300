"""Profiler traces: Chrome trace files, as `torch.profiler` and others write them.

Owns taking them in. Draws nothing: a viewer of such files does.
"""

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pavi.media.files import is_file, read_source
from pavi.media.shape import MAX_FILE_BYTES, Encoded, Media, NotShown, TooLarge, mebibytes

if TYPE_CHECKING:
    from pavi.tracking.training import Training

__all__ = ["Trace", "trace_handler"]

_MAX_READ_BYTES = 8 * 1024 * 1024
"""Traces up to this size are read for the number of events and their span."""
_GZIP_LEVEL = 3


class Trace(Media):
    """A trace.

    Args:
        value: a path, or the bytes, of a Chrome trace (JSON, also gzip), or a profiler that has
            ``export_chrome_trace`` (`torch.profiler.profile` after its end, or in ``on_trace_ready``). At most 256 MiB.
        caption: one line of text beside it.
    """

    kind = "trace"

    def __init__(self, value: Any, caption: str | None = None) -> None:
        super().__init__(caption)
        self.value = value

    def _encode(self) -> Encoded:
        if is_file(self.value):
            return _file(self.value)
        if not hasattr(self.value, "export_chrome_trace"):
            raise NotShown(f"is {type(self.value).__name__!r}, neither a file nor a profiler with export_chrome_trace")
        with tempfile.TemporaryDirectory(prefix="pavi-trace-") as folder:
            plain, packed = Path(folder) / "trace.json", Path(folder) / "trace.json.gz"
            try:
                self.value.export_chrome_trace(str(plain))
            except Exception as error:  # whatever a profiler raises that is still running, or empty
                raise NotShown(f"gives no trace ({error})") from error
            meta = _meta(plain)
            with plain.open("rb") as source, gzip.open(packed, "wb", _GZIP_LEVEL) as target:
                shutil.copyfileobj(source, target, 1 << 20)
            size = packed.stat().st_size
            if size > MAX_FILE_BYTES:
                raise TooLarge(f"takes {mebibytes(size)}, more than {mebibytes(MAX_FILE_BYTES)}; record fewer steps")
            data = packed.read_bytes()
        return Encoded(self.kind, meta, data=data, media_type="application/gzip", name="trace.json.gz")


def trace_handler(training: "Training", tag: str = "profile") -> Callable[[Any], None]:
    """What `torch.profiler.profile` is given as ``on_trace_ready``: each recorded trace goes into the training.

    Args:
        training: a `pavi.Training`, or a `pavi.SummaryWriter`.
        tag: names the traces; their step is the profiler's.
    """

    def ready(profiler: Any) -> None:
        training.add_trace(profiler, tag=tag, step=getattr(profiler, "step_num", None))

    return ready


def _file(value: Any) -> Encoded:
    source = read_source(value)
    if source.head[:2] == b"\x1f\x8b":
        media_type, meta = "application/gzip", {}
    elif source.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        media_type = "application/json"
        meta = _meta(source.path if source.path is not None else source.data)
    else:
        raise NotShown("is no Chrome trace: it is neither JSON nor gzip")
    return Encoded("trace", meta, data=source.data, path=source.path, media_type=media_type, name=source.name)


def _meta(source: Path | bytes | None) -> dict[str, Any]:
    """Number of events and the seconds that they span, of traces that are quickly read."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size if source is not None else 0
    if source is None or size > _MAX_READ_BYTES:
        return {}
    try:
        document = json.loads(source if isinstance(source, bytes) else source.read_bytes())
        events = document["traceEvents"] if isinstance(document, dict) else document
        spans = [(event["ts"], event["ts"] + event.get("dur", 0)) for event in events if event.get("ph") != "M"]
        seconds = (max(end for _, end in spans) - min(start for start, _ in spans)) / 1e6 if spans else 0.0
        return {"events": len(events), "seconds": float(seconds)}
    except (ValueError, KeyError, TypeError, AttributeError, OSError):  # a viewer may still make sense of it
        return {}
