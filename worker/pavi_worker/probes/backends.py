"""Installed inference backends and their versions, read from package metadata without importing any of them."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

_DISTRIBUTIONS = {
    "onnxruntime": ("onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime"),
    "openvino": ("openvino",),
    "tensorrt": ("tensorrt", "tensorrt-cu13", "tensorrt-cu12", "tensorrt-cu11"),
    "ncnn": ("ncnn",),
    "litert": ("ai-edge-litert", "tflite-runtime"),
    "torch": ("torch",),
    "opencv": (
        "opencv-contrib-python-headless",
        "opencv-contrib-python",
        "opencv-python-headless",
        "opencv-python",
    ),
}


def probe() -> dict[str, Any]:
    """``{backend: {"version", "distribution"}}`` of those that are installed."""
    found: dict[str, Any] = {}
    for backend, distributions in _DISTRIBUTIONS.items():
        for distribution in distributions:
            try:
                found[backend] = {"version": version(distribution), "distribution": distribution}
            except PackageNotFoundError:
                continue
            break
    return found
