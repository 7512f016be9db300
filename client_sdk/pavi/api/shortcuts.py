"""Single questions without an `Api`: a value of a training, a training's address."""

import math
from typing import Any

from pavi.api.api import Api
from pavi.api.series import latest_points


def get_scalar(training_id: int | str, tag: str, n: int, order_key: str | None = None) -> list[dict[str, Any]]:
    """Up to ``n`` points of a series as ``{"step", "time", "value"}``.

    Args:
        training_id: number or id of the training.
        tag: such as ``val/acc``.
        n: how many at most.
        order_key: without it the newest points, newest first. With ``step``, ``time`` or ``value``, the first ``n``
            of all points in rising order of it; with ``-`` in front falling. NaN comes last.

    Raises:
        ValueError: ``n`` or ``order_key`` makes no sense.
        NotFound: no such training or series, or not yours to see.
    """
    if order_key is not None and order_key.removeprefix("-") not in ("step", "time", "value"):
        raise ValueError(f"order_key={order_key!r} is none of step, time, value (with - in front for falling order)")
    training = Api().training(training_id)
    if order_key is None:
        points = latest_points(training._client, training.id, tag, n)
    else:
        points = training.series(tag).points()
        name, sign = order_key.removeprefix("-"), -1 if order_key.startswith("-") else 1

        def key(point: Any) -> tuple[bool, float]:
            value = getattr(point, name)
            return (math.isnan(value), sign * value)

        points = sorted(points, key=key)[:n]
    return [point._asdict() for point in points]


def get_latest_scalar(training_id: int | str, tag: str) -> dict[str, Any] | None:
    """The newest point of a series as ``{"step", "time", "value"}``; None while there is none.

    Raises:
        NotFound: no such training or series, or not yours to see.
    """
    return next(iter(get_scalar(training_id, tag, 1)), None)


def get_training_url(training_id: int | str) -> str:
    """Where a training is seen in a browser.

    Raises:
        NotFound: no such training, or not yours to see.
    """
    return Api().training(training_id).url
