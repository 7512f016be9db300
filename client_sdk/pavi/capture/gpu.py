"""NVIDIA GPUs as NVML tells them: names for the environment, load for the system metrics.

Owns the only use of `pynvml` in the SDK. NVML itself needs no CUDA context, so it never takes GPU memory.
"""

import logging
import os
from collections.abc import Callable
from typing import Any

_MIB = 1024.0 * 1024.0
_log = logging.getLogger("pavi.capture")


class GpuReader:
    """Load of the GPUs that this process may use (``CUDA_VISIBLE_DEVICES``), by their index on the machine.

    Raises:
        ImportError: pynvml is not installed.
        pynvml.NVMLError: there is no driver, or no GPU.
    """

    def __init__(self) -> None:
        import pynvml

        self._nvml = pynvml
        pynvml.nvmlInit()
        try:
            self._devices = _visible(pynvml, os.environ.get("CUDA_VISIBLE_DEVICES"))
        except BaseException:
            pynvml.nvmlShutdown()
            raise

    def read(self) -> dict[str, float]:
        """One sample; what a device does not support is left out."""
        values: dict[str, float] = {}
        for index, device in self._devices.items():
            for part in (self._load, self._memory, self._heat, self._power):
                self._try(part, values, f"system/gpu.{index}.", device)
        return values

    def close(self) -> None:
        """Lets go of the driver."""
        self._nvml.nvmlShutdown()

    def _try(self, part: Callable[[Any], dict[str, float]], values: dict[str, float], prefix: str, device: Any) -> None:
        try:
            values.update({prefix + name: value for name, value in part(device).items()})
        except self._nvml.NVMLError as error:
            _log.debug("%s%s: %s", prefix, part.__name__, error)

    def _load(self, device: Any) -> dict[str, float]:
        return {"utilization": float(self._nvml.nvmlDeviceGetUtilizationRates(device).gpu)}

    def _memory(self, device: Any) -> dict[str, float]:
        memory = self._nvml.nvmlDeviceGetMemoryInfo(device)
        return {"memory.mb": memory.used / _MIB, "memory.percent": 100.0 * memory.used / memory.total}

    def _heat(self, device: Any) -> dict[str, float]:
        return {
            "temperature": float(self._nvml.nvmlDeviceGetTemperature(device, self._nvml.NVML_TEMPERATURE_GPU)),
        }

    def _power(self, device: Any) -> dict[str, float]:
        return {"power.w": self._nvml.nvmlDeviceGetPowerUsage(device) / 1000.0}


def gpu_names() -> list[str]:
    """Names of all GPUs of this machine; empty where NVML cannot be asked."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception as error:  # noqa: BLE001  # not installed or no driver
        _log.debug("no GPU names: %s", error)
        return []
    try:
        return [_name(pynvml, index) for index in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError as error:
        _log.debug("no GPU names: %s", error)
        return []
    finally:
        pynvml.nvmlShutdown()


def _name(nvml: Any, index: int) -> str:
    name = nvml.nvmlDeviceGetName(nvml.nvmlDeviceGetHandleByIndex(index))
    return name.decode() if isinstance(name, bytes) else str(name)


def _visible(nvml: Any, selection: str | None) -> dict[int, Any]:
    devices = {index: nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())}
    if selection is None:
        return devices
    wanted = [entry.strip() for entry in selection.split(",") if entry.strip()]
    chosen = {}
    for index, device in devices.items():
        uuid = nvml.nvmlDeviceGetUUID(device)
        uuid = uuid.decode() if isinstance(uuid, bytes) else uuid
        if any(entry == str(index) or (entry.startswith("GPU-") and uuid.startswith(entry)) for entry in wanted):
            chosen[index] = device
    # MIG slices and other forms name no device of ours: then all are told rather than none.
    return chosen if chosen or not wanted else devices
