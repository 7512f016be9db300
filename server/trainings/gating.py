"""What the series store asks of trainings (`server.scalars.gate.Gate`): who may touch which, and what events do."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from server.accounts import selectors as accounts
from server.accounts.principal import Principal, Role
from server.scalars.gate import Event
from server.trainings import access
from server.trainings.models import Training
from server.trainings.services.events import apply as apply_events
from server.trainings.services.events import check_event


class TrainingsGate:
    """Holds no state; safe from any thread."""

    def readable(self, *, viewer: Principal, training_ids: Collection[UUID]) -> frozenset[UUID]:
        """Those that the viewer may read; what is in the trash nobody reads."""
        return frozenset(access.readable_trainings(viewer=viewer, ids=training_ids).values_list("id", flat=True))

    def writable(self, *, viewer: Principal, training_id: UUID) -> bool:
        """Whether the viewer is a member of the training's project; nothing is logged into the trash."""
        scope = Training.objects.filter(id=training_id, deleted_at=None).values_list("project_id", flat=True).first()
        role = accounts.role_in(viewer=viewer, scope=scope) if scope is not None else None
        return role is not None and role.includes(Role.MEMBER)

    def check_event(self, body: dict[str, Any]) -> str | None:
        """See `services.events`."""
        return check_event(body)

    def apply(self, *, training_id: UUID, events: Sequence[Event]) -> None:
        """See `services.events`."""
        apply_events(training_id=training_id, events=events)

    def seen(self, *, training_ids: Collection[UUID]) -> None:
        """Heartbeats. Rows that another transaction holds are passed over: it is a sign of life of its own, and
        waiting for it in no fixed order would end in deadlocks."""
        rows = Training.objects.filter(id__in=training_ids).select_for_update(skip_locked=True)
        ids = list(rows.values_list("id", flat=True))
        Training.objects.filter(id__in=ids).update(heartbeat_at=timezone.now())
