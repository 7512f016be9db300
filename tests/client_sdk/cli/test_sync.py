"""``pavi sync`` sends what waits, proves it, and says so with its exit code."""

import os
import re
import signal
import struct
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from pavi.cli import syncing
from tests.client_sdk.cli.conftest import Pavi
from tests.client_sdk.people import Person
from tests.services import free_port


def _train(folder: Path, body: str, **environment: str) -> None:
    """Runs a training that never talks to a server."""
    script = f"import pavi\n{textwrap.dedent(body)}"
    subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        timeout=120,
        cwd=folder,
        env={**os.environ, "PAVI_MODE": "offline", "PAVI_DIR": str(folder / "journals"), **environment},
    )


@pytest.fixture
def offline(tmp_path: Path, person: Person) -> Path:
    """The folder of a training that was journaled and not sent."""
    _train(
        tmp_path,
        """
        with pavi.init(name="offline", system_metrics=False, console=False, git=False) as training:
            for step in range(1000):
                training.log({"train/loss": 1 / (step + 1), "val/acc": step / 1000}, step=step)
        """,
        PAVI_PROJECT=person.project,
    )
    return tmp_path


def test_sync_sends_everything_once(pavi: Pavi, person: Person, offline: Path) -> None:
    done = pavi("sync")
    assert done.returncode == 0, done.stderr
    assert "sent training" in done.stdout
    [training] = person.api.trainings(person.project)
    assert (training.name, training.status) == ("offline", "finished")
    assert training.series("train/loss").numpy()[0].tolist() == list(range(1000))
    again = pavi("sync")
    assert again.returncode == 0
    assert again.stdout.startswith("nothing waits")
    assert training.series("train/loss").count == 1000


def test_verify(pavi: Pavi, offline: Path) -> None:
    done = pavi("sync", "--verify")
    assert done.returncode == 0, done.stderr
    match = re.search(r"verified \S+: (\d+) series, (\d+) points, all equal", done.stdout)
    assert match
    assert int(match[1]) >= 2
    assert int(match[2]) >= 2000
    assert pavi("sync", "--verify").returncode == 0


def test_verify_notices_what_the_server_does_not_have(pavi: Pavi, person: Person, offline: Path) -> None:
    assert pavi("sync").returncode == 0
    [training] = person.api.trainings(person.project)
    # Another journal is put in the place of what was sent: same writer, other values.
    journal = next((offline / "journals").glob("*/*/*.journal"))
    data = bytearray(journal.read_bytes())
    where = data.rfind(struct.pack("<d", 0.999))
    assert where > 0
    data[where : where + 8] = struct.pack("<d", 0.5)
    journal.write_bytes(data)
    done = pavi("sync", "--verify")
    assert done.returncode == 1
    assert "val/acc" in done.stderr
    assert "differs" in done.stderr
    assert training.series("val/acc").count == 1000


def test_a_path(pavi: Pavi, person: Person, offline: Path) -> None:
    moved = offline / "elsewhere"
    (offline / "journals").rename(moved)
    assert pavi("sync").stdout.startswith("nothing waits")
    assert pavi("sync", moved).returncode == 0
    assert len(list(person.api.trainings(person.project))) == 1


def test_a_journal_that_cannot_be_read_does_not_stop_the_others(pavi: Pavi, person: Person, offline: Path) -> None:
    broken = offline / "journals" / "a" / "b"
    broken.mkdir(parents=True)
    (broken / "000001.journal").write_bytes(b"rubbish" * 1000)
    done = pavi("sync")
    assert done.returncode == 1
    assert str(broken) in done.stderr
    assert len(list(person.api.trainings(person.project))) == 1


def test_the_server_is_away(bare_pavi: Pavi, offline: Path) -> None:
    done = bare_pavi("sync", PAVI_SERVER=f"http://127.0.0.1:{free_port()}", PAVI_TOKEN="pavi_any")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "does not answer" in done.stderr


def test_nobody_is_logged_in(bare_pavi: Pavi, offline: Path) -> None:
    done = bare_pavi("sync")
    assert done.returncode == 1
    assert "pavi login" in done.stderr


def test_watch(person: Person, tmp_path: Path) -> None:
    environment = person.platform.environment(tmp_path / "journals")
    (tmp_path / "journals").mkdir()
    watch = subprocess.Popen(
        [sys.executable, "-m", "pavi", "sync", "--watch"],
        env=environment | {"PAVI_TOKEN": person.token},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _train(
            tmp_path,
            'with pavi.init(name="watched", console=False, system_metrics=False) as training:\n'
            '    training.log({"a": 1.0})',
            PAVI_PROJECT=person.project,
        )
        deadline = time.monotonic() + 60
        while not any(
            training.project == person.project and training.status == "finished"
            for training in person.api.trainings(limit=5)
        ):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        time.sleep(2 * syncing._WATCH_S)
    finally:
        watch.send_signal(signal.SIGINT)
        out, err = watch.communicate(timeout=30)
    assert (watch.returncode, err) == (0, "")
    assert out.count("sent training") == 1
