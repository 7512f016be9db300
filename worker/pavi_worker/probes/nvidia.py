"""NVIDIA GPUs, as NVML tells them. Takes no GPU memory: NVML needs no CUDA context."""

from typing import Any

import pynvml


def probe() -> dict[str, Any]:
    """``driver``, ``cuda`` (highest that the driver runs), ``gpus``: a list of ``index name uuid arch memory_mb``.

    Without a driver, an empty ``gpus`` alone.
    """
    try:
        pynvml.nvmlInit()
    except (pynvml.NVMLError_LibraryNotFound, pynvml.NVMLError_DriverNotLoaded):
        return {"gpus": []}
    try:
        cuda = pynvml.nvmlSystemGetCudaDriverVersion_v2()
        return {
            "driver": _text(pynvml.nvmlSystemGetDriverVersion()),
            "cuda": f"{cuda // 1000}.{cuda % 1000 // 10}",
            "gpus": [_gpu(index) for index in range(pynvml.nvmlDeviceGetCount())],
        }
    finally:
        pynvml.nvmlShutdown()


def _gpu(index: int) -> dict[str, Any]:
    device = pynvml.nvmlDeviceGetHandleByIndex(index)
    major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(device)
    return {
        "index": index,
        "name": _text(pynvml.nvmlDeviceGetName(device)),
        "uuid": _text(pynvml.nvmlDeviceGetUUID(device)),
        "arch": f"sm_{major}{minor}",
        "memory_mb": pynvml.nvmlDeviceGetMemoryInfo(device).total // (1024 * 1024),
    }


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
