"""Plots: matplotlib figures, drawn as pictures of the size that they have."""

import contextlib
import sys
from typing import Any

from pavi.media import png
from pavi.media.image import Image, checked_png
from pavi.media.shape import Encoded, Media, NotShown

__all__ = ["Figure", "forget"]


class Figure(Media):
    """One plot.

    Args:
        value: a matplotlib figure, axes, or ``matplotlib.pyplot`` for the current figure; also everything that
            `pavi.Image` takes.
        caption: one line of text beside it.
        close: whether pyplot forgets the figure once it is drawn.
    """

    kind = "figure"

    def __init__(self, value: Any, caption: str | None = None, *, close: bool = False) -> None:
        super().__init__(caption)
        self.value = value
        self.close = close

    def _encode(self) -> Encoded:
        figure = _figure(self.value)
        if figure is None:
            picture = Image(self.value).encode()
            if picture.media_type != "image/png":
                raise NotShown("is a picture in another format than PNG; log it with pavi.Image")
            meta = {key: picture.meta[key] for key in ("width", "height")}
            return Encoded(
                self.kind,
                meta,
                data=picture.data,
                path=picture.path,
                media_type="image/png",
                name=picture.name,
                warnings=picture.warnings,
            )
        try:
            pixels = _drawn(figure)
        finally:
            if self.close:
                forget(figure)
        height, width = pixels.shape[:2]
        data = checked_png(png.encode(pixels))
        return Encoded(self.kind, {"width": width, "height": height}, data=data, media_type="image/png")


def forget(figure: Any) -> None:
    """Tells pyplot, where it is in use, to let go of a figure. What is no figure of its own is no failure."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        with contextlib.suppress(Exception):
            pyplot.close(figure)


def _figure(value: Any) -> Any:
    """The matplotlib figure that is meant; None when it is none."""
    if getattr(value, "__name__", None) == "matplotlib.pyplot":
        return value.gcf()
    names = [kind.__module__.partition(".")[0] for kind in type(value).__mro__]
    if "matplotlib" not in names:
        return None
    if hasattr(value, "canvas") and hasattr(value, "savefig"):
        return value
    return getattr(value, "figure", None)


def _drawn(figure: Any) -> Any:
    """Its pixels, (height, width, 3), drawn by matplotlib's own renderer, whatever window it belongs to."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = getattr(figure, "figure", None) or figure  # a subfigure is drawn with what it is in
    window = figure.canvas
    try:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        rgba = np.asarray(canvas.buffer_rgba())
    finally:
        figure.set_canvas(window)
    colour = rgba[..., :3].astype(np.uint16)
    opacity = rgba[..., 3:].astype(np.uint16)
    if opacity.min() == 255:
        return rgba[..., :3].copy()
    return ((colour * opacity + 255 * (255 - opacity)) // 255).astype(np.uint8)  # on white
