"""Counters of ingest for Prometheus, added to once a group."""

from prometheus_client import Counter, Histogram

BATCHES = Counter("pavi_ingest_batches_total", "Batches answered, by outcome.", ["outcome"])
POINTS = Counter("pavi_ingest_points_total", "Points stored.")
GROUP_SECONDS = Histogram(
    "pavi_ingest_group_seconds",
    "Time of one group commit.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
GROUP_BATCHES = Histogram(
    "pavi_ingest_group_batches", "Batches in one group commit.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
)
