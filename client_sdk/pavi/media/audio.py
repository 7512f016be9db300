"""Sounds: arrays become WAV, finished files stay what they are."""

import io
import wave
from typing import Any

from pavi.media.arrays import as_array
from pavi.media.files import Source, is_file, read_source, sniff
from pavi.media.shape import MAX_FILE_BYTES, Encoded, Media, NotShown, TooLarge, mebibytes

__all__ = ["Audio"]

_MOST_CHANNELS = 32


class Audio(Media):
    """One sound.

    Args:
        value: an array or tensor of samples, ``(samples,)``, ``(channels, samples)`` or ``(samples, channels)``:
            floats from -1 to 1, or 16-bit integers. Or a path, or the bytes, of a WAV, MP3, Ogg, FLAC or M4A file.
        sample_rate: samples a second of an array, in Hz.
        caption: one line of text beside it.
    """

    kind = "audio"

    def __init__(self, value: Any, sample_rate: int = 44100, caption: str | None = None) -> None:
        super().__init__(caption)
        self.value = value
        self.sample_rate = sample_rate

    def _encode(self) -> Encoded:
        if is_file(self.value):
            return _file(self.kind, read_source(self.value))
        rate = int(self.sample_rate)
        if not 1 <= rate <= 10_000_000:
            raise NotShown(f"has sample_rate={self.sample_rate!r}, which is not between 1 and 10,000,000 Hz")
        samples, warnings = _samples(as_array(self.value))
        length, channels = samples.shape
        size = samples.size * 2
        if size > MAX_FILE_BYTES:
            raise TooLarge(f"takes {mebibytes(size)}, more than {mebibytes(MAX_FILE_BYTES)}; give a shorter piece")
        file = io.BytesIO()
        with wave.open(file, "wb") as writer:
            writer.setnchannels(channels)
            writer.setsampwidth(2)
            writer.setframerate(rate)
            writer.writeframes(samples.tobytes())
        meta = {"sample_rate": rate, "channels": channels, "seconds": length / rate}
        return Encoded(self.kind, meta, data=file.getvalue(), media_type="audio/wav", warnings=warnings)


def _samples(array: Any) -> tuple[Any, tuple[str, ...]]:
    """(samples, channels) of little-endian 16-bit integers."""
    import numpy as np

    array = array.reshape(1) if array.ndim == 0 else array
    while array.ndim > 2 and 1 in array.shape:
        array = array.squeeze(array.shape.index(1))
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise NotShown(f"has the shape {array.shape}, not (samples,) or (channels, samples)")
    if array.shape[0] < array.shape[1]:
        array = array.T
    if array.size == 0 or array.shape[1] > _MOST_CHANNELS:
        raise NotShown(f"has {array.shape[0]} samples of {array.shape[1]} channels; give (channels, samples)")
    if array.dtype.kind in "iub" and array.dtype != np.uint8:
        return array.clip(-32768, 32767).astype("<i2"), ()
    warnings: list[str] = []
    array = (array.astype(np.float32) - 128.0) / 128.0 if array.dtype == np.uint8 else array.astype(np.float32)
    if np.isnan(array).any():
        warnings.append("holds NaN; those samples are silent")
        array = np.nan_to_num(array, nan=0.0, posinf=1.0, neginf=-1.0)
    if np.abs(array).max() > 1:
        warnings.append("goes beyond -1 to 1 and is cut off there")
        array = array.clip(-1, 1)
    return (array * np.float32(32767)).astype("<i2"), tuple(warnings)


def _file(kind: Any, source: Source) -> Encoded:
    media_type = sniff(source.head)
    if media_type == "video/webm":
        media_type = "audio/webm"
    elif media_type == "video/mp4":
        media_type = "audio/mp4"
    if media_type is None or not media_type.startswith("audio/"):
        raise NotShown("is no WAV, MP3, Ogg, FLAC or M4A file; convert it, or give its samples as an array")
    meta = _wav_meta(source) if media_type == "audio/wav" else {}
    return Encoded(kind, meta, data=source.data, path=source.path, media_type=media_type, name=source.name)


def _wav_meta(source: Source) -> dict[str, Any]:
    try:
        with wave.open(io.BytesIO(source.data) if source.data is not None else str(source.path), "rb") as reader:
            rate, channels, frames = reader.getframerate(), reader.getnchannels(), reader.getnframes()
    except (wave.Error, EOFError, OSError):  # floats or compressed samples, which browsers play all the same
        return {}
    return {"sample_rate": rate, "channels": channels, "seconds": frames / rate if rate else 0.0}
