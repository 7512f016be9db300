"""`pavi.init`: from arguments, environment and rank to a running training. Owns these decisions and nothing else."""

import operator
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pavi import settings
from pavi.settings import Settings
from pavi.tracking import ids, ranks
from pavi.tracking.documents import Document
from pavi.tracking.notices import say
from pavi.tracking.opening import opening_event
from pavi.tracking.training import Plan, Training
from pavi.tracking.values import as_json

__all__ = ["config_document", "init", "make_plan"]

_started = 0


def init(
    project: str | None = None,
    name: str | None = None,
    config: Any = None,
    *,
    tags: Sequence[str] | str | None = None,
    notes: str | None = None,
    model: str | None = None,
    description: str | None = None,
    session_text: str | None = None,
    id: str | int | UUID | None = None,  # noqa: A002  # the word that users of trackers know
    resume: Literal["allow", "must", "never"] | None = None,
    resume_from_step: int | Mapping[str, int] | None = None,
    overwrite_last_training: bool = False,
    compare: str | int | None = None,
    rank_reduce: Literal["mean", "max", "all"] | None = None,
    strict: bool = False,
    mode: Literal["online", "offline", "disabled"] | None = None,
    dir: str | Path | None = None,  # noqa: A002  # as above
    console: bool = True,
    system_metrics: bool = True,
    git: bool = True,
) -> Training:
    """Starts a training, at once: whether a server answers is found out behind the loop's back.

    Args:
        project: made on first use; default ``$PAVI_PROJECT`` or ``default``. ``owner/name`` is somebody else's.
        name: for people; need not be unique.
        config: nested mapping (or argparse namespace, or dataclass) of what was chosen. Filterable by its keys.
        tags: words to find it by.
        notes: free text (Markdown).
        model: name of the model.
        description: one line.
        session_text: the whole config as text.
        id: continue or share a training: its UUID or number, or any name, which means the same training within the
            project wherever it is used. Default: ``$PAVI_TRAINING_ID``, or a new one.
        resume: with ``id``: ``allow`` goes on or starts, ``must`` only goes on, ``never`` only starts.
        resume_from_step: the checkpoint's step: what was logged beyond is hidden in charts, and kept. Or a mapping
            from prefix of tags to step, where tags count in different units.
        overwrite_last_training: go on with the newest training of this name in this project.
        compare: number or id of a compare to join; default ``$PAVI_COMPARE_ID``.
        rank_reduce: in a distributed launch, let every rank log into this one training, and show the ``mean`` or
            ``max`` of the ranks, or ``all`` of them. Without it, rank 0 logs and the others' calls do nothing.
        strict: raise `pavi.exception.PointsDropped` when something cannot be logged.
        mode: default ``$PAVI_MODE`` or ``online``; ``offline`` only writes journals, ``disabled`` nothing.
        dir: where journals go; default ``$PAVI_DIR`` or ``.pavi``.
        console: log stdout and stderr (``PAVI_CONSOLE=0`` switches it off).
        system_metrics: log the machine's load (``PAVI_SYSTEM=0``).
        git: record commit and diff (``PAVI_GIT=0``).

    Raises:
        ValueError, TypeError: arguments or environment make no sense. Nothing raises after this.
    """
    rewind = _checked_rewind(resume_from_step)
    plan = make_plan(
        project=project,
        config=config_document(config),
        id=id,
        resume=resume,
        rank_reduce=rank_reduce,
        compare=compare,
        strict=strict,
        mode=mode,
        dir=dir,
        console=console,
        system_metrics=system_metrics,
        git=git,
        name=_text("name", name),
        tags=_tags(tags),
        notes=_text("notes", notes),
        model=_text("model", model),
        description=_text("description", description),
        session_text=_text("session_text", session_text),
        overwrite_last_training=overwrite_last_training or None,
    )
    training = Training(plan)
    if rewind is not None:
        training.rewind(rewind)
    return training


def make_plan(
    *,
    project: str | None,
    id: str | int | UUID | None,  # noqa: A002  # as in `init`
    resume: str | None,
    rank_reduce: str | None,
    compare: str | int | None,
    strict: bool,
    mode: str | None,
    dir: str | Path | None,  # noqa: A002  # as in `init`
    console: bool,
    system_metrics: bool,
    git: bool,
    **optional: Any,
) -> Plan:
    """Decides everything about a training; ``optional`` goes into its opening event as it is.

    Raises:
        ValueError: a choice is none of those that there are.
    """
    _choice("resume", resume, ("allow", "must", "never"))
    _choice("rank_reduce", rank_reduce, ("mean", "max", "all"))
    known = settings.load()
    chosen = known.mode if mode is None else settings.as_mode(mode, "mode")
    project = _text("project", project) or known.project or "default"
    training, continued = _identify(id if id is not None else known.training_id, project)
    rank = ranks.detect()
    silent = chosen == "disabled"
    if rank is not None and rank_reduce is not None and not continued and id is None and known.training_id is None:
        agreed = _agree(rank)
        if agreed is None:
            rank_reduce = None
        training = agreed or training
    if rank is not None and rank.rank > 0 and rank_reduce is None:
        silent = True
    shared = rank if rank_reduce is not None else None
    opening = opening_event(
        training,
        project,
        resume=resume,
        continue_training=continued,
        compare=str(compare) if compare is not None else known.compare,
        rank=shared.rank if shared else None,
        world_size=shared.world_size if shared else None,
        rank_reduce=rank_reduce if shared else None,
        **optional,
    )
    first = shared is None or shared.rank == 0
    return Plan(
        training=training,
        opening=opening,
        root=Path(dir).absolute() if dir is not None else known.dir,
        server=_server(known, chosen),
        silent=silent,
        strict=strict,
        console=console and first,
        system_metrics=system_metrics and first,
        git=git,
    )


def _server(known: Settings, mode: str) -> str | None:
    return known.server if mode == "online" else None


def _identify(given: str | int | UUID | None, project: str) -> tuple[UUID, str | None]:
    """The id under which to journal, and, where only the server can tell which training is meant, how to ask it."""
    if given is None or given == "":
        return ids.new_id(), None
    if isinstance(given, UUID):
        return given, None
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise TypeError(f"id={given!r} is neither a UUID, a number nor a name")
    text = str(given).strip()
    if text.isdecimal():
        return ids.new_id(), text
    return ids.parse_id(text) or ids.named_id(project, text), None


def _agree(rank: ranks.Rank) -> UUID | None:
    global _started
    identity = ranks.launch_identity()
    if identity is None:
        if rank.rank == 0:
            say(
                "nothing identifies this launch, so the ranks cannot find one training, and rank 0 logs alone. "
                "Give all ranks the same id=, or set PAVI_TRAINING_ID."
            )
        return None
    _started += 1
    return ranks.agreed_id(identity, _started)


def config_document(config: Any) -> dict[str, Any] | None:
    """A config of any shape as a JSON object.

    Raises:
        TypeError: it has no keys.
    """
    if config is None:
        return None
    if isinstance(config, Document):
        config = dict(config)
    document = as_json(config)
    if not isinstance(document, dict):
        raise TypeError(f"config is {type(config).__name__!r}; give a mapping, a namespace or a dataclass")
    return document


def _tags(tags: Sequence[str] | str | None) -> list[str] | None:
    if tags is None:
        return None
    return [tags] if isinstance(tags, str) else [str(tag) for tag in tags]


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str | Path | int | float):
        raise TypeError(f"{name}={value!r} is no text")
    return str(value) or None


def _choice(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise ValueError(f"{name}={value!r} is none of {', '.join(map(repr, choices))}")


def _checked_rewind(step: int | Mapping[str, int] | None) -> int | dict[str, int] | None:
    if step is None:
        return None
    if isinstance(step, Mapping):
        return {str(prefix): operator.index(limit) for prefix, limit in step.items()}
    return operator.index(step)
