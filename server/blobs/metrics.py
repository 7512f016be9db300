"""Figures of blobs for Prometheus."""

from prometheus_client import Counter

RECEIVED_BYTES = Counter("pavi_blobs_received_bytes", "Bytes of parts that were stored.")
PUBLISHED = Counter("pavi_blobs_published", "Uploads completed with bytes that were new here.")
DEDUPLICATED = Counter("pavi_blobs_deduplicated", "Uploads completed with bytes that were here already.")
REFUSED = Counter("pavi_blobs_refused", "Uploads whose bytes did not have the announced sha256.")
SERVED_BYTES = Counter("pavi_blobs_served_bytes", "Bytes read out of the storage for somebody.")
CORRUPT = Counter("pavi_blobs_corrupt", "Reads that found bytes without their digest.")
COLLECTED = Counter("pavi_blobs_collected", "What garbage collection removed.", ["kind"])
