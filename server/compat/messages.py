"""Reads the messages of mmcv's client of 2018 (`PaviClient` of mmcv 0.2) into frozen values. Knows no tables.

As that client writes them: ``connect`` has user name and password, ``log`` an instance id and outputs. Its times are
the local time of its machine without a zone. Everything but the credentials may be missing or null.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pavi.protocol import tag_problem
from server.compat.errors import BadMessage

MAX_OUTPUTS = 10_000
_MAX_TEXT = 1_000
_LOWEST_STEP, _HIGHEST_STEP = -(2**63), 2**63 - 1
_WORDS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf, "-inf": -math.inf, "-infinity": -math.inf}


@dataclass(frozen=True, slots=True)
class Connect:
    """Somebody begins a training, or goes on with one. Empty texts mean "not said". ``time``: the client's clock
    read as UTC, in seconds since the epoch; None when it cannot be read."""

    username: str
    password: str
    instance_id: str
    model: str
    work_dir: str
    session_file: str
    session_text: str
    model_text: str
    device: str
    time: float | None

    def __repr__(self) -> str:
        return f"<Connect of {self.username!r}>"  # never the password


@dataclass(frozen=True, slots=True)
class Log:
    """Numbers of one iteration. ``values`` by series; ``digest`` is of the whole message, for telling repetitions."""

    instance_id: str
    step: int
    values: dict[str, float]
    text: str
    time: float | None
    digest: bytes


def read(body: bytes) -> Connect | Log:
    """The message in a body.

    Raises:
        BadMessage: it is neither of the two.
    """
    try:
        message = json.loads(body)  # takes the bare NaN and Infinity that such clients may write
    except (ValueError, RecursionError):
        raise BadMessage("The body is not JSON.") from None
    if not isinstance(message, dict):
        raise BadMessage("The body must be a JSON object: a connect or a log message of the 2018 protocol.")
    if "outputs" in message or "flow_id" in message:
        return _log(message)
    if "username" in message or "password" in message:
        return _connect(message)
    raise BadMessage("The body has neither 'username' and 'password' (connect) nor 'outputs' (log).")


def _connect(message: dict[str, Any]) -> Connect:
    return Connect(
        username=_text(message, "username", 150),
        password=_text(message, "password", 4096),
        instance_id=_text(message, "instance_id", 200),
        model=_text(message, "model", 200),
        work_dir=_text(message, "work_dir"),
        session_file=_text(message, "session_file"),
        session_text=_text(message, "session_text", None),
        model_text=_text(message, "model_text", None),
        device=_text(message, "device", 200),
        time=_moment(message.get("time")),
    )


def _log(message: dict[str, Any]) -> Log:
    instance_id = _text(message, "instance_id", 200)
    if not instance_id:
        raise BadMessage("'instance_id' is missing: connect first, and send the id that the answer holds.")
    step = message.get("iter_num")
    if isinstance(step, float) and step.is_integer():
        step = int(step)
    if isinstance(step, bool) or not isinstance(step, int) or not _LOWEST_STEP <= step <= _HIGHEST_STEP:
        raise BadMessage("'iter_num' must be a whole number of 64 bits.")
    outputs = message.get("outputs")
    if outputs is None:
        outputs = {}
    if not isinstance(outputs, dict) or len(outputs) > MAX_OUTPUTS:
        raise BadMessage(f"'outputs' must be an object of at most {MAX_OUTPUTS} numbers by tag.")
    content = json.dumps(message, sort_keys=True, ensure_ascii=True)
    return Log(
        instance_id=instance_id,
        step=step,
        values=_values(_text(message, "flow_id", 200), outputs),
        text=_text(message, "msg", 100_000),
        time=_moment(message.get("time")),
        digest=hashlib.blake2b(content.encode(), digest_size=16).digest(),
    )


def _values(flow: str, outputs: dict[str, Any]) -> dict[str, float]:
    """What can be stored, as series ``flow/tag``; the rest is passed over, as the client itself drops texts."""
    found = {}
    for name, output in outputs.items():
        tag = f"{flow}/{name}" if flow else name
        value = _number(output)
        if value is not None and tag_problem(tag) is None:
            found[tag] = value
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return _WORDS.get(value.strip().lower().lstrip("+"))
    if value is None:  # how some JSON writers spell NaN
        return math.nan
    if not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _moment(value: Any) -> float | None:
    """``str(datetime.now())``, or seconds since the epoch."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            value = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        return None
    return float(value)


def _text(message: dict[str, Any], key: str, limit: int | None = _MAX_TEXT) -> str:
    value = message.get(key)
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = str(value).encode("utf-8", "replace").decode().replace("\0", "")
    return text if limit is None else text[:limit]
