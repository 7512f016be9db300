"""``pavi server doctor`` tells what is well, what is not, and how to mend it."""

from pathlib import Path

from tests.client_sdk.cli.conftest import Pavi
from tests.client_sdk.people import Person
from tests.services import free_port


def test_all_is_well(pavi: Pavi, person: Person) -> None:
    done = pavi("server", "doctor")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(line.startswith("ok ") for line in done.stdout.splitlines())
    for text in (person.platform.url, "version 0.", "clocks differ by", f"logged in as {person.name}", "no journals"):
        assert text in done.stdout


def test_nobody_answers(bare_pavi: Pavi) -> None:
    done = bare_pavi("server", "doctor", PAVI_SERVER=f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "BAD" in done.stdout
    assert "pavi-server up" in done.stdout


def test_a_wrong_token(pavi: Pavi, bare_pavi: Pavi, person: Person) -> None:
    done = bare_pavi("server", "doctor", PAVI_SERVER=person.platform.url, PAVI_TOKEN="pavi_wrong")
    assert done.returncode == 1
    assert "run `pavi login`" in done.stdout
    done = bare_pavi("server", "doctor", PAVI_SERVER=person.platform.url)
    assert done.returncode == 1
    assert "nobody is logged in" in done.stdout


def test_what_waits(pavi: Pavi, tmp_path: Path) -> None:
    broken = tmp_path / "journals" / "a" / "b"
    broken.mkdir(parents=True)
    (broken / "000001.journal").write_bytes(b"rubbish" * 1000)
    done = pavi("server", "doctor")
    assert done.returncode == 1
    assert str(broken) in done.stdout


def test_offline_is_said(pavi: Pavi) -> None:
    assert "mode is offline" in pavi("server", "doctor", PAVI_MODE="offline").stdout
