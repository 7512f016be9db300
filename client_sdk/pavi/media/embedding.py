"""High-dimensional points, turned so that their three widest directions can be seen (principal components)."""

import json
from collections.abc import Sequence
from typing import Any

from pavi.media.arrays import as_array
from pavi.media.shape import Encoded, Media, NotShown, TooLarge, mebibytes

__all__ = ["MAX_POINTS", "Embedding"]

MAX_POINTS = 50_000
_MAX_JSON_BYTES = 32 * 1024 * 1024
_EXACT = 1_024
"""Up to this many rows or columns the components are computed exactly; beyond, by subspace iteration."""


class Embedding(Media):
    """Points in many dimensions.

    Args:
        value: ``(n, d)``; beyond 50,000 points, the first ones are kept.
        metadata: one label, or one list of labels, for each point.
        metadata_header: names of the labels when there are several.
        caption: one line of text beside it.
    """

    kind = "embedding"

    def __init__(
        self,
        value: Any,
        metadata: Sequence[Any] | None = None,
        metadata_header: Sequence[str] | None = None,
        caption: str | None = None,
    ) -> None:
        super().__init__(caption)
        self.value = value
        self.metadata = metadata
        self.metadata_header = metadata_header

    def _encode(self) -> Encoded:
        import numpy as np

        array = as_array(self.value)
        if array.ndim != 2 or array.size == 0:
            raise NotShown(f"has the shape {array.shape}, not (points, dimensions)")
        warnings: list[str] = []
        rows, dimensions = array.shape
        if rows > MAX_POINTS:
            warnings.append(f"has {rows:,} points; the first {MAX_POINTS:,} are kept. Give a sample of them")
        array = array[:MAX_POINTS].astype(np.float32)
        if not np.isfinite(array).all():
            warnings.append("has values that are not finite; they count as 0")
            array = np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0)
        points, explained = _components(array)
        body: dict[str, Any] = {
            "points": [[float(f"{number:.6g}") for number in row] for row in points.tolist()],
            "method": "pca",
            "explained": [float(part) for part in explained],
        }
        body |= self._labels(rows, len(array), warnings)
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")
        if len(data) > _MAX_JSON_BYTES:
            raise TooLarge(f"takes {mebibytes(len(data))}; give fewer points or shorter labels")
        meta = {"rows": len(array), "dimensions": dimensions}
        return Encoded(self.kind, meta, data=data, media_type="application/json", warnings=tuple(warnings))

    def _labels(self, rows: int, kept: int, warnings: list[str]) -> dict[str, Any]:
        if self.metadata is None:
            return {}
        if len(self.metadata) != rows:
            warnings.append(f"has {len(self.metadata)} labels for {rows} points; the labels are left out")
            return {}
        several = self.metadata_header is not None
        lines = [
            [_word(word) for word in line] if several and isinstance(line, list | tuple) else [_word(line)]
            for line in list(self.metadata)[:kept]
        ]
        found: dict[str, Any] = {"metadata": lines}
        if self.metadata_header is not None:
            found["metadata_header"] = [str(word)[:200] for word in self.metadata_header]
        return found


def _word(value: Any) -> str:
    return str(value.item() if hasattr(value, "item") and getattr(value, "size", 0) == 1 else value)[:200]


def _components(array: Any) -> tuple[Any, Any]:
    """``(n, 3)`` coordinates and the parts of the variance that they hold. The same comes out again."""
    import numpy as np

    centred = array.astype(np.float64) - array.mean(axis=0, dtype=np.float64)
    rows, dimensions = centred.shape
    total = float((centred**2).sum())
    axes = np.zeros((dimensions, 3))
    if total > 0:
        found = _directions(centred, min(3, rows, dimensions))
        axes[:, : found.shape[1]] = found
    largest = np.abs(axes).argmax(axis=0)
    axes *= np.where(axes[largest, range(3)] < 0, -1.0, 1.0)
    points = centred @ axes
    explained = (points**2).sum(axis=0) / total if total > 0 else np.zeros(3)
    return points.astype(np.float32), explained


def _directions(centred: Any, count: int) -> Any:
    import numpy as np

    rows, dimensions = centred.shape
    if dimensions <= _EXACT:
        _, vectors = np.linalg.eigh(centred.T @ centred)
        return vectors[:, ::-1][:, :count]
    if rows <= _EXACT:
        _, vectors = np.linalg.eigh(centred @ centred.T)
        basis = centred.T @ vectors[:, ::-1][:, :count]
        return np.linalg.qr(basis)[0]
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((dimensions, count + 8)))[0]
    for _ in range(8):  # Halko, Martinsson, Tropp: "Finding structure with randomness", 2011
        basis = np.linalg.qr(centred.T @ (centred @ basis))[0]
    _, _, turn = np.linalg.svd(centred @ basis, full_matrices=False)
    return (basis @ turn.T)[:, :count]
