"""`watch`: histograms of a PyTorch model's weights and gradients while it trains, and its graph.

Owns when they are taken and how they are counted on the model's own device. Gradients are those that an optimiser's
step is about to use: accumulated, reduced between ranks, clipped, and unscaled (a fused optimiser unscales by itself).
"""

import math
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pavi.integrations import needs
from pavi.tracking.notices import Notices, guarded
from pavi.tracking.summary_writer import SummaryWriter
from pavi.tracking.training import Training

try:
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook
except ImportError as _error:
    raise needs("torch", _error) from _error

__all__ = ["Watch", "unwatch", "watch"]

_compiling: Callable[[], bool] = getattr(getattr(torch, "compiler", None), "is_compiling", lambda: False)

What = Literal["gradients", "parameters", "all"]

_PIECE = 1 << 22
"""Elements counted at once: the memory that counting takes beside the model, and less than a float32 can count."""
_WIDEST = 1e38
_WRAPPERS = ("module.", "_orig_mod.", "_fsdp_wrapped_module.")

_watches: "weakref.WeakKeyDictionary[Any, list[Watch]]" = weakref.WeakKeyDictionary()


def watch(
    model: Any,
    training: Training | SummaryWriter,
    log: What = "gradients",
    every: int = 100,
    *,
    bins: int = 64,
    first_step: int = 0,
    graph: bool = False,
    example: Any = None,
) -> "Watch":
    """Logs histograms every ``every`` steps of the optimisers that train ``model``.

    A step that is not due costs one function call. One that is due counts on the device and copies the counts of all
    parameters to the host twice. Models in `DistributedDataParallel` or from `torch.compile` are watched as the model
    that is in them. Only a process that logs does anything (with ``rank_reduce``, all do).

    Args:
        model: a `torch.nn.Module`.
        training: where to: a training, or the writer of one.
        log: ``gradients`` (``gradients/<parameter>``), ``parameters`` (``parameters/<parameter>``) or ``all``.
        every: steps of an optimiser between two of its histograms; its first step is one that is due.
        bins: of each histogram.
        first_step: the step of the first optimiser step, for one that goes on from a checkpoint.
        graph: log the model's graph, once, now: with ``example`` what `pavi.Graph` exports, else the tree of modules.
        example: input of the model, or a tuple of them, for the graph.

    Returns:
        What takes them: its `remove` ends it, its `take` takes one now, for loops without an optimiser.

    Raises:
        ValueError: ``log``, ``every`` or ``bins`` make no sense.
        TypeError: ``model`` is no module.
    """
    if log not in ("gradients", "parameters", "all"):
        raise ValueError(f"log={log!r} is none of 'gradients', 'parameters', 'all'")
    if every < 1 or not 1 <= bins <= 512:
        raise ValueError(f"every={every}, bins={bins}: the first is at least 1, the second 1 to 512")
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model is {type(model).__name__!r}, no torch.nn.Module")
    into = training if isinstance(training, Training) else training.training
    made = Watch(model, into, log=log, every=every, bins=bins, first_step=first_step)
    _watches.setdefault(model, []).append(made)
    if graph:
        made.log_graph(example)
    return made


def unwatch(model: Any = None) -> None:
    """Ends every `watch` of ``model``, or of all models."""
    models = list(_watches) if model is None else [model]
    for one in models:
        for made in _watches.pop(one, []):
            made.remove()


class Watch:
    """Takes histograms of one model. Made by `watch`."""

    def __init__(self, model: Any, training: Training, *, log: What, every: int, bins: int, first_step: int) -> None:
        self._model = weakref.ref(model)
        self._training = training
        self._kinds = ("gradients", "parameters") if log == "all" else (log,)
        self._every = every
        self._bins = bins
        self._first_step = first_step
        self._steps: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._strangers: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._handle: Any = None
        if not training._silent:
            self._handle = register_optimizer_step_pre_hook(self._before_step)

    def remove(self) -> None:
        """Takes no more."""
        if self._handle is not None:
            self._handle.remove()
            self._handle = None

    @guarded
    def take(self, step: int) -> None:
        """Logs histograms of everything now."""
        model = self._model()
        if model is not None and not self._training._silent:
            self._log(list(_named(model)), step)

    @guarded
    def log_graph(self, example: Any = None) -> None:
        """Logs the model's graph as ``graph``, at the first step."""
        model = self._model()
        if model is None or self._training._silent:
            return
        from pavi.media import Graph

        inner = _unwrapped(model)
        self._training.log({"graph": Graph(inner) if example is None else Graph(inner, example)}, self._first_step)

    @property
    def _notices(self) -> Notices:
        return self._training._notices

    def _before_step(self, optimizer: Any, *_: Any) -> None:
        if _compiling():  # a step that is compiled as a whole takes none of Python's detours
            return
        self._step(optimizer)

    @guarded
    def _step(self, optimizer: Any) -> None:
        count = self._steps.get(optimizer)
        if count is None:
            if not self._trains(optimizer):
                return
            count = 0
        self._steps[optimizer] = count + 1
        if count % self._every:
            return
        model = self._model()
        if model is None or self._training._ended:
            self.remove()
            return
        own = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
        chosen = [(name, parameter) for name, parameter in _named(model) if id(parameter) in own]
        self._log(chosen, self._first_step + count)

    def _trains(self, optimizer: Any) -> bool:
        """Whether an optimiser has any parameter of the model. One that has none is asked again when it has more."""
        size = sum(len(group["params"]) for group in optimizer.param_groups)
        if self._strangers.get(optimizer) == size:
            return False
        model = self._model()
        if model is None:
            self.remove()
            return False
        own = {id(parameter) for _, parameter in _named(model)}
        if any(id(parameter) in own for group in optimizer.param_groups for parameter in group["params"]):
            return True
        self._strangers[optimizer] = size
        return False

    def _log(self, parameters: list[tuple[str, Any]], step: int) -> None:
        tensors: dict[str, Any] = {}
        for kind in self._kinds:
            for name, parameter in parameters:
                tensor = parameter.grad if kind == "gradients" else parameter
                if tensor is not None:
                    tensors[f"{kind}/{name}"] = tensor
        from pavi.media import Histogram

        found: dict[str, Any] = {}
        for tag, one in _histograms(tensors, self._bins).items():
            if one is None:
                self._notices.once(f"not finite:{tag}", f"{tag} has no finite value at step {step}: no histogram of it")
                continue
            found[tag] = Histogram.raw(
                edges=one.edges,
                counts=one.counts,
                min=one.low,
                max=one.high,
                num=one.number,
                sum=one.total,
                sum_squares=one.squares,
            )
        if found:
            self._training.log(found, step)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A histogram of the finite values of one tensor."""

    edges: list[float]
    counts: list[int]
    low: float
    high: float
    number: int
    total: float
    squares: float


def _named(model: Any) -> Iterator[tuple[str, Any]]:
    """Parameters under the names they have in the model itself, whatever it is wrapped in."""
    for name, parameter in model.named_parameters():
        for wrapper in _WRAPPERS:
            name = name.removeprefix(wrapper) if name.startswith(wrapper) else name.replace(f".{wrapper}", ".")
        yield name, parameter


def _unwrapped(model: Any) -> Any:
    while True:
        inner = getattr(model, "_orig_mod", None)
        if inner is None and type(model).__name__ in ("DistributedDataParallel", "DataParallel"):
            inner = model.module
        if inner is None:
            return model
        model = inner


def _histograms(tensors: Mapping[str, Any], bins: int) -> dict[str, _Counted | None]:
    """Histograms of all tensors; None for one without a finite value. The host waits for the device twice in all."""
    with torch.no_grad():
        flat = {tag: flattened for tag, tensor in tensors.items() if (flattened := _flat(tensor)) is not None}
        extents = _fetched({tag: _extent(tensor) for tag, tensor in flat.items()})
        asked: dict[str, tuple[float, float]] = {}
        for tag, (_, low, high, _, _) in extents.items():
            if math.isfinite(low) and math.isfinite(high):
                # A range without width: counted around its one value, as numpy does.
                asked[tag] = (low, high) if high > low else (low - 0.5, high + 0.5)
        counts = _fetched({tag: _counts(flat[tag], *asked[tag], bins) for tag in asked})
    found: dict[str, _Counted | None] = {}
    for tag, (number, low, high, total, squares) in extents.items():
        if tag not in asked:
            found[tag] = None
            continue
        start, end = asked[tag]
        edges = [start + (end - start) * (index / bins) for index in range(bins)] + [end]
        found[tag] = _Counted(edges, [int(one) for one in counts[tag]], low, high, int(number), total, squares)
    return found


def _flat(tensor: Any) -> Any:
    """One dimension, real; None for what holds no numbers here."""
    tensor = tensor.detach()
    if hasattr(tensor, "to_local"):  # a DTensor: this rank's part
        tensor = tensor.to_local()
    if tensor.is_sparse:
        tensor = tensor.coalesce().values()
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor)
    if tensor.device.type == "meta" or tensor.numel() == 0 or not tensor.is_floating_point():
        return None
    return tensor.reshape(-1)


def _extent(tensor: Any) -> Any:
    """Number, minimum, maximum, sum and sum of squares of the finite values, on the tensor's device."""
    pieces = []
    for piece in tensor.split(_PIECE):
        values = piece.double() if piece.device.type != "mps" else piece.float()
        usable = values.isfinite()
        kept = values.where(usable, 0.0)
        pieces.append(
            torch.stack(
                [
                    usable.sum().to(values.dtype),
                    values.where(usable, math.inf).amin(),
                    values.where(usable, -math.inf).amax(),
                    kept.sum(),
                    kept.square().sum(),
                ]
            )
        )
    table = torch.stack(pieces)
    return torch.stack(
        [table[:, 0].sum(), table[:, 1].amin(), table[:, 2].amax(), table[:, 3].sum(), table[:, 4].sum()]
    )


def _counts(tensor: Any, low: float, high: float, bins: int) -> Any:
    """Values in each of ``bins`` equal parts of the range, on the tensor's device. NaN and infinities do not count."""
    total = 0
    for piece in tensor.split(_PIECE):
        values = piece if piece.dtype in (torch.float32, torch.float64) else piece.float()
        if high - low > _WIDEST and values.dtype == torch.float32:
            values = values.double()  # the width is no float32
        total = total + torch.histc(values, bins, low, high).long()
    return total


def _fetched(tensors: Mapping[str, Any]) -> dict[str, list[float]]:
    """Rows of equal length, copied to the host together, device by device."""
    devices: dict[Any, list[str]] = {}
    for tag, tensor in tensors.items():
        devices.setdefault(tensor.device, []).append(tag)
    found: dict[str, list[float]] = {}
    for tags in devices.values():
        rows = torch.stack([tensors[tag] for tag in tags]).cpu().tolist()
        found.update(zip(tags, rows, strict=True))
    return {tag: found[tag] for tag in tensors}
