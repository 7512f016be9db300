"""What the apps above add to trainings: events that they carry out, what they let go of when a training is purged, and
reasons why something must stay. Filled in ``AppConfig.ready()``; holds no table and knows no app."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.scalars.gate import Event

Check = Callable[[dict[str, Any]], str | None]
"""Why an event's body cannot be used, as a message that names the field; None when it can. Any thread, no database."""
Apply = Callable[[UUID, Sequence[Event]], None]
"""Carries out the events of one batch of one training, in journal order, inside the transaction that moves the
watermark, with the training's row locked. Runs in the committer's thread: a few queries for any number of events."""
Purge = Callable[[UUID], None]
"""Lets go of all that is stored of a training. Outside a transaction; must bear being called again."""
InUse = Callable[[Collection[UUID]], Iterable[UUID]]
"""Those of these snapshots that must not be forgotten."""
Content = Callable[[UUID], str | None]
"""What keeps a project from being deleted, as a phrase ("holds models"); None when nothing does."""


@dataclass(frozen=True, slots=True)
class Extension:
    """An app's part in the life of a training.

    Attributes:
        checks: event types that are its own, and how each is checked.
        also: types of others' events that it is told of too, checked by those they belong to.
        apply: see `Apply`; gets events of all these types.
        on_purge: see `Purge`.
    """

    checks: Mapping[str, Check]
    apply: Apply
    on_purge: Purge
    also: frozenset[str] = field(default=frozenset())

    def wanted(self, events: Sequence[Event]) -> list[Event]:
        """The events that concern it."""
        return [event for event in events if event.body["type"] in self.checks or event.body["type"] in self.also]


_extensions: dict[str, Extension] = {}
_in_use: dict[str, InUse] = {}
_content: dict[str, Content] = {}


def register(name: str, extension: Extension) -> None:
    """Adds an app's extension; the name is the app's label, and a second call replaces the first."""
    _extensions[name] = extension


def register_snapshot_use(name: str, in_use: InUse) -> None:
    """Adds a reason why snapshots are kept, such as versions of a model that came from them."""
    _in_use[name] = in_use


def register_project_content(name: str, content: Content) -> None:
    """Adds something beside trainings that a project can hold."""
    _content[name] = content


def check(body: dict[str, Any]) -> str | None:
    """Why an event of an extension cannot be used; None when it can, or when it is nobody's."""
    for extension in _extensions.values():
        own = extension.checks.get(str(body.get("type")))
        if own is not None:
            return own(body)
    return None


def wanting(events: Sequence[Event]) -> list[tuple[Extension, list[Event]]]:
    """The extensions that these events concern, each with its own, in the order of the journal."""
    pairs = [(extension, extension.wanted(events)) for extension in _extensions.values()]
    return [(extension, wanted) for extension, wanted in pairs if wanted]


def purge(training_id: UUID) -> None:
    """Lets every extension let go of a training."""
    for extension in _extensions.values():
        extension.on_purge(training_id)


def snapshots_in_use(ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these snapshots that some app above still needs."""
    return frozenset(found for in_use in _in_use.values() for found in in_use(ids))


def project_content(project_id: UUID) -> str | None:
    """What a project holds beside trainings, as a phrase; None when it is empty."""
    return next((phrase for content in _content.values() if (phrase := content(project_id)) is not None), None)
