"""A series of a training, read: its figures, and its points as arrays, a frame or a list."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pavi.api.columns import MEDIA_TYPE, Columns, decode
from pavi.api.numbers import number
from pavi.delivery.client import Client

if TYPE_CHECKING:
    import pandas as pd

    from pavi.api.columns import Arrays


class Point(NamedTuple):
    """One point: when it was logged is in Unix seconds."""

    step: int
    time: float
    value: float


@dataclass(frozen=True)
class Series:
    """One scalar curve of a training.

    Attributes:
        training_id: whose.
        tag: such as ``train/loss``.
        rank: whose curve among ranks; None for the common one.
        count: points.
        first_step: smallest step, None without points.
        last_step: largest step, None without points.
        last_value: the newest value; NaN where the server keeps none.
        min: smallest value, None without numbers.
        max: largest value, None without numbers.
    """

    training_id: str
    tag: str
    rank: int | None
    count: int
    first_step: int | None
    last_step: int | None
    last_value: float
    min: float | None
    max: float | None
    _client: Client = field(repr=False, compare=False)

    def numpy(self) -> "Arrays":
        """Every point as ``(steps int64, times float64, values float64)``, in step order.

        Times are Unix seconds. Points of one step stay in the order in which they were received.

        Raises:
            ImportError: numpy is not installed.
        """
        return self._columns().numpy()

    def frame(self) -> "pd.DataFrame":
        """Every point as a frame with columns ``step``, ``time`` (UTC) and ``value``, in step order.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas

        steps, times, values = self.numpy()
        return pandas.DataFrame({"step": steps, "time": pandas.to_datetime(times, unit="s", utc=True), "value": values})

    def points(self) -> list[Point]:
        """Every point in step order, without numpy."""
        return list(map(Point, *self._columns().lists()))

    def latest(self, n: int = 1) -> list[Point]:
        """The ``n`` newest points, newest first."""
        return latest_points(self._client, self.training_id, self.tag, n, rank=self.rank)

    def __len__(self) -> int:
        return self.count

    def _columns(self) -> Columns:
        params: dict[str, Any] = {"training": self.training_id, "tag": self.tag}
        if self.rank is not None:
            params["rank"] = self.rank
        accept = {"Accept": f"{MEDIA_TYPE}, application/json;q=0.5"}
        with self._client.stream("scalars/points", params, accept) as response:
            return decode(response.headers.get("Content-Type", ""), response.content)


def latest_points(client: Client, training: str, tag: str, n: int, rank: int | None = None) -> list[Point]:
    """The ``n`` newest points of a series, newest first.

    Raises:
        ValueError: ``n`` is not positive.
    """
    if n < 1:
        raise ValueError(f"n={n} asks for no points; give 1 or more")
    params: dict[str, Any] = {"training": training, "tag": tag, "n": n}
    if rank is not None:
        params["rank"] = rank
    return [
        Point(int(item["step"]), number(item["time"]), number(item["value"]))
        for item in client.get("scalars/latest", params)["items"]
    ]


def read_series(client: Client, training: str, data: dict[str, Any]) -> Series:
    """A series out of the server's JSON."""
    rank = data.get("rank")
    return Series(
        training_id=training,
        tag=str(data["tag"]),
        rank=None if rank is None or rank < 0 else int(rank),
        count=int(data["count"]),
        first_step=data.get("first_step"),
        last_step=data.get("last_step"),
        last_value=number(data.get("last_value")),
        min=None if data.get("min") is None else number(data["min"]),
        max=None if data.get("max") is None else number(data["max"]),
        _client=client,
    )
