"""How long a training means to run, read from its config or its session text. Knows no tables."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from server.trainings import values

MAX_YAML_CHARS = 200_000
_ITERATIONS = re.compile(r"max_.*iter", re.IGNORECASE)
_EPOCHS = re.compile(r"max_epochs?$", re.IGNORECASE)
_SETTING = re.compile(r"""(?<![\w.])["']?(max_\w*iters?|max_epochs?)["']?\s*[:=]\s*(\d{1,18})\b""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Total:
    """The end of the progress bar. ``unit`` is ``iteration`` or ``epoch``."""

    count: int
    unit: str


def total_of(config: dict[str, Any], session_text: str | None) -> Total | None:
    """The total that the config names, else the session text; the topmost key wins, iterations before epochs."""
    found = _in_document(config)
    if found is None and session_text:
        found = _in_text(session_text)
    return found


def _in_document(document: Any) -> Total | None:
    """Breadth first, so that a key at the top wins over one below."""
    level = [document]
    for _ in range(values.MAX_DEPTH):
        mappings = [inner for inner in level if isinstance(inner, dict)]
        for pattern, unit in ((_ITERATIONS, "iteration"), (_EPOCHS, "epoch")):
            for mapping in mappings:
                for key, value in mapping.items():
                    if isinstance(key, str) and pattern.match(key[:100]) and _usable(value):
                        return Total(int(value), unit)
        level = [deeper for inner in level for deeper in _children(inner)]
        if not level:
            return None
    return None


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _usable(value: Any) -> bool:
    number = None if isinstance(value, bool) else values.whole(value)
    return number is not None and number > 0


def _in_text(text: str) -> Total | None:
    # Session texts are YAML, or Python configs; aliases are refused, as they can make a small text a huge document.
    if len(text) <= MAX_YAML_CHARS and not re.search(r"(?m)[:\-\[,]\s*\*\w", text):
        try:
            document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
        except (yaml.YAMLError, ValueError, RecursionError):
            document = None
        found = _in_document(document)
        if found is not None:
            return found
    lines = [(key, int(count)) for key, count in _SETTING.findall(text[:MAX_YAML_CHARS]) if int(count) > 0]
    for unit, word in (("iteration", "iter"), ("epoch", "epoch")):
        for key, count in lines:
            if word in key.lower():
                return Total(count, unit)
    return None
