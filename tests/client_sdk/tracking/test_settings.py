"""Environment, saved login, and what is said about bad values."""

import json
import stat
from pathlib import Path

import pytest

import pavi
from pavi import settings
from pavi.exception import BadSetting


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PAVI_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config"


def test_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    known = settings.load()
    assert known.server == "http://127.0.0.1:8300"
    assert known.token is None
    assert known.mode == "online"
    assert known.dir == tmp_path / ".pavi"


def test_login_is_kept_for_its_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings.save_login("one.example:8300/", "t1", "ada")
    settings.save_login("https://two.example", "t2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (settings.load().server, settings.load().token) == ("https://two.example", "t2")
    monkeypatch.setenv("PAVI_SERVER", "http://one.example:8300")
    assert (settings.load().token, settings.load().user) == ("t1", "ada")
    assert settings.token_for("https://two.example/") == "t2"
    monkeypatch.setenv("PAVI_TOKEN", "t3")
    assert settings.load().token == settings.token_for("https://two.example") == "t3"


def test_logout(folder: Path) -> None:
    settings.save_login("http://one.example", "t1")
    assert settings.forget_login()
    assert not settings.forget_login("http://one.example")
    assert settings.load().token is None
    assert "t1" not in (folder / "credentials.json").read_text()


def test_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"PAVI_MODE": "Offline", "PAVI_DIR": str(tmp_path), "PAVI_PROJECT": "p"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PAVI_COMPARE_ID", "3")
    known = settings.load()
    assert (known.mode, known.dir, known.project, known.compare) == ("offline", tmp_path, "p", "3")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PAVI_MODE", "onlin"), ("PAVI_SERVER", "ftp://x"), ("PAVI_SERVER", "http://"), ("PAVI_SERVER", "http://a:b")],
)
def test_bad_value_is_one_clear_error(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match="write"):
        pavi.init(mode=None if name == "PAVI_MODE" else "disabled")


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"servers": {"a": 1}})])
def test_damaged_login_file_says_the_way_out(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "credentials.json").write_text(text)
    with pytest.raises(BadSetting, match="pavi login"):
        settings.load()


@pytest.mark.parametrize(
    "arguments",
    [{"mode": "x"}, {"resume": "perhaps"}, {"rank_reduce": "sum"}, {"id": 1.5}, {"project": ["a"]}],
    ids=str,
)
def test_arguments_that_make_no_sense_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        pavi.init(**arguments)  # type: ignore[arg-type]
