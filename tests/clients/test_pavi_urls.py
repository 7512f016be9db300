"""``pavi://`` through mmcv 1.7.2 and mmengine 0.10.7 themselves: save, load, and eight ranks at once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pavi import modelcloud
from pavi.delivery.client import Client
from tests.clients.conftest import Machine
from tests.clients.environments import MMCV, MMENGINE, Environment
from tests.platform import RunningPlatform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SCRIPT = Path(__file__).parent / "pavi_urls_scripts" / "save_and_load.py"


@pytest.fixture(scope="module", params=["mmcv", "mmengine"])
def found(
    request: pytest.FixtureRequest, machine: Callable[[Environment], Machine], platform: RunningPlatform
) -> dict[str, Any]:
    """What the library did, and what the server has afterwards."""
    library = request.param
    project = f"urls-{library}"
    made = machine(MMCV["1.7.2"] if library == "mmcv" else MMENGINE)
    said = json.loads(made.run(SCRIPT, library, project).splitlines()[-1])
    client = Client(platform.url, platform.token)
    nodes = modelcloud.get(project, client=client).children(recursive=True)
    server = [(node.path.removeprefix(project), node.kind, node.version) for node in nodes]
    client.close()
    return {**said, "project": project, "server": server}


def test_what_was_saved_is_loaded(found: dict[str, Any]) -> None:
    project = found["project"]
    assert found[f"pavi://{project}/deep/er/x.pth"] == 1.0
    assert found[f"pavi://{project}/top.pth"] == 2.0
    assert found[f"pavi://{project}.pth"] == 3.0
    assert "state_dict" in found["loader"]


def test_eight_ranks_load_at_once(found: dict[str, Any]) -> None:
    assert found["at_once"] == [1.0] * 8


def test_the_exceptions_that_they_catch(found: dict[str, Any]) -> None:
    assert "x.pth is there already" in found["again"]
    assert "none.pth" in found["missing"]
    assert found["deleted"] is True


def test_aliases_and_versions_in_addresses(found: dict[str, Any]) -> None:
    assert (found["alias"], found["version"]) == (1.0, 4.0)


def test_what_the_server_has(found: dict[str, Any]) -> None:
    assert found["server"] == [
        ("/deep", "folder", None),
        ("/deep/er", "model", 2),
        ("/deep/er/x.pth", "file", 1),
        ("/deep/er/y.pth", "file", 2),
    ]
