"""The same values through TensorBoard's functions and through Pavi's: pixels, samples, counts and curves agree."""

import io

import numpy as np
import torch
from PIL import Image as Pillow
from torch.utils.tensorboard import summary
from torch.utils.tensorboard._utils import _prepare_video

import pavi
from pavi.media.pixels import as_pixels

torch.manual_seed(0)


def pixels_of(data: bytes) -> np.ndarray:
    return np.asarray(Pillow.open(io.BytesIO(data)).convert("RGB"))


for name, image, dataformats in (
    ("float", torch.rand(3, 5, 7) * 1.4 - 0.2, "CHW"),
    ("uint8", torch.randint(0, 256, (3, 5, 7), dtype=torch.uint8), "CHW"),
    ("grey", torch.rand(1, 5, 7), "CHW"),
    ("half", torch.rand(3, 5, 7).half(), "CHW"),
    ("hwc", torch.rand(5, 7, 3), "HWC"),
    ("hw", torch.rand(5, 7), "HW"),
    ("gradient", torch.rand(3, 5, 7, requires_grad=True), "CHW"),
):
    theirs = summary.image("t", image, dataformats=dataformats).value[0].image.encoded_image_string
    ours = pavi.Image(image, dataformats=dataformats).encode().data
    assert np.array_equal(pixels_of(theirs), pixels_of(ours)), name

sound = torch.rand(1, 1000) * 2 - 1
theirs = summary.audio("t", sound, 8000).value[0].audio.encoded_audio_string
assert theirs == pavi.Audio(sound, 8000).encode().data

values = torch.randn(10_000)
edges = [1e-12]
while edges[-1] * 1.1 < 1e20:
    edges.append(edges[-1] * 1.1)
bins = [*(-edge for edge in reversed(edges)), 0, *edges]
for chosen, given in ((bins, "tensorflow"), (50, 50), ("auto", "auto")):
    theirs = summary.histogram("t", values.numpy(), chosen).value[0].histo
    ours = pavi.Histogram(values, given).encode().body
    assert (theirs.min, theirs.max, theirs.num) == (ours["min"], ours["max"], ours["num"])
    assert np.isclose(theirs.sum, ours["sum"])
    assert np.isclose(theirs.sum_squares, ours["sum_squares"])
    filled = {limit: count for limit, count in zip(theirs.bucket_limit, theirs.bucket, strict=True) if count}
    assert filled == {limit: n for limit, n in zip(ours["edges"][1:], ours["counts"], strict=True) if n}, given

labels, predictions = np.random.default_rng(0).integers(0, 2, 500), np.random.default_rng(1).random(500)
weights = np.random.default_rng(2).random(500)
for weight in (None, weights):
    rows = summary.compute_curve(labels, predictions, 127, weight)
    body = pavi.PrCurve(labels, torch.tensor(predictions), 127, weight).encode().body
    names = ("true_positives", "false_positives", "true_negatives", "false_negatives", "precision", "recall")
    for row, name in zip(rows, names, strict=True):
        assert np.allclose(row, body[name]), name

for count in (1, 2, 3, 5):
    video = torch.rand(count, 2, 3, 4, 6)
    theirs = (_prepare_video(video.numpy()) * 255).clip(0, 255).astype(np.uint8)
    ours = pavi.Video(video).encode()
    picture = Pillow.open(io.BytesIO(ours.data))
    for frame in range(2):
        picture.seek(frame)
        assert np.array_equal(np.asarray(picture.convert("RGB")), theirs[frame]), count

# What TensorBoard refuses, or cannot tell, and Pavi takes.
assert as_pixels(torch.rand(3, 4, 3))[0].shape == (4, 3, 3)
assert pavi.Tensor(torch.ones(2, dtype=torch.bfloat16)).encode().meta["dtype"] == "bfloat16"
assert pavi.Tensor(torch.ones(2, 2).to_sparse()).encode().meta["shape"] == [2, 2]
for odd in (torch.ones(2, device="meta"), torch.ones(2, dtype=torch.complex64)):
    try:
        pavi.Tensor(odd).encode()
    except pavi.media.NotShown:
        continue
    raise AssertionError(odd)
print("the same")
