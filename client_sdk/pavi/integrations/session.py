"""One training over the phases of a framework's run: begun when first needed, ended with a phase, gone on with by the
next one (`fit`, then `test`).

Owns when a training begins, ends and goes on. What is logged into it is the callback's.
"""

import inspect
from collections.abc import Mapping
from typing import Any, Literal

from pavi import settings
from pavi.tracking.ids import new_id
from pavi.tracking.notices import Notices
from pavi.tracking.start import init
from pavi.tracking.training import Training

__all__ = ["Session"]

_KNOWN = frozenset(inspect.signature(init).parameters)
_ONCE = ("overwrite_last_training", "resume_from_step", "resume")
"""Options of the beginning, which must not be repeated when the same training goes on."""


class Session:
    """The training of one callback. One thread at a time.

    Args:
        options: of `pavi.init`; None is as good as absent.
        training: one that the caller has begun, and will end.

    Raises:
        TypeError: there is no such option.
        BadSetting: a setting of the environment cannot be used.
    """

    def __init__(self, options: Mapping[str, Any], training: Training | None = None) -> None:
        self._options = {name: value for name, value in options.items() if value is not None}
        unknown = sorted(self._options.keys() - _KNOWN)
        if unknown:
            raise TypeError(f"unknown option {', '.join(unknown)}; there are {', '.join(sorted(_KNOWN))}")
        known = settings.load()
        self._project = str(self._options.get("project") or known.project or "default")
        self._own = training is None
        self._training = training
        self._ended = False
        self._notices = Notices(strict=bool(self._options.get("strict")))
        self._id = self._first_id(known.training_id)

    @property
    def id(self) -> str | None:
        """The training's id, also before it has begun; None where only its beginning decides it."""
        return self._training.id if self._training is not None else self._id

    @property
    def project(self) -> str:
        """The name of the project it is in, or will be."""
        return self._project

    @property
    def name(self) -> str | None:
        """Its name, if it was given one."""
        return self._training.name if self._training is not None and not self._own else self._options.get("name")

    @property
    def notices(self) -> Notices:
        """Where troubles go."""
        return self._training._notices if self._training is not None else self._notices

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._training is not None and not self._ended

    @property
    def training(self) -> Training:
        """The training: begun now if need be, and gone on with if it had ended.

        Raises:
            ValueError, TypeError: as `pavi.init`.
        """
        if self._training is None:
            self._training = init(**self._options | ({"id": self._id} if self._id else {}))
        elif self._ended:
            options = {name: value for name, value in self._options.items() if name not in _ONCE}
            self._training = init(**options | {"id": self._training.id, "resume": "allow"})
        self._ended = False
        return self._training

    def prefer(self, **options: Any) -> None:
        """Sets options that were not given, for a training that has not begun."""
        if self._training is None:
            self._options = {name: value for name, value in options.items() if value is not None} | self._options

    def end(self, status: Literal["finished", "crashed"] = "finished", *, reason: str | None = None) -> None:
        """Ends it, unless it is the caller's. What is used of it later goes on with it."""
        if self.running and self._own and self._training is not None:
            self._training.finish(status, reason=reason)
            self._ended = True

    def renew(self, **options: Any) -> None:
        """Ends it; what comes next is another training, with these options on top."""
        if not self._own:
            return
        self.end()
        self._options |= {name: value for name, value in options.items() if value is not None}
        self._options.pop("id", None)
        self._training, self._ended = None, False
        self._id = self._first_id(None)

    def _first_id(self, given: str | None) -> str | None:
        """An id made ahead, for frameworks that name folders after it.

        Ranks that log together must find theirs by launch, and an id in the environment or the options is final.
        """
        if "id" in self._options:
            return str(self._options["id"])
        return given if given is not None or "rank_reduce" in self._options else str(new_id())

    def __getstate__(self) -> dict[str, Any]:
        """For launchers that pickle: the other process goes on with the same training."""
        state = self.__dict__ | {"_training": None, "_ended": False, "_notices": Notices(strict=self._notices.strict)}
        if self._training is not None:
            options = {name: value for name, value in self._options.items() if name not in _ONCE}
            state |= {"_id": self._training.id, "_own": True, "_options": options | {"id": self._training.id}}
        return state
