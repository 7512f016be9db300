"""Run folders as trainings: finds event files below a path, brings in what the server does not have, and follows them.

A folder that holds event files is a training, named like its path; each file is a writer of it. Ids come from the
path, the file's name and its first record, so that a second import finds the first one's trainings and adds nothing.
"""

import os
import platform
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pavi.delivery.client import Client
from pavi.protocol import PROTOCOL_VERSION, pack_event
from pavi.tensorboard.feed import Feed, Moved
from pavi.tensorboard.records import RecordFile
from pavi.tensorboard.slots import READING, Piece, Slots

__all__ = ["Brought", "Runs", "find_runs"]

_MARK = "tfevents"
_MOST_HEAD = 64 * 1024
_ATTEMPTS = 3


@dataclass(slots=True)
class Brought:
    """What `Runs.bring` did with one run.

    Attributes:
        name: of the run.
        training: as the server knows it.
        points, events: new to the server: scalars; media, hyper-parameters and restarts.
        skipped: kinds that are not brought in, and how often they came.
        problems: what is wrong with its files, in words.
    """

    name: str
    training: dict[str, Any]
    points: int = 0
    events: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Source:
    """One event file and how far it is. ``begun``: when, in Unix seconds."""

    run: str
    begun: float
    records: RecordFile
    slots: Slots
    feed: Feed
    size: int = -1


def find_runs(path: Path) -> dict[str, list[Path]]:
    """Run name → its event files in the order in which they were begun, below a folder; or of one file.

    Raises:
        FileNotFoundError: there is no such path.
    """
    if path.is_file():
        return {path.resolve().parent.name: [path]}
    if not path.is_dir():
        raise FileNotFoundError(2, "there is no such folder", str(path))
    runs: dict[str, list[Path]] = {}
    seen: set[str] = set()
    for folder, folders, names in os.walk(path, followlinks=True):
        real = os.path.realpath(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if real not in seen else []
        if real in seen:  # links may lead back up
            continue
        seen.add(real)
        files = [Path(folder) / name for name in sorted(names) if _MARK in name]
        if files:
            relative = Path(folder).relative_to(path)
            name = relative.as_posix() if relative.parts else path.resolve().name
            runs[name] = files
    return runs


class Runs:
    """The runs below a path, on their way to one server.

    Args:
        path: a folder, or one event file.
        client: who sends.
        user: whose trainings they become; part of their ids.
        project: its name.
        name: of the training, when there is one run; of several, what stands before each one's name.
    """

    def __init__(self, path: Path, client: Client, *, user: str, project: str, name: str = "") -> None:
        self._path = path
        self._client = client
        self._user = user
        self._project = project
        self._name = name
        self._sources: dict[Path, _Source] = {}
        self._trainings: dict[str, dict[str, Any]] = {}
        self._times: dict[str, float] = {}

    def bring(self) -> Iterator[Brought]:
        """Brings in what is new since the last call, run by run; runs of whose files nothing can be read yet are left
        out.

        Raises:
            OSError: a file cannot be read.
            ServerUnreachable, ApiError: as the client, after some patience. The next call goes on.
        """
        found = find_runs(self._path)
        for run, files in found.items():
            brought = self._bring_run(run, files, self._title(run, alone=len(found) == 1))
            if brought is not None:
                yield brought

    def finish(self) -> None:
        """Says that the trainings have ended, each at its last event. Raises as `bring`."""
        for run, training in self._trainings.items():
            last = self._times.get(run)
            if last is not None:
                self._finish(training, last)

    def _title(self, run: str, *, alone: bool) -> str:
        if not self._name:
            return run
        return self._name if alone else f"{self._name}/{run}"

    def _bring_run(self, run: str, files: list[Path], title: str) -> Brought | None:
        brought: Brought | None = None
        for file in files:
            for _ in range(_ATTEMPTS):
                source = self._sources.get(file) or self._open(run, file, title)
                if source is None:
                    break
                if brought is None:
                    brought = Brought(title, source.feed.training)
                try:
                    self._read(file, source, brought)
                    break
                except Moved:
                    continue
        return brought

    def _read(self, file: Path, source: _Source, brought: Brought) -> None:
        size = file.stat().st_size
        if size == source.size:
            return
        feed, before = source.feed, (source.feed.sent_points, source.feed.sent_events)
        skipped = dict(source.slots.events.skipped)
        if size < source.records.offset:
            brought.problems.append(f"{file} has become shorter; what is new in it is not brought in")
        try:
            for block in source.records.blocks():
                for piece in source.slots.read(block):
                    feed.push(piece)
            feed.flush()
        except BaseException:
            # What was read and not sent is read again next time, from the beginning: the server knows how far it is.
            del self._sources[file]
            raise
        source.size = size
        self._times[source.run] = max(
            self._times.get(source.run, 0.0), source.begun, source.slots.events.last_time or 0.0
        )
        brought.points += feed.sent_points - before[0]
        brought.events += feed.sent_events - before[1]
        for kind, count in source.slots.events.skipped.items():
            if count > skipped.get(kind, 0):
                brought.skipped[kind] = brought.skipped.get(kind, 0) + count - skipped.get(kind, 0)
        if source.records.damaged:
            brought.problems.append(f"{file}: {source.records.damaged} damaged records were passed over")
        if source.records.broken:
            brought.problems.append(f"{file}: {source.records.broken}; nothing behind it can be read")
        brought.problems += [f"{file}: {reason} ({count})" for reason, count in feed.refused.items()]
        source.records.damaged = 0
        feed.refused.clear()

    def _open(self, run: str, file: Path, title: str) -> _Source | None:
        """Makes the file's writer known. None: not even its first record is there."""
        first = _first_record(file)
        if first is None:
            return None
        identity = ":".join((str(READING), self._user, self._project, str(file.resolve()), first.hex()))
        writer = uuid.uuid5(uuid.NAMESPACE_URL, f"pavi:tensorboard:{identity}")
        training = self._trainings.get(run)
        begun = _first_time(first) or file.stat().st_mtime
        opening = {
            "type": "open",
            "protocol": PROTOCOL_VERSION,
            "training": training["id"] if training else str(uuid.uuid5(writer, "training")),
            "project": self._project,
            "name": title,
            "tags": ["tensorboard"],
            "sdk": "pavi tb",
            "python": platform.python_version(),
            "time": begun,
        }
        feed = Feed(self._client, writer, opening)
        self._trainings.setdefault(run, feed.training)
        source = self._sources[file] = _Source(run, begun, RecordFile(file), Slots(), feed)
        return source

    def _finish(self, training: dict[str, Any], last: float) -> None:
        """One event of one writer, unless the training ended as late already."""
        known = self._client.get(f"trainings/{training['id']}")
        ended = known.get("finished_at")
        if known["status"] == "finished" and ended is not None and _timestamp(ended) >= last - 0.001:
            return
        writer = uuid.uuid5(uuid.UUID(training["id"]), f"pavi:tensorboard:end:{last!r}")
        opening = {"type": "open", "protocol": PROTOCOL_VERSION, "training": training["id"], "project": self._project}
        feed = Feed(self._client, writer, {**opening, "time": last, "sdk": "pavi tb"})
        feed.push(Piece(pack_event({"type": "finish", "status": "finished"}, last), events=1))
        feed.flush()


def _first_record(file: Path) -> bytes | None:
    """The data of a file's first record, which says when it was begun. None: it is not there yet."""
    with file.open("rb") as opened:
        head = opened.read(_MOST_HEAD)
    size = int.from_bytes(head[:8], "little")
    whole = len(head) == _MOST_HEAD or len(head) >= 16 + size > 16
    return head[12 : 12 + size] if whole else None


def _first_time(record: bytes) -> float | None:
    if len(record) < 9 or record[0] != 0x09:
        return None
    time = float(struct.unpack_from("<d", record, 1)[0])
    return time if 0 < time < 1e11 else None


def _timestamp(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
