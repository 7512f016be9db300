"""The end of trainings as far as delivery goes: wait a bounded time for all of them together, then say what stays.

Owns the wait's budget and the last words. The pump does the work meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pavi.delivery.delivery import Delivery
from pavi.delivery.pump import pump
from pavi.tracking.notices import say
from pavi.tracking.waiting import wait_for

__all__ = ["FINISH_WAIT_S", "Handover", "hand_over"]

FINISH_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Handover:
    """A training that writes nothing more.

    Attributes:
        delivery: of its journal; None offline.
        folder: its journals.
        children: whether forked children wrote journals too, which are sent along if they have died.
    """

    delivery: Delivery | None
    folder: Path
    children: bool


def hand_over(ended: Sequence[Handover], timeout: float) -> None:
    """Waits until the server has everything of ``ended``, at most ``timeout`` seconds for all of them."""
    for one in ended:
        if one.delivery is not None:
            one.delivery.ending = True
            if one.children:
                pump.adopt_now(one.folder)
    deliveries = [one.delivery for one in ended if one.delivery is not None]
    if deliveries:
        wait_for(deliveries, timeout, folders=[one.folder for one in ended if one.delivery and one.children])
    for one in ended:
        _last_words(one)


def _last_words(one: Handover) -> None:
    if one.delivery is None:
        say(f"kept in {one.folder}; `pavi sync` sends it")
    elif not one.delivery.over:
        say(f"not everything is sent yet ({one.delivery.trouble or 'time is up'}): it is kept in {one.folder}")
        say("the next training started here sends it, or `pavi sync`")
