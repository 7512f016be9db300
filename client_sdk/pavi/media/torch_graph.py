"""Runs a torch model once to learn its graph, and leaves everything as it was.

Owns exporting, tracing, and listing modules. Nothing of torch's is changed for longer than one call.
"""

import contextlib
import importlib
import importlib.util
import inspect
import io
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pavi.media.onnx import MAX_NODES, read_graph

__all__ = ["Described", "describe"]

_OPSET = 17
_HIDDEN_OPS = ("prim::Constant", "prim::GetAttr")


@dataclass(frozen=True, slots=True)
class Described:
    """A graph as ``docs/media.md`` has its body, and how it was found: ``onnx``, ``trace`` or ``modules``."""

    body: dict[str, Any]
    format: str
    warnings: tuple[str, ...] = field(default=())


def describe(model: Any, inputs: Any, *, opset_version: int | None, strict_trace: bool) -> Described:
    """The best description that the model gives."""
    model = _unwrapped(model)
    if inputs is None:
        return Described(_modules(model), "modules")
    import torch

    failures: list[str] = []
    with _undisturbed(model), torch.no_grad():
        for arguments, keywords in _calls(model, inputs):
            ways: list[tuple[str, Callable[[], dict[str, Any]]]] = []
            for opset in dict.fromkeys((opset_version or _OPSET, _OPSET)):
                ways.append(("onnx", lambda opset=opset: _exported(model, arguments, keywords, opset)))  # type: ignore[misc]  # noqa: B023  # called at once
            ways.append(("trace", lambda: _traced(model, arguments, keywords, strict_trace)))  # noqa: B023  # as above
            for name, way in ways:
                try:
                    return Described(way(), name)
                except Exception as error:  # noqa: BLE001  # whatever a model raises in a forward pass, or torch on the way
                    failures.append(f"{name}: {type(error).__name__}: {error}"[:300])
    reason = f"cannot be run or exported ({failures[0] if failures else 'no input'}); its modules are shown instead"
    return Described(_modules(model), "modules", (reason,))


def _unwrapped(model: Any) -> Any:
    """What ``torch.compile`` and the wrappers for several devices have inside."""
    for _ in range(8):
        inner = getattr(model, "_orig_mod", None)
        if inner is None and type(model).__name__.endswith("DataParallel"):
            inner = getattr(model, "module", None)
        if inner is None:
            break
        model = inner
    return model


def _calls(model: Any, inputs: Any) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """The ways in which ``inputs`` may be meant."""
    inputs = _on_device(inputs, model)
    if isinstance(inputs, dict):
        yield (), {str(key): value for key, value in inputs.items()}
    elif isinstance(inputs, tuple):
        yield inputs, {}
    elif isinstance(inputs, list):
        yield (inputs,), {}
        yield tuple(inputs), {}
    else:
        yield (inputs,), {}


def _on_device(value: Any, model: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(_on_device(item, model) for item in value)
    if isinstance(value, dict):
        return {key: _on_device(item, model) for key, item in value.items()}
    import torch

    if type(value).__module__ == "numpy":
        value = torch.as_tensor(value)
    first = next(model.parameters(), None)
    return value.to(first.device) if isinstance(value, torch.Tensor) and first is not None else value


@contextlib.contextmanager
def _undisturbed(model: Any) -> Iterator[None]:
    """Evaluation mode inside; afterwards every module's own mode and every random generator as they were."""
    import torch

    modes = [(module, module.training) for module in model.modules()]
    states: list[tuple[Callable[[Any], object], Any]] = [
        (random.setstate, random.getstate()),
        (torch.set_rng_state, torch.get_rng_state()),
    ]
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states.append((torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
    if (numpy := sys.modules.get("numpy.random")) is not None:
        states.append((numpy.set_state, numpy.get_state()))
    try:
        model.eval()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        for restore, state in states:
            restore(state)


def _exported(model: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], opset: int) -> dict[str, Any]:
    """Through torch's own exporter to ONNX (the one that traces), without weights."""
    import torch

    options: dict[str, Any] = {
        "export_params": False,
        "do_constant_folding": False,
        "opset_version": opset,
        "operator_export_type": torch.onnx.OperatorExportTypes.ONNX_FALLTHROUGH,
    }
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False
    file = io.BytesIO()
    with _without_onnx():
        torch.onnx.export(model, (*arguments, keywords) if keywords else arguments, file, **options)
    weights = {name: int(value.numel()) for name, value in model.state_dict().items() if hasattr(value, "numel")}
    body = read_graph(file.getbuffer(), weights)
    if not body["nodes"]:
        raise ValueError("the export holds no node")
    return body


@contextlib.contextmanager
def _without_onnx() -> Iterator[None]:
    """Lets torch export where the package ``onnx`` is missing: it is needed for nothing but functions of one's own."""
    module: Any = None
    if importlib.util.find_spec("onnx") is None:
        for name in ("torchscript_exporter.onnx_proto_utils", "onnx_proto_utils"):
            with contextlib.suppress(ImportError):
                module = importlib.import_module(f"torch.onnx._internal.{name}")
                break
    original = getattr(module, "_add_onnxscript_fn", None)
    if original is None:
        yield
        return
    module._add_onnxscript_fn = lambda model_bytes, _: model_bytes
    try:
        yield
    finally:
        module._add_onnxscript_fn = original


def _traced(model: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], strict: bool) -> dict[str, Any]:
    """From ``torch.jit.trace``: torch's own operators."""
    import torch

    given: dict[str, Any] = {"example_kwarg_inputs": keywords} if keywords else {"example_inputs": arguments}
    graph = torch.jit.trace(model, check_trace=False, strict=strict, **given).inlined_graph
    inputs = [_traced_value(value) for value in list(graph.inputs())[1:]]
    known = {value["name"] for value in inputs}
    nodes: list[dict[str, Any]] = []
    total = 0
    for node in graph.nodes():
        if node.kind() in _HIDDEN_OPS or (node.kind() == "prim::ListConstruct" and not _any_known(node, known)):
            continue
        total += 1
        outputs = [value.debugName() for value in node.outputs()]
        known.update(outputs)
        if len(nodes) >= MAX_NODES:
            continue
        scope = node.scopeName().rpartition("/")[2].removeprefix("__module.").replace(".", "/")
        found = {
            "name": f"{scope}/{outputs[0]}" if scope and outputs else (outputs or [node.kind()])[0],
            "op": node.kind(),
            "inputs": [name for name in (value.debugName() for value in node.inputs()) if name in known],
            "outputs": outputs,
        }
        nodes.append({**found, "scope": scope} if scope else found)
    outputs_of_all = [_traced_value(value) for value in graph.outputs()]
    return {"inputs": inputs, "outputs": outputs_of_all, "nodes": nodes, "total": total}


def _any_known(node: Any, known: set[str]) -> bool:
    return any(value.debugName() in known for value in node.inputs())


def _traced_value(value: Any) -> dict[str, Any]:
    shape: Any = None
    dtype: Any = None
    with contextlib.suppress(RuntimeError, AttributeError):  # not a tensor
        shape, dtype = value.type().sizes(), value.type().dtype()
    return {
        "name": value.debugName(),
        "shape": [size if size is not None else "?" for size in shape or []],
        "dtype": str(dtype).removeprefix("torch.") if dtype is not None else str(value.type())[:100],
    }


def _modules(model: Any) -> dict[str, Any]:
    """The tree of modules: ``scope`` is the parent. The children of a sequence feed one another."""
    nodes: list[dict[str, Any]] = []
    total = 0
    for name, module in model.named_modules():
        total += 1
        if len(nodes) >= MAX_NODES:
            continue
        path = name.replace(".", "/") or type(model).__name__
        parent, _, last = name.rpartition(".")
        node: dict[str, Any] = {"name": path, "op": type(module).__name__, "inputs": [], "outputs": [path]}
        if name:
            node["scope"] = parent.replace(".", "/") or type(model).__name__
            before = _before(model.get_submodule(parent), last)
            if before is not None:
                node["inputs"] = [f"{parent.replace('.', '/')}/{before}" if parent else before]
        own = sum(int(parameter.numel()) for parameter in module.parameters(recurse=False))
        if own:
            node["parameters"] = own
        if details := str(module.extra_repr())[:300]:
            node["attributes"] = {"arguments": details}
        nodes.append(node)
    return {"inputs": [], "outputs": [], "nodes": nodes, "total": total}


def _before(parent: Any, name: str) -> str | None:
    """The child before ``name`` in a sequence; None elsewhere, where only a run could tell."""
    if type(parent).__name__ != "Sequential":
        return None
    names = list(parent._modules)
    index = names.index(name)
    return names[index - 1] if index else None
