"""Carries out the messages of the 2018 protocol: `connect` begins or continues a training, `log` stores once.

A training lands in the project ``default`` (or the one that the address names), called like the last part of its work
folder. Nothing says that it ends: it is shown as lost when it has been silent for long enough.
"""

import hashlib
import secrets
import time
import uuid
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from server.accounts import selectors as accounts
from server.accounts.principal import Principal
from server.compat.errors import UnknownInstance
from server.compat.messages import Connect, Log
from server.compat.models import Instance, Message
from server.scalars import gate
from server.scalars import services as scalars
from server.trainings.services import writers

DEFAULT_PROJECT = "default"
REMEMBERED = timedelta(days=7)
"""How long a message is known again. The client itself gives up after seconds."""

_ID_BYTES = 32
_MOST_FORGOTTEN = 10_000


def connect(*, actor: Principal, message: Connect, project: str = "", client: str = "") -> str:
    """Begins a training, or continues that of ``message.instance_id``.

    Args:
        actor: who proved to be the message's user.
        message: what the client said.
        project: its name; empty is ``default``.
        client: the program, as its User-Agent says.

    Returns:
        The instance id, good for later messages.

    Raises:
        UnknownInstance: there is no such instance to continue, or the actor may not.
        NoSuchProject, ReadOnly: the project is not the actor's to write.
    """
    now = time.time()
    with transaction.atomic():
        _forget_old()
        instance = _found(message.instance_id) if message.instance_id else None
        if instance is not None and not gate.current().writable(viewer=actor, training_id=instance.training_id):
            raise _unknown()
        writer_id = uuid.uuid4()
        opened = writers.open_writer(
            actor=actor, writer_id=writer_id, body=_opening(message, project, client, instance)
        )
        raw = message.instance_id or secrets.token_urlsafe(_ID_BYTES)
        instance = instance or Instance(sha256=_hash(raw), training_id=opened.training_id)
        instance.user_id = actor.user_id
        instance.token_id = actor.token_id
        instance.writer_id = writer_id
        instance.clock_ahead = message.time - now if message.time is not None else 0.0
        instance.connected_at = timezone.now()
        instance.save()
        scalars.append(
            training_id=opened.training_id,
            writer_id=writer_id,
            sender=actor.user_id,
            events=[{"type": "environment", "environment": _environment(message, client)}],
            time=now,
        )
    return raw


def log(message: Log) -> bool:
    """Stores the numbers of one iteration, once however often the message comes.

    Returns:
        False when it had come before.

    Raises:
        UnknownInstance: nobody connected with this id, or its user may not log there any more.
    """
    with transaction.atomic():
        instance = _found(message.instance_id)
        who = accounts.still_good(user_id=instance.user_id, token_id=instance.token_id)
        if who is None or not gate.current().writable(viewer=who, training_id=instance.training_id):
            raise _unknown()
        if not _first_time(instance, message):
            return False
        moment = time.time() if message.time is None else message.time - instance.clock_ahead
        scalars.append(
            training_id=instance.training_id,
            writer_id=instance.writer_id,
            sender=instance.user_id,
            points=[(tag, message.step, moment, value) for tag, value in message.values.items()],
            events=_console(instance, message, moment),
            time=moment,
        )
    return True


def _found(raw: str) -> Instance:
    """The instance, locked: its messages go one after another."""
    instance = Instance.objects.select_for_update().filter(sha256=_hash(raw)).first()
    if instance is None:
        raise _unknown()
    return instance


def _unknown() -> UnknownInstance:
    return UnknownInstance(
        "This instance id is unknown, or its user may not log into its training any more. Connect again without one."
    )


def _first_time(instance: Instance, message: Log) -> bool:
    try:
        with transaction.atomic():
            Message.objects.create(instance=instance, digest=message.digest, received_at=timezone.now())
    except IntegrityError:
        return False
    return True


def _forget_old() -> None:
    old = Message.objects.filter(received_at__lt=timezone.now() - REMEMBERED).values_list("id", flat=True)
    Message.objects.filter(id__in=list(old[:_MOST_FORGOTTEN])).delete()


def _opening(message: Connect, project: str, client: str, instance: Instance | None) -> dict[str, Any]:
    """What an SDK would have said. What the client leaves out stays out: it must not blank what is stored."""
    config = {
        "model": message.model,
        "work_dir": message.work_dir,
        "session_file": message.session_file,
        "device": message.device,
    }
    opening: dict[str, Any] = {
        "type": "open",
        "training": str(instance.training_id if instance is not None else uuid.uuid4()),
        "project": project or DEFAULT_PROJECT,
        "time": time.time(),
        "model": message.model,
        "session_text": message.session_text,
        "config": {key: value for key, value in config.items() if value},
        "host": message.device.rpartition("@")[2],
        "sdk": client[:100],
    }
    if instance is not None:
        opening["continue_training"] = str(instance.training_id)
        del opening["project"]
    else:
        opening["name"] = PurePosixPath(message.work_dir.replace("\\", "/")).name or message.model
    return opening


def _environment(message: Connect, client: str) -> dict[str, Any]:
    environment = {
        "host": message.device.rpartition("@")[2],
        "user": message.device.rpartition("@")[0],
        "work_dir": message.work_dir,
        "session_file": message.session_file,
        "model_text": message.model_text,
        "client": client[:200],
    }
    return {key: value for key, value in environment.items() if value}


def _console(instance: Instance, message: Log, moment: float) -> list[dict[str, Any]]:
    if not message.text.strip():
        return []
    lines = message.text.rstrip("\n").split("\n")
    event = {
        "type": "console",
        "stream": "stdout",
        "first_line": instance.lines,
        "lines": len(lines),
        "time": moment,
        "text": "\n".join(lines),
    }
    instance.lines += len(lines)
    instance.save(update_fields=["lines"])
    return [event]


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
