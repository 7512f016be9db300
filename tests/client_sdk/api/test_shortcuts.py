"""The module functions: one question each, with the saved login."""

import json
import math
from pathlib import Path

import pytest

from pavi import api, settings
from pavi.exception import NotFound, NotLoggedIn, ServerUnreachable
from tests.client_sdk.people import Person
from tests.platform import RunningPlatform
from tests.services import free_port


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PAVI_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config"


def test_login_keeps_a_token_that_works(person: Person, config: Path) -> None:
    assert api.login(person.platform.url + "/", person.token) == person.name
    path = config / "credentials.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert settings.load().token == person.token
    assert settings.load().server == person.platform.url
    assert api.Api().me()["username"] == person.name
    assert api.login() == person.name, "the saved one is checked again"


def test_login_keeps_nothing_that_does_not_work(platform: RunningPlatform, config: Path) -> None:
    with pytest.raises(NotLoggedIn):
        api.login(platform.url, "pavi_wrong")
    with pytest.raises(NotLoggedIn):
        api.login(platform.url)
    with pytest.raises(ServerUnreachable):
        api.login(f"http://127.0.0.1:{free_port()}", "pavi_any")
    assert not config.exists()


def test_the_environments_token_goes_to_its_own_server_only(
    person: Person, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAVI_SERVER", person.platform.url)
    monkeypatch.setenv("PAVI_TOKEN", person.token)
    assert api.Api().client.token == person.token
    assert api.Api(f"http://127.0.0.1:{free_port()}").client.token is None


def test_values_of_a_training(person: Person, config: Path) -> None:
    api.login(person.platform.url, person.token)
    writer = person.training()
    values = [3.0, 1.0, math.nan, 2.0]
    writer.points("val/acc", [(step, 1e9 + step, value) for step, value in enumerate(values)])
    ref = writer.training["number"]
    assert api.get_latest_scalar(ref, "val/acc") == {"step": 3, "time": 1e9 + 3, "value": 2.0}
    assert [point["step"] for point in api.get_scalar(ref, "val/acc", 2)] == [3, 2]
    assert [point["value"] for point in api.get_scalar(ref, "val/acc", 3, "value")] == [1.0, 2.0, 3.0]
    assert [point["value"] for point in api.get_scalar(ref, "val/acc", 2, "-value")] == [3.0, 2.0]
    assert [point["step"] for point in api.get_scalar(writer.training["id"], "val/acc", 9, "step")] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="order_key"):
        api.get_scalar(ref, "val/acc", 1, "size")
    with pytest.raises(NotFound):
        api.get_latest_scalar(ref, "no/such")


def test_the_address_of_a_training(person: Person, config: Path) -> None:
    api.login(person.platform.url, person.token)
    writer = person.training()
    assert api.get_training_url(writer.training["number"]) == writer.training["url"]


def test_the_saved_file_names_servers(person: Person, config: Path) -> None:
    api.login(person.platform.url, person.token)
    saved = json.loads((config / "credentials.json").read_text())
    assert saved["current"] == person.platform.url
