"""The training that a script holds. `init` and `SummaryWriter` are two faces of it.

Owns the calls and the life from start to end. Points are `recorder`'s, sending is `pavi.delivery`'s.
"""

import html
import os
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from pavi.delivery.delivery import Delivery
from pavi.delivery.pump import pump
from pavi.exception import PointsDropped
from pavi.protocol import OpenedTraining, OpenEvent
from pavi.tracking import endings, media, snapshots
from pavi.tracking.documents import Document
from pavi.tracking.handover import FINISH_WAIT_S, Handover, hand_over
from pavi.tracking.notices import Notices, guarded, say
from pavi.tracking.opening import Journals
from pavi.tracking.recorder import Recorder
from pavi.tracking.silence import Silence
from pavi.tracking.surroundings import Surroundings
from pavi.tracking.values import as_step
from pavi.tracking.waiting import wait_for

__all__ = ["Plan", "Training"]

Status = Literal["finished", "crashed"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What `pavi.tracking.start` decided about a training before it begins.

    Attributes:
        training: the id.
        opening: the first event.
        root: where journals go.
        server: whom to send to; None to only write.
        silent: write nothing at all.
        strict: raise on every drop.
        console, system_metrics, git: what to capture around it.
    """

    training: uuid.UUID
    opening: OpenEvent
    root: Path
    server: str | None
    silent: bool = False
    strict: bool = False
    console: bool = True
    system_metrics: bool = True
    git: bool = True


class Training:
    """One run of a training loop. Made by `pavi.init`; every method may be called from any thread.

    No call raises into the loop, unless the training is ``strict``: troubles are said once and counted.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._notices = Notices(strict=plan.strict)
        self._pid = os.getpid()
        self._ended = False
        self._silent = plan.silent
        self._delivery: Delivery | None = None
        self._snapshots: set[tuple[str, int, str]] = set()
        self._journals = Journals(
            plan.root, plan.training, plan.opening, self._notices, offline=plan.server is None, made=self._deliver
        )
        self._recorder: Recorder | Silence = Silence() if plan.silent else self._open_recorder()
        self.config = Document(plan.opening.get("config", {}), lambda change: self._publish("config", change))
        self.summary = Document({}, lambda change: self._publish("summary", change))
        self._surroundings: Surroundings | None = None
        if isinstance(self._recorder, Recorder):
            self._begin(self._recorder)

    @property
    def id(self) -> str:
        """The training's UUID: the client's own until the server has answered, and nearly always afterwards."""
        opened = self._opened
        return opened["id"] if opened is not None else str(self._plan.training)

    @property
    def name(self) -> str | None:
        """The display name; None when neither the script nor, yet, the server has given one."""
        opened = self._opened
        return opened["name"] if opened is not None else self._plan.opening.get("name")

    @property
    def url(self) -> str | None:
        """Where people see the training; None until the server has answered."""
        opened = self._opened
        return opened["url"] if opened is not None else None

    @property
    def dir(self) -> Path:
        """The folder with this training's journals."""
        return self._journals.root / str(self._plan.training)

    def log(self, values: Mapping[str, Any], step: int | None = None, **ignored: Any) -> None:
        """Logs one point for each value. Takes microseconds: it writes to a mapped file and sends nothing itself.

        Args:
            values: tag → number (Python, numpy, an array or tensor of one element), or something to look at:
                `pavi.Image` and its like, a Pillow image, a matplotlib figure, or a list of them (a grid). Nested
                mappings are joined with ``/``. NaN and infinities are kept.
            step: any whole number; may repeat and go backwards. None takes the last one plus 1.
            ignored: keywords of other trackers; said once.
        """
        try:
            self._recorder.log(values, step)
            if ignored:
                self._notices.once("log", f"log() does not know {', '.join(ignored)}; it goes on without")
        except PointsDropped:
            raise
        except Exception as error:  # noqa: BLE001  # a guest never breaks its host
            self._notices.defect("log", error)

    @guarded
    def add_snapshot_file(self, tag: str, snapshot_file_path: str | Path, iteration: int) -> None:
        """Keeps a checkpoint file. It is copied before this returns: the caller may delete or change it then.

        Args:
            tag: what kind of file it is.
            snapshot_file_path: the file; of a symlink, what it points to.
            iteration: when in the training. The same call again with the same bytes does nothing.
        """
        path = Path(snapshot_file_path)
        self._keep(tag, path.name, iteration, lambda folder: snapshots.store(path, folder), shown=str(path))

    @guarded
    def add_snapshot(self, name: str, state_dict: Any, iteration: int) -> None:
        """Keeps a state dict as a checkpoint file, written by ``torch.save`` where torch is loaded.

        Args:
            name: what kind of checkpoint it is; the file is called ``<name>_<iteration>.pth``.
            state_dict: what torch can save: a state dict, or a nested mapping of tensors and numbers.
            iteration: when in the training.
        """
        number = as_step(iteration)
        file = f"{Path(str(name).replace('/', '_')).stem or 'snapshot'}_{number}.pth"
        self._keep(name, file, iteration, lambda folder: snapshots.store_state(state_dict, folder), shown=file)

    @guarded
    def add_trace(self, path_or_profiler: Any, tag: str = "profile", step: int | None = None) -> None:
        """Keeps a profiler's trace, to be seen as a timeline.

        Args:
            path_or_profiler: a Chrome trace file (JSON, also gzip), or a `torch.profiler.profile` that has ended or
                calls ``on_trace_ready`` (see `pavi.media.trace_handler`). At most 256 MiB.
            tag: names the trace.
            step: None takes the one that `log` would.
        """
        from pavi.media.trace import Trace

        self._show([(tag, Trace(path_or_profiler))], self._recorder.next_step if step is None else step)

    @guarded
    def rewind(self, step: int | Mapping[str, int]) -> None:
        """Declares what was logged beyond ``step`` stale: hidden in charts, kept, recoverable.

        Args:
            step: the last step that still counts; or prefix of tags → step, where tags count in different units.
        """
        if isinstance(step, Mapping):
            self._recorder.event({"type": "rewind", "steps": {str(key): int(value) for key, value in step.items()}})
        else:
            self._recorder.event({"type": "rewind", "step": int(step)})
            self._recorder.next_step = int(step) + 1

    @guarded
    def describe(self, *, name: str | None = None, tags: list[str] | None = None, notes: str | None = None) -> None:
        """Changes name, tags or notes; what is None stays."""
        event = {"type": "details", "name": name, "tags": tags, "notes": notes}
        self._recorder.event({key: value for key, value in event.items() if value is not None})

    def flush(self, timeout: float = 10.0) -> bool:
        """Waits until the server has everything logged so far. What is logged is safe on disk without this.

        Args:
            timeout: seconds; less when the server does not answer.

        Returns:
            Whether the server has it all. False offline.
        """
        try:
            delivery, journal = self._delivery, self._recorder.journal
            if delivery is None or journal is None:
                return False
            self._recorder.tend()
            return wait_for([delivery], timeout, target=journal.committed)
        except Exception as error:  # noqa: BLE001  # a guest never breaks its host
            self._notices.defect("flush", error)
            return False

    def finish(
        self,
        status: Status = "finished",
        *,
        reason: str | None = None,
        exit_code: int | None = None,
        timeout: float | None = None,
    ) -> None:
        """Ends the training and waits for the server to have it all. Calling it again does nothing.

        Args:
            status: ``finished`` or ``crashed``.
            reason: what went wrong.
            exit_code: of the process.
            timeout: longest wait in seconds; default 60 while the server answers, 5 while it does not. What is
                left stays on disk, and the next training here or `pavi sync` sends it.
        """
        if status not in ("finished", "crashed"):
            raise ValueError(f"status={status!r} is neither 'finished' nor 'crashed'")
        self._end(status, reason=reason, exit_code=exit_code, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            self._end("finished")
            return
        code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1
        self._end("crashed", reason=endings.describe(kind, error), exit_code=code)

    def __repr__(self) -> str:
        return f"<Training {self.name or ''} {self.id}{' (ended)' if self._ended else ''}>"

    def _repr_html_(self) -> str:
        name = html.escape(self.name or "training")
        if self.url is None:
            return f"{name} <code>{html.escape(self.id)}</code>, kept in <code>{html.escape(str(self.dir))}</code>"
        return f'<a href="{html.escape(self.url, quote=True)}" target="_blank" rel="noopener">{name}</a>'

    def _show(self, shown: list[tuple[str, Any]], step: Any, walltime: float | None = None) -> None:
        """Writes things to look at, each a thing or a list of them, at one step."""
        if self._silent:
            return
        if self._ended:
            self._notices.dropped("closed", "this training has finished: what is logged after its end is dropped")
            return
        number = as_step(step)
        if number is None:
            number = self._recorder.next_step
            self._notices.once("step", f"step={step!r} is no 64-bit whole number; {number} is used instead")
        moment = time.time() if walltime is None else float(walltime)
        for tag, value in shown:
            things = value if isinstance(value, list | tuple) else [value]
            media.show(media.Shown(str(tag), things, number, moment), self._recorder, self._notices)

    def _keep(
        self, tag: str, name: str, iteration: Any, store: Callable[[Path], snapshots.StoredFile], *, shown: str
    ) -> None:
        """Stores a checkpoint beside the journal, then its event."""
        journal = None if self._silent or self._ended else self._recorder.open()
        if journal is None:
            return
        number = as_step(iteration)
        if number is None:
            raise ValueError(f"iteration={iteration!r} is no whole number")
        try:
            stored = store(journal.folder)
        except OSError as error:
            self._notices.dropped(f"snapshot:{shown}", f"the snapshot {shown} is not kept: {error.strerror}")
            return
        key = (str(tag), number, stored.sha256)
        if key in self._snapshots:
            return
        self._snapshots.add(key)
        event = {"type": "snapshot", "tag": str(tag), "iteration": number, "name": name}
        self._recorder.event(event | {"size": stored.size, "sha256": stored.sha256})

    @property
    def _opened(self) -> OpenedTraining | None:
        return self._delivery.opened if self._delivery is not None else None

    def _open_recorder(self) -> Recorder | Silence:
        try:
            return Recorder(self._journals.open, self._notices, self._show)
        except OSError as error:
            self._notices.dropped(
                "journal", f"nothing is logged: no journal can be written ({error.strerror}). Set PAVI_DIR."
            )
            self._silent = True
            return Silence()

    def _begin(self, recorder: Recorder) -> None:
        plan = self._plan
        endings.watch(self)
        pump.add_chore(recorder.tend)
        self._surroundings = Surroundings(
            recorder, self._notices, console=plan.console, system_metrics=plan.system_metrics, git=plan.git
        )
        self._surroundings.start()

    def _deliver(self, folder: Path) -> None:
        """A journal was made: in the process that began the training, or in a child of it."""
        first = self._pid == os.getpid()
        if not first:
            pump.add_chore(self._recorder.tend)
        if self._plan.server is None:
            return
        self._delivery = Delivery(folder, self._plan.server, on_opened=self._announce if first else None)
        pump.add(self._delivery)
        if first:
            pump.adopt(self._journals.root, self._plan.server)

    def _announce(self, opened: OpenedTraining) -> None:
        say(f"training {opened['number']} {opened['name']!r} → {opened['url']}")

    @guarded
    def _publish(self, kind: str, change: dict[str, Any]) -> None:
        self._recorder.event({"type": kind, kind: change})

    @guarded
    def _end(
        self,
        status: Status,
        *,
        reason: str | None = None,
        exit_code: int | None = None,
        timeout: float | None = None,
    ) -> None:
        ended = self._conclude(status, reason=reason, exit_code=exit_code)
        if ended is not None:
            hand_over([ended], FINISH_WAIT_S if timeout is None else timeout)

    @guarded
    def _conclude(self, status: Status, *, reason: str | None = None, exit_code: int | None = None) -> Handover | None:
        """Writes the end and closes the journal. Returns what is left to send; None when there is nothing."""
        if self._ended:
            return None
        self._ended = True
        endings.forget(self)
        if self._silent or self._recorder.journal is None:
            return None
        if self._surroundings is not None:
            self._surroundings.stop()
        pump.remove_chore(self._recorder.tend)
        parent = self._pid == os.getpid()
        if parent:
            event = {"type": "finish", "status": status, "reason": reason, "exit_code": exit_code}
            self._recorder.close({key: value for key, value in event.items() if value is not None})
        else:
            self._recorder.close()  # a child's end is not the training's
        folders = sum(1 for path in self.dir.iterdir() if path.is_dir()) if parent else 1
        return Handover(self._delivery, self.dir, children=folders > 1)

    def _forked(self) -> None:
        """In a child: nothing of the parent's is touched, and the first call that logs opens a journal of its own."""
        self._notices = Notices(strict=self._plan.strict)
        self._delivery = None
        self._journals.forked()
        self._recorder.forked()
        if self._surroundings is not None:
            self._surroundings.forked()
