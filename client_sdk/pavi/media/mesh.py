"""Triangle meshes and clouds of points."""

from typing import Any

from pavi.media.arrays import as_array
from pavi.media.shape import Encoded, Media, NotShown, TooLarge

__all__ = ["MAX_VERTICES", "Mesh"]

MAX_VERTICES = 200_000


class Mesh(Media):
    """A mesh, or without faces a cloud of points.

    Args:
        vertices: ``(n, 3)``, at most 200,000.
        faces: ``(m, 3)`` indices of vertices.
        colors: ``(n, 3)``: integers from 0 to 255, or floats from 0 to 1.
        caption: one line of text beside it.
    """

    kind = "mesh"

    def __init__(self, vertices: Any, faces: Any = None, colors: Any = None, caption: str | None = None) -> None:
        super().__init__(caption)
        self.vertices = vertices
        self.faces = faces
        self.colors = colors

    def _encode(self) -> Encoded:
        import numpy as np

        vertices = _triples(self.vertices, "vertices").astype(np.float32)
        count = len(vertices)
        if count == 0:
            raise NotShown("has no vertex")
        if count > MAX_VERTICES:
            raise TooLarge(f"has {count:,} vertices, more than {MAX_VERTICES:,}; give fewer, or a simplified mesh")
        warnings: tuple[str, ...] = ()
        if not np.isfinite(vertices).all():
            warnings = ("has vertices that are not finite; they are drawn at 0",)
            vertices = np.nan_to_num(vertices, nan=0.0, posinf=0.0, neginf=0.0)
        body: dict[str, Any] = {"vertices": _short(vertices)}
        faces = 0
        if self.faces is not None:
            indices = _triples(self.faces, "faces").astype(np.int64)
            if len(indices) > 2 * MAX_VERTICES:
                raise TooLarge(f"has {len(indices):,} faces, more than {2 * MAX_VERTICES:,}; give a simplified mesh")
            if len(indices) and (indices.min() < 0 or indices.max() >= count):
                raise NotShown(f"has faces that name vertices beyond the {count} there are")
            body["faces"], faces = indices.tolist(), len(indices)
        if self.colors is not None:
            colors = _triples(self.colors, "colors")
            if len(colors) != count:
                raise NotShown(f"has {len(colors)} colors for {count} vertices")
            if colors.dtype.kind == "f":
                colors = np.nan_to_num(colors) * (255.0 if np.nanmax(colors, initial=0.0) <= 1.0 else 1.0)
            body["colors"] = colors.clip(0, 255).astype(np.uint8).tolist()
        return Encoded(self.kind, {"vertices": count, "faces": faces}, body=body, warnings=warnings)


def _triples(value: Any, what: str) -> Any:
    array = as_array(value)
    if array.ndim == 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 2 or array.shape[1] != 3:
        raise NotShown(f"has {what} of the shape {array.shape}, not (n, 3)")
    return array


def _short(array: Any) -> list[list[float]]:
    """Single-precision numbers in the digits that they have."""
    return [[float(f"{number:.7g}") for number in row] for row in array.tolist()]
