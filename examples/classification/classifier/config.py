"""From a YAML file and overrides to a checked configuration.

Owns the sections that there are and their defaults. What is inside a section is checked by who is built from it.
"""

import copy
import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

__all__ = ["ConfigError", "called", "load"]

_DEFAULTS: dict[str, Any] = {
    "seed": 0,
    "max_epochs": 10,
    "log_interval": 10,
    "save_interval": 1,
    "model": None,
    "data": None,
    "optimizer": {"type": "SGD", "lr": 0.1, "momentum": 0.9},
    "lr_schedule": {"type": "CosineLR"},
    "monitor": {"type": "pavi"},
    "saver": {"type": "lustre", "dir": "work_dirs/checkpoints"},
    "amp": {"dtype": "fp32"},
    "resume": None,
}
_COUNTS = ("max_epochs", "log_interval", "save_interval")


class ConfigError(Exception):
    """The configuration makes no sense; the message says what does."""


def load(path: str | Path, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Reads a configuration.

    A file may name another one as ``base``, relative to itself, and holds only what differs then. A section that
    changes ``type`` replaces the base's, since the base's other keys belong to the other type.

    Args:
        path: the YAML file.
        overrides: ``section.key=value`` each; the value is YAML, so ``monitor={type: tensorboard}`` replaces a section.

    Returns:
        Every section there is, in plain dicts, lists, texts and numbers.

    Raises:
        ConfigError: a section is unknown or missing, an override is malformed.
        OSError: a file cannot be read.
    """
    config = _merged(_DEFAULTS, _read(Path(path)))
    for override in overrides:
        _override(config, override)
    unknown = [key for key in config if key not in _DEFAULTS]
    if unknown:
        raise ConfigError(
            f"{path}: no section {unknown[0]!r}{_meant(unknown[0], _DEFAULTS)}; there are {_words(_DEFAULTS)}"
        )
    for key in ("model", "data"):
        if not isinstance(config[key], dict):
            raise ConfigError(f"{path}: {key} is missing; write {key}: {{…}}")
    for key in _COUNTS:
        if type(config[key]) is not int or config[key] < 1:
            raise ConfigError(f"{path}: {key} is {config[key]!r}; give a whole number above 0")
    return config


def called(word: str, make: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Calls ``make``; a keyword that it does not have, or lacks, becomes a message about section ``word``."""
    try:
        inspect.signature(make).bind(*arguments, **keywords)
    except TypeError as error:
        raise ConfigError(f"{word}: {error}") from None
    return make(*arguments, **keywords)


def _read(path: Path, above: tuple[Path, ...] = ()) -> dict[str, Any]:
    if path.resolve() in above:
        raise ConfigError(f"{path}: is its own base")
    found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: holds {type(found).__name__}, not a mapping of sections")
    base = found.pop("base", None)
    return found if base is None else _merged(_read(path.parent / base, (*above, path.resolve())), found)


def _merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(dict(base))
    for key, value in change.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        if both and value.get("type", old.get("type")) == old.get("type"):
            merged[key] = _merged(old, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def _override(config: dict[str, Any], override: str) -> None:
    path, equals, text = override.partition("=")
    *sections, key = path.split(".")
    if not equals or not all((*sections, key)):
        raise ConfigError(f"override {override!r}: write section.key=value, such as optimizer.lr=0.1")
    where: Any = config
    for section in sections:
        where = where.setdefault(section, {})
        if not isinstance(where, dict):
            raise ConfigError(f"override {override!r}: {section} holds {where!r} and has no keys")
    try:
        where[key] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"override {override!r}: the value is no YAML ({error})") from error


def _meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _words(names: Iterable[str]) -> str:
    return ", ".join(names)
