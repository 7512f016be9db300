"""The bars as data: what must hold, in which unit, and in which direction. Measuring and printing are elsewhere."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """On which side of its limit a figure must lie."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise. ``group`` names the module of `bench` that measures it."""

    key: str
    group: str
    what: str
    limit: float
    unit: str
    direction: Direction = Direction.AT_MOST

    def met(self, value: float) -> bool:
        """Whether a measured value keeps the promise."""
        return value <= self.limit if self.direction is Direction.AT_MOST else value >= self.limit


_LEAST = Direction.AT_LEAST

BARS: tuple[Bar, ...] = (
    Bar("log_call.median", "log_call", "One log call of 10 scalars, median", 5, "µs"),
    Bar("log_call.p99", "log_call", "One log call of 10 scalars, p99", 25, "µs"),
    Bar("wide_call", "log_call", "One log call with 10,000 names", 5, "ms"),
    Bar("loop", "loop", "Loop of 5 ms steps, one log a step: slower by", 0.5, "%"),
    Bar("kill.lost", "kill", "Trainer killed by SIGKILL: points lost", 0, "points"),
    Bar("kill.doubled", "kill", "Trainer killed by SIGKILL: points doubled", 0, "points"),
    Bar("dead_server.start", "start", "Server dead: time until the loop starts", 1, "s"),
    Bar("dead_server.lost", "start", "Server dead: points lost once it is back", 0, "points"),
    Bar("first_point", "start", "Import and init to first accepted point, warm", 0.4, "s"),
    Bar("ingest.bulk", "ingest", "Bulk ingest through HTTP, readable", 1_000_000, "points/s", _LEAST),
    Bar("ingest.small", "ingest", "Small batches (100 points) acknowledged durable", 5_000, "/s", _LEAST),
    Bar("ingest.bytes_per_point", "ingest", "Bytes a point at rest after compaction, indexes included", 6, "B"),
    Bar("query.one_million", "query", "One series of 1,000,000 points, answer for a chart", 60, "ms"),
    Bar("query.ten_million", "query", "One series of 10,000,000 points, answer for a chart", 500, "ms"),
    Bar("query.hundred", "query", "100 trainings × 10,000 points: all curves of one tag", 200, "ms"),
    Bar("query.spikes", "query", "One-point spikes seen among a million, every refresh", 20, "of 20", _LEAST),
    Bar("table.first_page", "table", "Table of 10,000 trainings: first page", 150, "ms"),
    Bar("table.sort", "table", "Table of 10,000 trainings: sort by a metric", 150, "ms"),
    Bar("table.filter", "table", "Table of 10,000 trainings: filter", 150, "ms"),
    Bar("memory.peak", "memory", "Server memory while ingesting at full rate, peak a process", 300, "MB"),
    Bar("memory.growth", "memory", "Server memory, last third of that run against the middle third", 5, "%"),
    Bar("transfer.upload", "transfer", "Upload of 2 GiB against a copy and its sha256", 1.5, "×"),
    Bar("transfer.download", "transfer", "Download of 2 GiB against a copy and its sha256", 1.5, "×"),
    Bar("transfer.client", "transfer", "The same: the client's memory above idle", 200, "MB"),
    Bar("transfer.server", "transfer", "The same: a server's memory above idle", 200, "MB"),
)
"""In the order of the table. Limits are those of the design; `docs/performance.md` says what each means."""

BY_KEY = {bar.key: bar for bar in BARS}
GROUPS = tuple(dict.fromkeys(bar.group for bar in BARS))
