"""One value of a summary: a scalar, something to look at, or hyper-parameters. Shapes are those of ``docs/media.md``.

What comes out must stay the same for the same bytes, for ever: positions in a writer are counted in it
(`pavi.tensorboard.runs`). Hence no encoder of `pavi.media` is used here.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pavi.tensorboard import histograms
from pavi.tensorboard.plugins import hparams_config, layout_body, pr_curve_body
from pavi.tensorboard.protobuf import Field
from pavi.tensorboard.tensors import Tensor, read_tensor

__all__ = ["Config", "Picked", "Scalar", "Shown", "read"]

_TEXT_SUFFIX = "/text_summary"
_MOST_TEXTS = 64
_MOST_PICTURES = 64
_GIF = b"GIF8"
_TYPES = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (_GIF, "image/gif"))


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number. ``at`` is where its bytes lie: start and size; None where they are not simply a float."""

    tag: str
    value: float
    at: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Something to look at: ``body`` or ``data`` holds it."""

    kind: str
    tag: str
    meta: dict[str, Any]
    body: Any = None
    data: bytes | None = None
    media_type: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Config:
    """Hyper-parameters."""

    config: dict[str, Any]


Picked = Scalar | Shown | Config


@dataclass(slots=True)
class _Value:
    tag: str = ""
    plugin: str = ""
    content: bytes = b""
    carried: dict[int, Field] = field(default_factory=dict)


def read(message: Field) -> list[Picked] | str:
    """What a ``Summary.Value`` holds, or the kind that is not brought in.

    Raises:
        ValueError: it is malformed.
    """
    value = _Value()
    for one in message.fields():
        if one.id == 1:
            value.tag = one.text()
        elif one.id == 9:
            _metadata(value, one)
        elif one.id in (2, 4, 5, 6, 8):
            value.carried[one.id] = one
    carried = value.carried
    if value.plugin == "hparams":
        config = hparams_config(value.content)
        return [Config(config)] if config else []
    if 2 in carried:
        simple = carried[2]
        return [Scalar(value.tag, simple.double(), (simple.start, 4))]
    if 4 in carried:
        return _image(value.tag, carried[4])
    if 5 in carried:
        return [Shown("histogram", value.tag, {}, histograms.from_buckets(carried[5]))]
    if 6 in carried:
        return _audio(value.tag, carried[6])
    return _tensor(value, read_tensor(carried[8])) if 8 in carried else []


def _metadata(value: _Value, message: Field) -> None:
    for one in message.fields():
        if one.id == 1:
            for part in one.fields():
                if part.id == 1:
                    value.plugin = part.text()
                elif part.id == 2:
                    value.content = part.bytes()


def _image(tag: str, message: Field) -> list[Picked]:
    height = width = 0
    data = b""
    for one in message.fields():
        if one.id == 1:
            height = one.number
        elif one.id == 2:
            width = one.number
        elif one.id == 4:
            data = one.bytes()
    return _picture(tag, data, width, height, 0)


def _picture(tag: str, data: bytes, width: int, height: int, index: int) -> list[Picked]:
    kinds = [kind for head, kind in _TYPES if data.startswith(head)]
    if not kinds:
        return []
    kind = "video" if data.startswith(_GIF) else "image"  # PyTorch writes films as GIF
    return [Shown(kind, tag, {"width": width, "height": height}, None, data, kinds[0], index)]


def _audio(tag: str, message: Field) -> list[Picked]:
    rate, channels, frames, data, kind = 0.0, 0, 0, b"", "audio/wav"
    for one in message.fields():
        if one.id == 1:
            rate = one.double()
        elif one.id == 2:
            channels = one.number
        elif one.id == 3:
            frames = one.number
        elif one.id == 4:
            data = one.bytes()
        elif one.id == 5:
            kind = one.text() or kind
    if not data.startswith(b"RIFF"):
        return []
    meta = {"sample_rate": rate, "channels": channels, "seconds": frames / rate if rate > 0 else 0.0}
    return [Shown("audio", tag, meta, None, data, "audio/wav")]


def _tensor(value: _Value, tensor: Tensor) -> list[Picked] | str:
    reader = _PLUGINS.get(value.plugin)
    if reader is not None:
        return reader(value, tensor)
    if value.plugin == "" and tensor.numbers is not None and len(tensor.numbers) == 1:
        return _scalar(value, tensor)
    return value.plugin or "tensor"


def _scalar(value: _Value, tensor: Tensor) -> list[Picked] | str:
    if tensor.numbers is None or len(tensor.numbers) != 1:
        return "tensor"
    return [Scalar(value.tag, float(tensor.numbers[0]), tensor.scalar_at)]


def _texts(value: _Value, tensor: Tensor) -> list[Picked] | str:
    tag = value.tag.removesuffix(_TEXT_SUFFIX) or value.tag
    found: list[Picked] = []
    for index, text in enumerate(tensor.texts[:_MOST_TEXTS]):
        found.append(Shown("text", tag, {"markdown": True}, {"text": text.decode("utf-8", "replace")}, index=index))
    return found


def _images(value: _Value, tensor: Tensor) -> list[Picked] | str:
    """Width and height as texts, then one encoded picture an element."""
    width, height = (int(text) if text.isdigit() else 0 for text in (*tensor.texts[:2], b"", b"")[:2])
    pictures = tensor.texts[2 : 2 + _MOST_PICTURES]
    return [one for index, data in enumerate(pictures) for one in _picture(value.tag, data, width, height, index)]


def _sounds(value: _Value, tensor: Tensor) -> list[Picked] | str:
    """Pairs of an encoded sound and its label."""
    found: list[Picked] = []
    step = 2 if len(tensor.shape) == 2 and tensor.shape[1] == 2 else 1
    for index, data in enumerate(tensor.texts[: _MOST_PICTURES * step : step]):
        if data.startswith(b"RIFF") and len(data) >= 44:
            channels, rate, a_second = struct.unpack_from("<HII", data, 22)
            meta = {"sample_rate": rate, "channels": channels, "seconds": (len(data) - 44) / max(1, a_second)}
            found.append(Shown("audio", value.tag, meta, None, data, "audio/wav", index))
    return found


def _histogram(value: _Value, tensor: Tensor) -> list[Picked] | str:
    body = histograms.from_tensor(tensor)
    return "histogram" if body is None else [Shown("histogram", value.tag, {}, body)]


def _curve(value: _Value, tensor: Tensor) -> list[Picked] | str:
    body = pr_curve_body(tensor)
    return "pr_curves" if body is None else [Shown("pr_curve", value.tag, {}, body)]


def _charts(_: _Value, tensor: Tensor) -> list[Picked] | str:
    return [Shown("layout", "custom_scalars", {}, layout_body(text)) for text in tensor.texts[:1]]


_PLUGINS: dict[str, Callable[[_Value, Tensor], list[Picked] | str]] = {
    "scalars": _scalar,
    "text": _texts,
    "images": _images,
    "audio": _sounds,
    "histograms": _histogram,
    "pr_curves": _curve,
    "custom_scalars": _charts,
}
