"""Calls every method of the writer once and more, with torch's own objects. Prints the training's id."""

import argparse
import sys
import warnings
from pathlib import Path

import matplotlib
import numpy as np
import torch
from torch.utils.tensorboard.summary import scalar

import pavi
from pavi import SummaryWriter

matplotlib.use("agg")
from matplotlib import pyplot  # after the choice of what draws

options = argparse.ArgumentParser()
options.add_argument("--project")
project = options.parse_args().project
warnings.simplefilter("error")
torch.manual_seed(0)


class Net(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = torch.nn.Sequential(
            torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Dropout()
        )
        self.head = torch.nn.Linear(4, 2)

    def forward(self, x: torch.Tensor | list[torch.Tensor]) -> torch.Tensor:
        x = x[0] if isinstance(x, list) else x
        return self.head(self.features(x).mean((2, 3)))


model = Net().train()
model.features[1].eval()
image = torch.rand(3, 8, 9)
writer = SummaryWriter("runs/every-call", project=project, max_queue=5, flush_secs=1, filename_suffix=".x")
writer.add_scalar("scalar", torch.tensor(1.5, requires_grad=True), 3)
writer.add_scalars("scalars", {"a": np.float32(1), "b": 2}, 3)
writer.add_tensor("tensor", torch.arange(6).reshape(2, 3), 3)
for step in (0, 10):
    writer.add_histogram("histogram", model.head.weight, step)
    writer.add_image("image", image + step / 100, step, walltime=1_700_000_000 + step)
writer.add_histogram("bins", torch.randn(100).bfloat16(), bins="auto")
writer.add_histogram_raw("raw", 0.0, 2.0, 5, 6.0, 9.0, [1.0, 2.0], [2, 3], 3)
writer.add_image("unstepped", image.numpy())
writer.add_image("unstepped", image.permute(1, 2, 0))
writer.add_images("batch", torch.rand(5, 3, 4, 4), 3)
writer.add_image_with_boxes("boxes", image, torch.tensor([[1.0, 2, 5, 6]]), 3, labels=["cat"])
figure, axes = pyplot.subplots(figsize=(2, 1), dpi=100)
axes.plot([1, 2])
writer.training.log({"logged/figure": figure, "logged/loss": 1.0}, 3)
writer.add_figure("figure", figure, 3)
assert not pyplot.fignum_exists(figure.number)
writer.add_figure("figures", [pyplot.figure(), pyplot.figure()], 3, close=False)
assert len(pyplot.get_fignums()) == 2
SummaryWriter(mode="disabled").add_figure("closed where nothing is logged", pyplot.gcf())
assert len(pyplot.get_fignums()) == 1
writer.add_video("video", torch.rand(2, 3, 3, 4, 6), 3, fps=2)
writer.add_audio("audio", torch.rand(1, 800) * 2 - 1, 3, sample_rate=8000)
writer.add_text("text", "# Words\n\n- ä", 3)
writer.add_embedding(torch.randn(20, 5), [str(n) for n in range(20)], torch.rand(20, 3, 4, 4), 3, "embedding")
writer.add_pr_curve("pr", torch.randint(0, 2, (50,)), torch.rand(50), 3)
writer.add_pr_curve_raw("pr_raw", *torch.ones(6, 4), 3)
writer.add_custom_scalars_multilinechart(["scalars/a", "scalars/b"], title="both")
writer.add_custom_scalars_marginchart(["scalar", "scalars/a", "scalars/b"], title="band")
writer.add_custom_scalars({"more": {"one": ["Multiline", ["scalar"]]}})
writer.add_mesh("mesh", torch.rand(1, 4, 3), torch.randint(0, 255, (1, 4, 3)), torch.tensor([[[0, 1, 2]]]), None, 3)
writer.add_hparams({"lr": 0.1, "bsize": torch.tensor(8)}, {"hparam/accuracy": 0.75}, global_step=3)
writer._get_file_writer().add_summary(scalar("by_hand", 2.5), 4)

batch, odd = torch.rand(2, 3, 8, 8), torch.rand(1, 5, 2, 2)
state, modes = torch.get_rng_state(), [module.training for module in model.modules()]
running = model.features[1].running_mean.clone()
writer.add_graph(model, tag="modules")
writer.add_graph(model, batch)
writer.add_graph(model, [batch], tag="listed", opset_version=11)
writer.add_graph(model, input_to_model=(batch,), verbose=False, use_strict_trace=False)
writer.add_graph(torch.nn.DataParallel(model), batch, tag="wrapped")


class Eigenvalues(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.linalg.eig(x)[0]


writer.add_graph(Eigenvalues(), torch.eye(3), tag="traced")
warnings.simplefilter("always")
with warnings.catch_warnings(record=True) as told:
    writer.add_graph(model, odd, tag="broken")
assert "its modules are shown instead" in str(told[0].message), told
assert torch.equal(state, torch.get_rng_state())
assert modes == [module.training for module in model.modules()]
assert torch.equal(running, model.features[1].running_mean)
assert all(parameter.grad is None for parameter in model.parameters())

from pavi.media.torch_graph import _without_onnx  # noqa: E402  # torch writes no file where onnx is missing

with _without_onnx(), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    torch.onnx.export(model, (batch,), "model.onnx", dynamo=False)
assert "onnx" not in sys.modules
model.train()
writer.add_onnx_graph("model.onnx", tag="file")

writer.add_snapshot("model", model.state_dict(), 3)
torch.save(model.state_dict(), "epoch_3.pth")
writer.add_snapshot_file("model", "epoch_3.pth", 3)
Path("epoch_3.pth").unlink()

with torch.profiler.profile(
    activities=[torch.profiler.ProfilerActivity.CPU],
    schedule=torch.profiler.schedule(wait=0, warmup=1, active=1),
    on_trace_ready=pavi.media.trace_handler(writer.training),
) as profiler:
    for _ in range(2):
        model(batch)
        profiler.step()

writer.flush()
assert Path(writer.get_logdir()).is_dir()
identity = writer.training.id
with writer:
    pass
assert writer.training._delivery.over, writer.training._delivery.trouble
print(identity)
