"""Writes event files with PyTorch's writer, TensorBoard's own summaries and tensorboardX, below the given folder.

Prints as JSON what TensorBoard itself reads out of them: run → tag → ``[step, wall time, value]``.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
import tensorboardX
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from torch.utils.tensorboard import SummaryWriter

folder = Path(sys.argv[1])
random = np.random.default_rng(0)


def with_torch():
    with SummaryWriter(str(folder / "torch")) as writer:
        for step in range(300):
            writer.add_scalar("train/loss", 1 / (step + 1), step)
            writer.add_scalar("as tensor", step / 7, step, new_style=True)
            writer.add_scalar("double", step / 7, step, new_style=True, double_precision=True)
        writer.add_scalar("odd", float("nan"), -3, walltime=1_700_000_000.25)
        writer.add_scalar("odd", float("inf"), 1 << 40, walltime=1_700_000_001.25)
        for step in (1, 2):
            writer.add_image("picture", random.random((3, 8, 10)), step)
        writer.add_images("grid", random.random((4, 3, 8, 8)), 1)
        writer.add_histogram("weights", random.normal(size=1_000), 5)
        writer.add_text("note", "**bold** & <b>", 2)
        writer.add_pr_curve("curve", random.integers(0, 2, 100), random.random(100), 1)
        writer.add_audio("sound", torch.zeros(1, 800), 1, sample_rate=8_000)
        writer.add_custom_scalars({"both": {"losses": ["Multiline", ["train/loss", "val/loss"]]}})
        writer.add_mesh("mesh", torch.zeros(1, 3, 3))
        writer.add_hparams({"lr": 0.1, "optimizer": "sgd", "steps": 300}, {"hparam/accuracy": 0.5}, run_name="hparams")


def with_tensorboardx():
    with tensorboardX.SummaryWriter(str(folder / "x")) as writer:
        for step in range(100):
            writer.add_scalar("loss", step / 3, step)
        writer.add_image("picture", random.random((3, 4, 4)), 7)
        writer.add_text("note", "from tensorboardX", 1)
        writer.add_histogram("weights", random.normal(size=100), 1)


def with_tensorflow_form():
    """The tensors that TensorFlow 2 writes, from TensorBoard's own functions."""
    writer = EventFileWriter(str(folder / "tf2"))

    def add(summary, step):
        writer.add_event(Event(wall_time=1_700_000_000.0 + step, step=step, summary=summary))

    for step in range(50):
        add(scalar_pb("loss", step / 3), step)
    add(histogram_pb("weights", random.normal(size=200), buckets=30), 5)
    add(text_pb("note", "from TensorFlow"), 5)
    graph = Event(wall_time=1_700_000_100.0, graph_def=b"")
    writer.add_event(graph)
    writer.close()


def scalars(run):
    read = EventAccumulator(str(folder / run), size_guidance={"scalars": 0, "tensors": 0, "images": 0}).Reload()
    found = {tag: [[one.step, one.wall_time, one.value] for one in read.Scalars(tag)] for tag in read.Tags()["scalars"]}
    for tag in read.Tags()["tensors"]:
        metadata = read.SummaryMetadata(tag)
        if metadata.plugin_data.plugin_name == "scalars":
            values = [(one.step, one.wall_time, one.tensor_proto) for one in read.Tensors(tag)]
            found[tag] = [[step, time, (proto.float_val or proto.double_val)[0]] for step, time, proto in values]
    pictures = {
        tag: [[one.step, base64.b64encode(one.encoded_image_string).decode()] for one in read.Images(tag)]
        for tag in read.Tags()["images"]
    }
    return {"scalars": found, "pictures": pictures}


with_torch()
with_tensorboardx()
with_tensorflow_form()
print(json.dumps({run: scalars(run) for run in ("torch", "x", "tf2")}))
