"""Reads an `OpenEvent` as tolerantly as possible into one that the services can rely on. Knows no tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone

from pavi.protocol import PROTOCOL_VERSION
from server.trainings import values
from server.trainings.errors import BadOpening

MAX_TAGS = 100
MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class Opening:
    """Who wants to log, into what. None means "not said", which never changes what is stored."""

    training: UUID
    project: str
    time: datetime
    name: str
    model: str
    tags: list[str]
    notes: str
    description: str
    config: dict[str, Any] | None
    session_text: str | None
    resume: Literal["allow", "must", "never"]
    continue_training: str
    overwrite_last: bool
    compare: str
    rank: int | None
    world_size: int | None
    rank_reduce: Literal["mean", "max", "all"] | None
    host: str
    pid: int | None
    sdk: str
    python: str


def read(body: dict[str, Any]) -> Opening:
    """The opening in an event.

    Raises:
        BadOpening: the training's id is missing, or the protocol is one of the future.
    """
    protocol = values.whole(body.get("protocol", PROTOCOL_VERSION))
    if protocol is None or not 1 <= protocol <= PROTOCOL_VERSION:
        raise BadOpening(
            f"This server speaks protocol {PROTOCOL_VERSION}, the client {body.get('protocol')!r}. Update the server."
        )
    try:
        training = UUID(str(body["training"]))
    except (KeyError, ValueError):
        raise BadOpening("'training' must be a UUID made by the client.") from None
    config = body.get("config")
    session_text = body.get("session_text")
    rank, reduce, resume = values.whole(body.get("rank")), body.get("rank_reduce"), body.get("resume")
    try:
        cleaned = values.clean(config) if isinstance(config, dict) else None
    except ValueError as error:
        raise BadOpening(f"The config {error}. Flatten it.") from None
    return Opening(
        training=training,
        project=_text(body, "project", 300) or "default",
        time=values.moment(body.get("time"), timezone.now()),
        name=_text(body, "name", MAX_NAME_CHARS),
        model=_text(body, "model", MAX_NAME_CHARS),
        tags=words(body.get("tags")),
        notes=_text(body, "notes"),
        description=_text(body, "description"),
        config=cleaned or None,
        session_text=values.clean_text(session_text) or None if isinstance(session_text, str) else None,
        resume=resume if resume in ("must", "never") else "allow",
        continue_training=_text(body, "continue_training", 100),
        overwrite_last=body.get("overwrite_last_training") is True,
        compare=_text(body, "compare", 100),
        rank=rank if rank is not None and 0 <= rank < 1 << 15 else None,
        world_size=_small(body.get("world_size")),
        rank_reduce=reduce if reduce in ("mean", "max", "all") else None,
        host=_text(body, "host", 200),
        pid=values.whole(body.get("pid")),
        sdk=_text(body, "sdk", 100),
        python=_text(body, "python", 100),
    )


def words(value: Any) -> list[str]:
    """Tags as a client sends them (a list, or one word), without doubles, in their order."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return []
    cleaned = [values.clean_text(str(word), 100).strip() for word in value[:1000]]
    return list(dict.fromkeys(word for word in cleaned if word))[:MAX_TAGS]


def _text(body: dict[str, Any], key: str, limit: int | None = None) -> str:
    value = body.get(key)
    if value is None or isinstance(value, dict | list | bool):
        return ""
    return values.clean_text(str(value), limit).strip()


def _small(value: Any) -> int | None:
    number = values.whole(value)
    return number if number is not None and 0 <= number < 1 << 31 else None
