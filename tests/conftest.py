"""The ground tests stand on: a data folder of their own, SQLite or a real PostgreSQL, a real Redis.

``PAVI_TEST_DATABASE=postgres`` runs the same tests on PostgreSQL; the default is SQLite.
"""

import atexit
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import services

# A shell that starts tests in the background lets them ignore Ctrl-C, and every process that a test starts after them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_stack = contextlib.ExitStack()
_folder = tempfile.mkdtemp(prefix="pavi-tests-")
atexit.register(shutil.rmtree, _folder, True)
atexit.register(_stack.close)

# Nothing of the person's own configuration may leak into a test.
for _name in [name for name in os.environ if name.startswith("PAVI_") and not name.startswith("PAVI_TEST_")]:
    del os.environ[_name]
os.environ["PAVI_DATA_DIR"] = _folder
os.environ["PAVI_CONFIG_DIR"] = str(Path(_folder) / "config")
os.environ["DJANGO_SETTINGS_MODULE"] = "server.config.settings"

if os.environ.get("PAVI_TEST_DATABASE", "sqlite") == "postgres":
    os.environ["PAVI_DATABASE"] = _stack.enter_context(services.postgres())
os.environ["PAVI_REDIS"] = _stack.enter_context(services.redis())

import django  # noqa: E402  # after the environment that its settings read

django.setup()

from collections.abc import Callable, Iterator  # noqa: E402

import pytest  # noqa: E402

from tests.platform import Ground, RunningPlatform, prepare  # noqa: E402
from tests.platform import platform as _platform  # noqa: E402


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A data folder and a database with tables and the user ``ada``, made once and never started: others copy it."""
    return prepare(tmp_path_factory.mktemp("seed"), os.environ.get("PAVI_DATABASE", ""))


@pytest.fixture(scope="session")
def ground(seed: Ground) -> Callable[[Path], Ground]:
    """Makes a copy of the seed in a folder, with a database of its own."""
    return seed.copy


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, ground: Callable[[Path], Ground]) -> Iterator[RunningPlatform]:
    """One real platform for all tests that only use it."""
    with _platform(ground(tmp_path_factory.mktemp("platform") / "data")) as running:
        yield running


@pytest.fixture
def own_platform(tmp_path: Path, ground: Callable[[Path], Ground]) -> Iterator[RunningPlatform]:
    """A platform for one test alone, which may break it."""
    with _platform(ground(tmp_path / "data")) as running:
        yield running
