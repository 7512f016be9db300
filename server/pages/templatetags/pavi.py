"""`presentation` as template filters."""

import json
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from server.pages import presentation

register = template.Library()

_SHAPES = {"running": "●", "finished": "✓", "crashed": "✕", "lost": "?"}


@register.filter
def number(value: float | None) -> str:
    """Four significant digits."""
    return presentation.number(value)


@register.filter
def exact(value: float | None) -> str:
    """Every digit."""
    return "" if value is None else repr(value)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as the two largest units."""
    return presentation.duration(seconds)


@register.filter
def age(moment: datetime | None) -> str:
    """How long ago."""
    return presentation.age(moment)


@register.filter
def iso(moment: datetime | None) -> str:
    """For the ``datetime`` attribute and the script that keeps ages true."""
    return "" if moment is None else timezone.localtime(moment).isoformat(timespec="seconds")


@register.filter
def size(count: int) -> str:
    """Bytes in binary units."""
    return presentation.size(count)


@register.filter
def value_text(value: Any) -> str:
    """A config value; a dash where there is none."""
    return "–" if value is None else presentation.value_text(value)


@register.filter
def shape(status: str) -> str:
    """A status as a shape, for those who do not see its colour."""
    return _SHAPES.get(status, "·")


@register.filter
def plain(text: str) -> str:
    """A console line without terminal colours."""
    return presentation.plain_text(text)


@register.filter
def order_link(tag: str) -> str:
    """The order that puts the largest newest value of a metric first."""
    return "-metrics[" + json.dumps(tag, ensure_ascii=False) + "].last"
