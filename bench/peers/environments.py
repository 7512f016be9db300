"""One virtual environment a peer, kept between runs; exact versions come from ``requirements/<name>.txt``."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements")
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "bench-peers"

NAMES = ("trackio", "goodseed", "swanlab", "wandb", "neptune", "tensorboard", "aim", "mlflow", "dvclive")
"""Peers in the order of the table: fastest log call first, when they were first measured."""

_PACKAGES = {"neptune": "neptune-scale"}


class NotInstallable(RuntimeError):
    """A peer could not be installed here; the message ends with the installer's last lines."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An installed peer."""

    name: str
    python: str
    version: str


def install(name: str) -> Environment:
    """Makes the peer's environment, or finds it as it was made from the same requirements.

    Raises:
        NotInstallable: no wheel for this machine, no network and nothing cached, …
    """
    requirements = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    folder = CACHE / name
    python, stamp = folder / "venv" / "bin" / "python", folder / "installed"
    if not (stamp.exists() and stamp.read_text() == digest and python.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder / "venv"))
        _uv("pip", "install", "--quiet", "--python", str(python), "-r", str(requirements))
        stamp.write_text(digest)
    return Environment(name, str(python), _version(name, requirements))


def _uv(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "uv", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise NotInstallable("\n".join(done.stderr.strip().splitlines()[-4:]))


def _version(name: str, requirements: Path) -> str:
    package = _PACKAGES.get(name, name)
    pins = dict(line.split("==", 1) for line in requirements.read_text().splitlines() if "==" in line)
    return pins[package].split()[0]
