"""The status that people see. ``lost`` is computed when it is read: running, with an old heartbeat. Stores nothing."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Q, Value, When

from server.trainings.models import Status

LOST = "lost"
ALL = (Status.RUNNING.value, Status.FINISHED.value, Status.CRASHED.value, LOST)


def oldest_heartbeat(now: datetime) -> datetime:
    """Running trainings with an older heartbeat are lost."""
    return now - timedelta(seconds=settings.LOST_AFTER_S)


def shown(stored: str, heartbeat_at: datetime, now: datetime) -> str:
    """What people see."""
    if stored == Status.RUNNING and heartbeat_at < oldest_heartbeat(now):
        return LOST
    return str(stored)


def condition(word: str, now: datetime) -> Q:
    """Trainings that are seen as ``word``."""
    if word == LOST:
        return Q(status=Status.RUNNING, heartbeat_at__lt=oldest_heartbeat(now))
    if word == Status.RUNNING:
        return Q(status=Status.RUNNING, heartbeat_at__gte=oldest_heartbeat(now))
    return Q(status=word)


def expression(now: datetime) -> Any:
    """The same as SQL, to sort by."""
    return Case(When(condition(LOST, now), then=Value(LOST)), default="status", output_field=CharField())
