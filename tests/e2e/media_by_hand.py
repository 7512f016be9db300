"""A training with something of every kind of media, written as journal events, for the pages that show them."""

import gzip
import io
import json
import math
import wave
from typing import Any

import numpy as np
from PIL import Image

from tests.client_sdk.by_hand import Writer
from tests.platform import RunningPlatform

STEPS = (0, 100, 200, 300)
SCRIPT = '# Notes\n\n<script>document.title = "owned"</script>\n\n**bold** and [a link](https://example.org)\n'
LONG_NOTES = """## What was tried

1. *Cosine* schedule with warm-up
2. `label_smoothing=0.1`
   - helped on `val`
   - not on `train`

> The third run diverged at step **2,000**.

| setting | top-1 |
|:--|--:|
| baseline | 71.2 |
| smoothing | 72.0 |

```python
optimizer = SGD(lr=0.1)
```

An ![image](https://example.org/x.png), a [bad link](javascript:alert(1)) and <b>no bold</b>.
"""


class MediaWriter(Writer):
    """A writer that knows the kinds of media."""

    def media(self, kind: str, tag: str, step: int, *, content: bytes | None = None, **fields: Any) -> None:
        """Logs one thing; ``content`` goes as its file."""
        if content is not None:
            fields |= {"sha256": self.blob(content), "size": len(content)}
        self.event(type="media", kind=kind, tag=tag, step=step, time=1_700_000_000.0 + step, **fields)


def picture(seed: int, size: tuple[int, int] = (320, 200)) -> bytes:
    """A PNG whose colours tell the seed."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    wave_of = (np.sin((x + 13 * seed) / 21) + np.cos((y - 7 * seed) / 17)) * 60 + 128
    rgb = np.stack([wave_of, np.full_like(wave_of, (seed * 40) % 256), 255 - wave_of], axis=-1).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return file.getvalue()


def animation() -> bytes:
    """An animated PNG of eight frames."""
    frames = [Image.open(io.BytesIO(picture(seed, (64, 64)))) for seed in range(8)]
    file = io.BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:], duration=125, loop=0)
    return file.getvalue()


def tone() -> bytes:
    """Half a second of 440 Hz as WAV."""
    samples = (np.sin(np.arange(8_000) / 16_000 * 440 * 2 * math.pi) * 12_000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def histogram(values: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The body of a histogram event."""
    counts, edges = np.histogram(values, bins=48)
    return {
        "min": float(values.min()),
        "max": float(values.max()),
        "num": int(values.size),
        "sum": float(values.sum()),
        "sum_squares": float((values**2).sum()),
        "edges": edges.tolist(),
        "counts": counts.tolist(),
    }


def pr_curve(quality: float) -> dict[str, Any]:
    """The body of a PR curve event."""
    thresholds = np.linspace(0, 1, 60)
    recall = 1 - thresholds**quality
    precision = 0.5 + 0.5 * thresholds ** (1 / quality)
    positives = (recall * 500).round()
    false = (positives * (1 / precision - 1)).round()
    columns = {"true_positives": positives, "false_positives": false, "recall": recall, "precision": precision}
    columns |= {"thresholds": thresholds, "false_negatives": 500 - positives, "true_negatives": 500 - false}
    return {name: column.tolist() for name, column in columns.items()}


def chain_graph(blocks: int) -> dict[str, Any]:
    """A residual network as a graph: ``blocks`` × 5 nodes in scopes, and a head."""
    nodes: list[dict[str, Any]] = []
    last = "image"

    def add(scope: str, op: str, *inputs: str) -> str:
        name = f"/{scope}/{op}_{len(nodes)}" if scope else f"/{op}_{len(nodes)}"
        nodes.append({"name": name, "op": op, "inputs": list(inputs), "outputs": [f"{name}_out"]})
        return f"{name}_out"

    last = add("stem", "Conv", last, "stem.weight")
    last = add("stem", "Relu", last)
    for block in range(blocks):
        scope = f"layer{block // 16 + 1}/layer{block // 16 + 1}.{block % 16}"
        inner = add(f"{scope}/conv1", "Conv", last, f"{scope}.weight1")
        inner = add(f"{scope}/relu", "Relu", inner)
        inner = add(f"{scope}/conv2", "Conv", inner, f"{scope}.weight2")
        last = add(scope, "Relu", add(scope, "Add", inner, last))
    last = add("", "GlobalAveragePool", last)
    logits = add("fc", "Gemm", last, "fc.weight")
    nodes[-1]["attributes"] = {"alpha": 1.0, "transB": 1}
    shape = {"name": "image", "shape": ["batch", 3, 224, 224], "dtype": "float32"}
    head = {"name": logits, "shape": ["batch", 1000], "dtype": "float32"}
    return {"inputs": [shape], "outputs": [head], "nodes": nodes}


def trace() -> bytes:
    """A Chrome trace like torch.profiler's, compressed."""
    # Its spans have names for processes and threads, and a thread that is only named.
    events: list[dict[str, Any]] = [{"ph": "M", "name": "thread_name", "pid": 7, "tid": 0, "args": {"name": "idle"}}]
    span = {"ph": "X", "cat": "Trace", "name": "PyTorch Profiler (0)", "pid": "Spans", "tid": "PyTorch Profiler"}
    events.append(span | {"ts": 0, "dur": 20_000})
    for step in range(20):
        for depth, (name, start, length) in enumerate([("step", 0, 900), ("forward", 10, 400), ("conv2d", 30, 200)]):
            event = {"ph": "X", "cat": "cpu_op", "name": f"{name}", "pid": 1, "tid": 1}
            events.append(event | {"ts": step * 1_000 + start, "dur": length, "args": {"depth": depth}})
    return gzip.compress(json.dumps({"traceEvents": events, "displayTimeUnit": "ms"}).encode())


def sphere() -> dict[str, Any]:
    """The body of a mesh event."""
    around, up = 24, 12
    vertices, colors, faces = [], [], []
    for row in range(up + 1):
        for column in range(around):
            polar, turn = math.pi * row / up, 2 * math.pi * column / around
            vertices.append([math.sin(polar) * math.cos(turn), math.cos(polar), math.sin(polar) * math.sin(turn)])
            colors.append([int(255 * row / up), 120, int(255 * column / around)])
    for row in range(up):
        for column in range(around):
            at, right = row * around + column, row * around + (column + 1) % around
            faces += [[at, right, at + around], [right, right + around, at + around]]
    return {"vertices": vertices, "faces": faces, "colors": colors}


def write_everything(platform: RunningPlatform, name: str, **opening: Any) -> MediaWriter:
    """Something of every kind at several steps; the training goes on."""
    writer = MediaWriter(platform, name=name, **opening)
    random = np.random.default_rng(3)
    boxes = [{"box": [40, 30, 130, 120], "label": "cat"}, {"box": [180, 60, 290, 170], "label": "dog"}]
    for at, step in enumerate(STEPS):
        meta = {"width": 320, "height": 200, "channels": 3, "caption": f"prediction at {step}", "boxes": boxes}
        writer.media("image", "val/sample", step, content=picture(at), media_type="image/png", meta=meta)
        for index in range(12):
            content = picture(at * 12 + index, (28, 28))
            fields = {"index": index, "media_type": "image/png", "meta": {"width": 28, "height": 28}}
            writer.media("image", "val/digits", step, content=content, **fields)
        figure = {"media_type": "image/png", "meta": {"width": 480, "height": 300}}
        writer.media("figure", "val/confusion", step, content=picture(at + 40, (480, 300)), **figure)
        values = random.normal(0.2 * at, 1 + 0.3 * at, 4_000)
        writer.media("histogram", "weights/conv1", step, body=histogram(values), meta={"nan": 7})
        writer.media("pr_curve", "val/pr", step, body=pr_curve(1.5 + at))
        writer.points("loss/train", [(step, 1.0 + step, math.exp(-step / 200))])
        writer.points("loss/val", [(step, 1.0 + step, math.exp(-step / 250) + 0.05)])
        writer.points("loss/low", [(step, 1.0 + step, math.exp(-step / 250))])
        writer.points("loss/high", [(step, 1.0 + step, math.exp(-step / 250) + 0.1)])
    film = {"media_type": "image/apng", "meta": {"width": 64, "height": 64, "frames": 8, "fps": 8}}
    writer.media("video", "val/rollout", 300, content=animation(), **film)
    sound = {"media_type": "audio/wav", "meta": {"sample_rate": 16_000, "channels": 1, "seconds": 0.5}}
    writer.media("audio", "val/voice", 300, content=tone(), **sound)
    writer.media("text", "notes/script", 0, body={"text": SCRIPT}, meta={"markdown": True})
    writer.media("text", "notes/tried", 0, body={"text": LONG_NOTES}, meta={"markdown": True})
    columns = [("file", "string"), ("score", "number"), ("count", "integer"), ("right", "boolean"), ("at", "datetime")]
    rows: list[list[Any]] = [
        [
            f"img_{row}.png",
            round(math.sin(row) * 10, 3),
            (row * 37) % 101,
            row % 3 == 0,
            f"2026-03-{row % 28 + 1:02}T10:00:00Z",
        ]
        for row in range(150)
    ]
    rows[7][1] = None
    table = {"columns": [{"name": name, "type": kind} for name, kind in columns], "rows": rows}
    writer.media("table", "val/errors", 300, body=table, meta={"rows": 150, "columns": 5})
    graph = json.dumps(chain_graph(64)).encode()
    facts = {"media_type": "application/json", "meta": {"nodes": 324, "format": "onnx"}}
    writer.media("graph", "model", 0, content=graph, **facts)
    centres = random.normal(0, 3, (5, 3))
    points = [(centres[row % 5] + random.normal(0, 0.6, 3)).round(4).tolist() for row in range(400)]
    labels = [[f"class {row % 5}", f"img_{row}"] for row in range(400)]
    embedding = {"points": points, "method": "pca", "explained": [0.5, 0.2, 0.1], "metadata": labels}
    embedding["metadata_header"] = ["class", "file"]
    facts = {"media_type": "application/json", "meta": {"rows": 400, "dimensions": 64}}
    writer.media("embedding", "features", 300, content=json.dumps(embedding).encode(), **facts)
    writer.media("mesh", "shape", 300, body=sphere(), meta={"vertices": 312, "faces": 576})
    array = io.BytesIO()
    np.save(array, np.arange(12, dtype=np.float32).reshape(3, 4))
    facts = {"media_type": "application/octet-stream"}
    facts["meta"] = {"shape": [3, 4], "dtype": "float32", "min": 0, "max": 11, "mean": 5.5}
    writer.media("tensor", "attention", 300, content=array.getvalue(), **facts)
    facts = {
        "media_type": "application/gzip",
        "name": "worker0.pt.trace.json.gz",
        "meta": {"events": 60, "seconds": 0.02},
    }
    writer.media("trace", "profile", 300, content=trace(), **facts)
    layout = {"losses": {"both": ["Multiline", ["loss/(train|val)"]]}}
    layout["losses"]["spread"] = ["Margin", ["loss/val", "loss/low", "loss/high"]]
    writer.media("layout", "custom", 0, body=layout)
    return writer
