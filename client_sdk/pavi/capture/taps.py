"""Listens to what is written to a text stream, without standing between the writer and the stream.

The stream object stays what it is (same identity, so handlers that hold it are heard too; its encoding, `fileno` and
`isatty` are untouched); only its ``write`` is wrapped. What native libraries write straight to the file descriptor is
left alone on purpose: hearing it needs a pipe that a thread of this process reads, and a library that writes while it
holds the interpreter lock would then wait for ever; the output would also lag behind us, and end with us.
"""

import logging
from collections.abc import Callable
from typing import Any, TextIO

Sink = Callable[[str], None]
"""Called in the writing thread with each text that the stream took. Must not raise and must be quick."""

_log = logging.getLogger("pavi.capture")


class Tap:
    """One wrapped stream and who listens to it. Several captures share one tap."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._original: Callable[[str], int] = stream.write
        self._sinks: tuple[Sink, ...] = ()

    def write(self, text: str) -> int:
        """In place of the stream's own ``write``: the stream first, so that what it refuses is never heard."""
        written = self._original(text)
        for sink in self._sinks:
            sink(text)
        return written

    def remove(self, sink: Sink) -> None:
        """Stops telling ``sink``; the last one to go restores the stream, unless somebody has wrapped it since."""
        self._sinks = tuple(other for other in self._sinks if other != sink)
        if self._sinks or _tap_of(self._stream) is not self:
            return  # still heard, or somebody wrapped us: from there we only pass through
        try:
            del self._stream.write
            if self._stream.write != self._original:  # it was wrapped before us too
                self._put(self._original)
        except AttributeError:
            self._put(self._original)

    def _add(self, sink: Sink) -> None:
        self._sinks = (*self._sinks, sink)

    def _put(self, write: Callable[[str], int]) -> None:
        target: Any = self._stream
        target.write = write


def tap(stream: TextIO | None, sink: Sink) -> Tap | None:
    """Tells ``sink`` from now on what is written to ``stream``; None when this stream cannot be heard."""
    if stream is None:
        return None
    try:
        found = _tap_of(stream)
        if found is None:
            found = Tap(stream)
            found._put(found.write)
        found._add(sink)
    except Exception as error:  # noqa: BLE001  # a stream of any make: whatever it objects with, the program goes on
        _log.debug("console output of %r is not captured: %s", stream, error)
        return None
    return found


def _tap_of(stream: TextIO) -> Tap | None:
    owner = getattr(stream.write, "__self__", None)
    return owner if isinstance(owner, Tap) else None
