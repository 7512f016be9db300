"""The `pavi` command, as people run it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client_sdk.people import Person

Pavi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bare_pavi(tmp_path: Path) -> Pavi:
    """``pavi`` of somebody who has not logged in anywhere; keywords are environment variables."""

    def run(*arguments: object, input: str = "", **environment: str) -> subprocess.CompletedProcess[str]:  # noqa: A002
        return subprocess.run(
            [sys.executable, "-m", "pavi", *map(str, arguments)],
            input=input,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PAVI_")},
                "PAVI_CONFIG_DIR": str(tmp_path / "config"),
                "PAVI_DIR": str(tmp_path / "journals"),
                **environment,
            },
        )

    return run


@pytest.fixture
def pavi(bare_pavi: Pavi, person: Person) -> Pavi:
    """``pavi`` of the person, by environment."""

    def run(*arguments: object, **options: str) -> subprocess.CompletedProcess[str]:
        return bare_pavi(*arguments, PAVI_SERVER=person.platform.url, PAVI_TOKEN=person.token, **options)

    return run
