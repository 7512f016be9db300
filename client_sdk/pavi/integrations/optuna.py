"""`PaviCallback`: each trial of an Optuna study as a training, all of them in one compare; or the study as one.

Owns the translation of trials. Which parameters are tried, and what is pruned, is Optuna's.
"""

import atexit
import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from pavi import settings
from pavi.delivery.client import Client
from pavi.exception import PaviError
from pavi.integrations import needs
from pavi.integrations.session import Session
from pavi.tracking.endings import describe
from pavi.tracking.handover import FINISH_WAIT_S, Handover, hand_over
from pavi.tracking.notices import Notices, guarded
from pavi.tracking.training import Training

try:
    from optuna import TrialPruned
    from optuna.trial import TrialState
except ImportError as _error:
    raise needs("optuna", _error) from _error

__all__ = ["PaviCallback"]

P = ParamSpec("P")
T = TypeVar("T")

_COMPARES = "pavi:compares"
"""User attribute of a study: server → number of its compare, so that all its processes join the same one."""
_current: ContextVar[Training | None] = ContextVar("pavi_optuna_training", default=None)


class PaviCallback:
    """For ``study.optimize(objective, callbacks=[callback])``. May be called from several threads.

    Args:
        project: as in `pavi.init`.
        metric_name: what the objective returns; a list of names for several.
        as_multirun: each trial is a training of its own, and all join one compare, which the study remembers.
            Otherwise the study is one training, with a point for each trial.
        compare: the compare to join; default: ``$PAVI_COMPARE_ID``, or one of the study's name that is made now.
        options: further options of `pavi.init`.

    Raises:
        TypeError: there is no such option.
    """

    def __init__(
        self,
        project: str | None = None,
        *,
        metric_name: str | Sequence[str] = "value",
        as_multirun: bool = True,
        compare: str | int | None = None,
        **options: Any,
    ) -> None:
        self._options = {"project": project, "compare": compare, **options}
        Session(self._options)  # complains now about what makes no sense
        self._metric_name = metric_name
        self._as_multirun = as_multirun
        self._notices = Notices(strict=bool(options.get("strict")))
        self._lock = threading.Lock()
        self._open: dict[int, Training] = {}
        self._failures: dict[int, str] = {}
        self._whole: Session | None = None
        self._ended: list[Handover] = []
        self._watched = False

    def __call__(self, study: Any, trial: Any) -> None:
        """Logs a trial that has ended."""
        self._log_trial(study, trial)

    def track_in_pavi(self) -> Callable[[Callable[P, T]], Callable[P, T]]:
        """Decorates an objective: the trial's training begins before it, and `training` is it while it runs.

        With ``as_multirun=False`` it is the study's training.
        """

        def decorate(objective: Callable[P, T]) -> Callable[P, T]:
            @functools.wraps(objective)
            def tracked(*args: P.args, **keywords: P.kwargs) -> T:
                trial: Any = args[0] if args else keywords["trial"]
                with self._during(trial):
                    return objective(*args, **keywords)

            return tracked

        return decorate

    @property
    def training(self) -> Training:
        """The training of the trial that runs in this thread.

        Raises:
            RuntimeError: none does.
        """
        found = _current.get()
        if found is None:
            raise RuntimeError("no trial runs here: decorate the objective with @callback.track_in_pavi()")
        return found

    def finish(self, timeout: float = FINISH_WAIT_S) -> None:
        """Ends what is open, and waits for the server to have it all. Also done when the process ends.

        Args:
            timeout: longest wait in seconds.
        """
        with self._lock:
            if self._whole is not None:
                self._whole.end()
            for number, training in self._open.items():
                self._conclude(training, self._failures.pop(number, None))
            self._open.clear()
            ended, self._ended = self._ended, []
        if ended:
            hand_over(ended, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()

    @guarded
    def _log_trial(self, study: Any, trial: Any) -> None:
        if not self._as_multirun:
            self._log_point(study, trial)
            return
        with self._lock:
            training = self._open.pop(trial.number, None)
        if training is None:
            # Nothing of this process belongs to it: the trial is over.
            training = self._begin(study, trial, console=False, system_metrics=False)
        training.config.update(_config(study, trial))
        for step, value in sorted(trial.intermediate_values.items()):
            training.log({"intermediate_value": value}, step)
        values = self._values(trial)
        if values:
            training.log(values, trial.number)
        training.summary.update({"state": trial.state.name.lower(), **values, **_took(trial), **_attributes(trial)})
        training.describe(tags=[*_words(self._options.get("tags")), trial.state.name.lower()])
        with self._lock:
            reason = self._failures.pop(trial.number, None)
            if trial.state == TrialState.FAIL:
                reason = reason or trial.system_attrs.get("fail_reason") or "the trial failed"
            self._conclude(training, reason)

    def _log_point(self, study: Any, trial: Any) -> None:
        training = self._study(study)
        parameters = {f"params/{name}": value for name, value in trial.params.items() if _is_number(value)}
        training.log({**self._values(trial), **parameters}, trial.number)
        training.summary.update({"trials": len(study.trials), **self._best(study)})

    @contextmanager
    def _during(self, trial: Any) -> Iterator[None]:
        training = self._started(trial)
        before = _current.set(training)
        try:
            yield
        except TrialPruned:
            raise
        except BaseException as error:
            self._failed(trial, error)
            raise
        finally:
            _current.reset(before)

    def _started(self, trial: Any) -> Training:
        if not self._as_multirun:
            return self._study(trial.study)
        training = self._begin(trial.study, trial)
        with self._lock:
            self._open[trial.number] = training
        return training

    @guarded
    def _failed(self, trial: Any, error: BaseException) -> None:
        """An objective that raised: whether the study goes on (``catch``) or not, this trial is over."""
        with self._lock:
            training = self._open.get(trial.number)
            if training is not None:
                self._failures[trial.number] = describe(type(error), error)
                training.config.update(_config(trial.study, trial))

    def _begin(self, study: Any, trial: Any, **options: Any) -> Training:
        own = {"name": f"{study.study_name}-{trial.number}", "compare": self._compare(study)}
        return self._watch_end(Session(own | options | _given(self._options)))

    def _study(self, study: Any) -> Training:
        with self._lock:
            if self._whole is None:
                self._whole = Session({"name": study.study_name} | _given(self._options))
                self._watch_end(self._whole).config.update(
                    {"study": study.study_name, "directions": [one.name.lower() for one in study.directions]}
                )
            return self._whole.training

    def _watch_end(self, session: Session) -> Training:
        training = session.training
        if not self._watched:  # after the SDK's own: what is registered last runs first
            self._watched = True
            atexit.register(self.finish)
        return training

    def _conclude(self, training: Training, failure: str | None) -> None:
        """Ends without waiting: the next trial begins, and the rest is sent meanwhile."""
        self._ended = [one for one in self._ended if one.delivery is not None and not one.delivery.over]
        ended = training._conclude("finished" if failure is None else "crashed", reason=failure)
        if ended is not None:
            self._ended.append(ended)

    def _compare(self, study: Any) -> str | None:
        """The number of the study's compare on this server; None when none can be made now."""
        known = settings.load()
        mode = self._options.get("mode") or known.mode
        if self._options.get("compare") is not None or known.compare is not None or mode != "online":
            return None
        with self._lock:
            compares = dict(study.user_attrs.get(_COMPARES) or {})
            if known.server not in compares:
                try:
                    client = Client(known.server, known.token)
                    compares[known.server] = client.post("compares", {"name": study.study_name})["number"]
                except PaviError as error:
                    self._notices.once("compare", f"no compare is made for the study: {error}")
                    return None
                study.set_user_attr(_COMPARES, compares)
            return str(compares[known.server])

    def _values(self, trial: Any) -> dict[str, float]:
        values = trial.values or []
        names = [self._metric_name] if isinstance(self._metric_name, str) else list(self._metric_name)
        if len(names) != len(values) and values:
            names = [f"{names[0]}_{index}" for index in range(len(values))] if len(values) > 1 else names[:1]
        return dict(zip(names, values, strict=False))

    def _best(self, study: Any) -> dict[str, Any]:
        if len(study.directions) > 1:
            return {}
        try:
            best = study.best_trial
        except ValueError:  # no trial is complete yet
            return {}
        return {"best": {"trial": best.number, "value": best.value, "params": best.params}}


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _config(study: Any, trial: Any) -> dict[str, Any]:
    return {**trial.params, "optuna": {"study": study.study_name, "trial": trial.number}}


def _took(trial: Any) -> dict[str, float]:
    return {"seconds": trial.duration.total_seconds()} if trial.duration is not None else {}


def _attributes(trial: Any) -> dict[str, Any]:
    return {"user_attrs": dict(trial.user_attrs)} if trial.user_attrs else {}


def _words(tags: Any) -> list[str]:
    return [tags] if isinstance(tags, str) else list(tags or [])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
