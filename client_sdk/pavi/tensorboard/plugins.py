"""Contents of TensorBoard's plugins: hyper-parameters, precision–recall curves, layouts of custom scalars.

The messages are those of ``plugins/hparams/plugin_data.proto`` and ``plugins/custom_scalar/layout.proto``.
"""

import math
from typing import Any

import numpy as np

from pavi.tensorboard.protobuf import Field, fields
from pavi.tensorboard.tensors import Tensor

__all__ = ["hparams_config", "layout_body", "pr_curve_body"]

_CURVES = ("true_positives", "false_positives", "true_negatives", "false_negatives", "precision", "recall")
_MOST_THRESHOLDS = 1_000


def hparams_config(content: bytes) -> dict[str, Any]:
    """The hyper-parameters of a session's start; empty for the plugin's other messages."""
    config: dict[str, Any] = {}
    for part in fields(content, 0, len(content)):
        if part.id == 3:
            for entry in part.fields():
                if entry.id == 1:
                    key, value = "", None
                    for one in entry.fields():
                        if one.id == 1:
                            key = one.text()
                        elif one.id == 2:
                            value = _value(one)
                    if key:
                        config[key] = value
    return config


def _value(message: Field) -> Any:
    """A ``google.protobuf.Value`` that is no list and no struct."""
    for one in message.fields():
        if one.id == 2:
            number = one.double()
            if not math.isfinite(number):
                return str(number)
            return int(number) if number == int(number) and abs(number) < 1e15 else number
        if one.id == 3:
            return one.text()
        if one.id == 4:
            return bool(one.number)
    return None


def pr_curve_body(tensor: Tensor) -> dict[str, Any] | None:
    """Six rows over even thresholds. None: it is no such tensor."""
    if tensor.numbers is None or len(tensor.shape) != 2 or tensor.shape[0] != len(_CURVES) or not tensor.shape[1]:
        return None
    rows = np.nan_to_num(tensor.numbers.reshape(tensor.shape))
    if rows.shape[1] > _MOST_THRESHOLDS:
        return None
    last = max(1, rows.shape[1] - 1)
    return {
        "thresholds": [index / last for index in range(rows.shape[1])],
        **dict(zip(_CURVES, rows.tolist(), strict=True)),
    }


def layout_body(content: bytes) -> dict[str, dict[str, Any]]:
    """Category → title → kind and tags."""
    body: dict[str, dict[str, Any]] = {}
    for category in fields(content, 0, len(content)):
        if category.id == 2:
            charts: dict[str, Any] = {}
            name = ""
            for one in category.fields():
                if one.id == 1:
                    name = one.text()
                elif one.id == 2:
                    title, chart = _chart(one)
                    charts[title] = chart
            body[name] = charts
    return body


def _chart(message: Field) -> tuple[str, list[Any]]:
    title, kind, tags = "", "Multiline", []
    for one in message.fields():
        if one.id == 1:
            title = one.text()
        elif one.id == 2:
            tags = [tag.text() for tag in one.fields() if tag.id == 1]
        elif one.id == 3:
            kind = "Margin"
            series = [part for part in one.fields() if part.id == 1]
            tags = [name.text() for name in series[0].fields() if name.id in (1, 2, 3)] if series else []
    return title, [kind, tags]
