"""Environments of their own for code that other people published: made once, cached below ``.cache/clients``, reused.

Owns how they are built. An environment's folder is named after everything that decides it, so a changed list makes a
new one. Several processes may ask at once: one builds, the others wait.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("PAVI_TEST_ENVIRONMENTS") or ROOT / ".cache" / "clients")
_LAYOUT = 3
"""Goes into every folder's name: raise it when the way of building changes."""
_PATIENCE_S = 1_200.0
_OF_THE_SDK = ("requests", "click", "rich", "psutil")
_WITHOUT_TORCH = Path(__file__).with_name("overrides.txt")


@dataclass(frozen=True)
class Environment:
    """What is in one environment.

    Attributes:
        name: for people; begins the folder's name.
        requirements: what is installed, exact versions.
        base: an environment whose packages this one sees too (torch is large: one copy serves all).
        options: further options of ``pip install``.
        with_pip: installed by the environment's own pip, which old sources call while they are built, and which alone
            finds a build of torch for this processor where one lies at hand; else by uv.
        variables: environment variables while it is built.
        build: what is needed to build ``requirements`` without isolation; installed before them.
        packages: folders below ``tests/clients/stand_ins`` that are on its path.
    """

    name: str
    requirements: tuple[str, ...]
    base: "Environment | None" = None
    options: tuple[str, ...] = ()
    with_pip: bool = False
    variables: tuple[tuple[str, str], ...] = ()
    build: tuple[str, ...] = ()
    packages: tuple[str, ...] = field(default=())

    @property
    def folder(self) -> Path:
        """Where it is, or will be."""
        decisive = repr((_LAYOUT, sys.version_info[:3], str(ROOT), self.key))  # its path file names this checkout
        return CACHE / f"{self.name}-{hashlib.sha256(decisive.encode()).hexdigest()[:12]}"

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that decides what is in it."""
        base = self.base.key if self.base else None
        return (self.requirements, base, self.options, self.with_pip, self.variables, self.build, self.packages)

    def python(self) -> Path:
        """Its interpreter; the environment is made first when it is not there."""
        ready = self.folder / ".ready"
        if not ready.exists():
            if self.base is not None:
                self.base.python()
            with _only_one(self.folder.with_name(f"{self.folder.name}.lock")):
                if not ready.exists():
                    self._make()
                    ready.touch()
        return self.folder / "bin" / "python"

    def _make(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", *([] if self.with_pip else ["--without-pip"]), str(self.folder)])
        python = str(self.folder / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-warn-conflicts"]
        uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--python", python]
        uv += ["--overrides", str(_WITHOUT_TORCH)]
        paths = [ROOT / "client_sdk", *(ROOT / "tests" / "clients" / "stand_ins" / name for name in self.packages)]
        if self.base is not None:
            paths.append(site_packages(self.base.folder))
        (site_packages(self.folder) / "pavi-tests.pth").write_text("".join(f"{path}\n" for path in paths))
        _run([*uv, *_OF_THE_SDK, *self.build])
        _run([*(pip if self.with_pip else uv), *self.options, *self.requirements], dict(self.variables))


def site_packages(folder: Path) -> Path:
    """Where an environment keeps its packages."""
    return folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def _run(command: list[str], variables: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=os.environ | (variables or {}), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """A folder that one process makes. It holds the maker's pid, so that what a dead one left is taken over."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{lock} is held for {_PATIENCE_S:.0f} s. Remove it.") from None
            _take_over(lock)
            time.sleep(0.5)
    (lock / "pid").write_text(str(os.getpid()))
    try:
        yield
    finally:
        shutil.rmtree(lock, ignore_errors=True)


def _take_over(lock: Path) -> None:
    try:
        os.kill(int((lock / "pid").read_text()), 0)
    except (FileNotFoundError, ValueError):
        pass  # being made, or being removed
    except ProcessLookupError:
        shutil.rmtree(lock, ignore_errors=True)


TORCH = Environment("torch", ("torch==2.13.0", "numpy==2.4.6"), with_pip=True)


def _mmcv(version: str) -> Environment:
    """Built from its source without compiled operators; what it imports is listed, since pip may not resolve it."""
    return Environment(
        f"mmcv-{version}",
        (f"mmcv=={version}",),
        base=TORCH,
        options=("--no-build-isolation", "--no-deps", "--no-binary", "mmcv"),
        with_pip=True,
        variables=(("MMCV_WITH_OPS", "0"),),
        build=(
            *("setuptools<81", "wheel", "cython<3"),
            *("addict", "yapf", "pyyaml", "opencv-python-headless<5", "six", "packaging", "pillow"),
        ),
        packages=("torchvision",),
    )


MMCV = {version: _mmcv(version) for version in ("0.2.16", "0.4.4", "1.1.6", "1.3.16", "1.5.3", "1.7.2")}
MMENGINE = Environment("mmengine-0.10.7", ("mmengine==0.10.7",), base=TORCH, packages=("torchvision",))

EXAMPLE = Environment(  # examples/classification: torchvision and timm ask for a torch that is not the CPU build
    "example",
    ("timm==1.0.31", "torchvision==0.28.0"),
    base=TORCH,
    options=("--no-deps",),
    build=(
        *("huggingface-hub==2.4.0", "safetensors==0.8.0", "scikit-learn==1.9.1", "tensorboard==2.21.0"),
        *("pyyaml==6.0.3", "pillow==12.3.0", "opencv-python-headless==4.13.0.92"),
    ),
)
INTEGRATIONS = Environment(
    "integrations",
    (
        *("lightning==2.6.6", "pytorch-lightning==2.6.6", "transformers==5.23.0", "accelerate==1.15.0"),
        *("keras==3.15.1", "optuna==5.0.0", "pillow==13.0.0"),
    ),
    base=TORCH,
)

TENSORBOARD = Environment("tensorboard", ("tensorboard==2.21.0", "tensorboardX==2.6.5", "pillow==13.0.0"), base=TORCH)
SUMMARY_WRITER = Environment(
    "summary-writer", ("tensorboard==2.20.0", "matplotlib==3.11.2", "pillow==12.3.0"), base=TORCH
)


def make_all() -> None:
    """Makes every environment of this file that is not there: before the tests, whose time limit is for tests."""
    every = [value for value in globals().values() if isinstance(value, Environment)] + [*MMCV.values()]
    bases = [one for one in every if one.base is None]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(Environment.python, bases))
        list(threads.map(Environment.python, [one for one in every if one.base is not None]))


if __name__ == "__main__":
    make_all()
