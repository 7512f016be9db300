"""How long somebody waits for the server to have everything, and no longer.

Owns patience at the end of a training and in `flush`. The pump does the work meanwhile.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from pavi.delivery.delivery import Delivery
from pavi.delivery.pump import pump
from pavi.journal.layout import FILES_FOLDER

__all__ = ["wait_for"]

_TROUBLED_WAIT_S, _STALLED_WAIT_S = 5.0, 15.0
_LOOK_EVERY_S = 0.02


def wait_for(
    deliveries: Sequence[Delivery], timeout: float, *, target: int | None = None, folders: Sequence[Path] = ()
) -> bool:
    """Waits until ``deliveries`` are over, or, with a ``target``, until that many slots and all files have arrived.

    Polls: a signal handler may call this in the middle of anything, and no lock may be in its way.

    Args:
        deliveries: what to wait for.
        timeout: longest wait in seconds; at most 5 of them while the server does not answer, and 15 while it is
            silent in the middle of something.
        target: slots to wait for.
        folders: of trainings whose dead children's journals are adopted and waited for as well.

    Returns:
        Whether all has arrived.
    """
    start = moved_at = time.monotonic()
    moves = -1
    waited = list(deliveries)
    for delivery in waited:
        delivery.hasten()
    pump.wake()
    try:
        while True:
            waited = [*deliveries, *_hastened(folders, deliveries)]
            if all(_arrived(delivery, target) for delivery in waited) and not (folders and pump.searching):
                return not any(delivery.refused for delivery in waited)
            now = time.monotonic()
            moves, before = sum(delivery.moves for delivery in waited), moves
            if moves != before:
                moved_at = now
            troubled = all(delivery.over or delivery.trouble is not None for delivery in waited)
            patience = _TROUBLED_WAIT_S if troubled else _STALLED_WAIT_S
            if now - start >= timeout or now - moved_at >= patience or all(one.refused for one in deliveries):
                return False
            time.sleep(_LOOK_EVERY_S)
    finally:
        for delivery in waited:
            delivery.urgent = False


def _hastened(folders: Sequence[Path], known: Sequence[Delivery]) -> list[Delivery]:
    found = [delivery for folder in folders for delivery in pump.deliveries_below(folder)]
    adopted = [delivery for delivery in found if delivery not in known]
    for delivery in adopted:
        if not delivery.urgent:
            delivery.hasten()
    return adopted


def _arrived(delivery: Delivery, target: int | None) -> bool:
    if delivery.over:
        return True
    if target is None:
        return False
    return delivery.sent >= target and not _has_files(delivery.folder / FILES_FOLDER)


def _has_files(folder: Path) -> bool:
    try:
        return any(not path.name.startswith(".") for path in folder.iterdir())
    except OSError:
        return False
