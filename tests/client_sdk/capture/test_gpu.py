"""GPU figures from NVML. No machine of the test suite needs a GPU: a stand-in module answers as NVML's binding does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_STAND_IN = '''
"""Two GPUs; the second one does not tell its power, as many laptop chips."""

NVML_TEMPERATURE_GPU = 0


class NVMLError(Exception):
    pass


class Utilization:
    gpu = 87


class Memory:
    used, total = 20 * 2**30, 80 * 2**30


def nvmlInit(): pass
def nvmlShutdown(): pass
def nvmlDeviceGetCount(): return 2
def nvmlDeviceGetHandleByIndex(index): return index
def nvmlDeviceGetName(device): return f"GPU number {device}"
def nvmlDeviceGetUUID(device): return f"GPU-{device}{device}{device}-abc"
def nvmlDeviceGetUtilizationRates(device): return Utilization
def nvmlDeviceGetMemoryInfo(device): return Memory
def nvmlDeviceGetTemperature(device, sensor): return 61


def nvmlDeviceGetPowerUsage(device):
    if device == 1:
        raise NVMLError("Not Supported")
    return 412345
'''


@pytest.fixture
def ask(tmp_path: Path):
    (tmp_path / "pynvml.py").write_text(_STAND_IN)

    def run(code: str, visible: str | None = None) -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        environment.pop("CUDA_VISIBLE_DEVICES", None)
        if visible is not None:
            environment["CUDA_VISIBLE_DEVICES"] = visible
        script = f"from pavi.capture.gpu import GpuReader, gpu_names\nprint({code})"
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip()

    return run


def test_figures(ask) -> None:
    figures = eval(ask("GpuReader().read()"))
    assert figures == {
        "system/gpu.0.utilization": 87.0,
        "system/gpu.0.memory.mb": 20480.0,
        "system/gpu.0.memory.percent": 25.0,
        "system/gpu.0.temperature": 61.0,
        "system/gpu.0.power.w": 412.345,
        "system/gpu.1.utilization": 87.0,
        "system/gpu.1.memory.mb": 20480.0,
        "system/gpu.1.memory.percent": 25.0,
        "system/gpu.1.temperature": 61.0,
    }


@pytest.mark.parametrize(
    ("visible", "indexes"),
    [("1", "[1]"), ("0,1", "[0, 1]"), ("GPU-111", "[1]"), ("", "[]"), ("MIG-GPU-7", "[0, 1]")],
)
def test_only_visible_gpus(ask, visible: str, indexes: str) -> None:
    assert ask("sorted({int(name.split('.')[1]) for name in GpuReader().read()})", visible) == indexes


def test_names(ask) -> None:
    assert ask("gpu_names()") == "['GPU number 0', 'GPU number 1']"


def test_no_driver_is_no_trouble() -> None:
    script = "from pavi.capture.gpu import gpu_names; print(isinstance(gpu_names(), list))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("True\n", "")
