"""`pavi tb import` and `pavi tb watch` against the platform: nothing is missing, and nothing comes twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pavi.api import Api
from pavi.api.trainings import StoredTraining
from pavi.tensorboard.runs import Runs
from tests.client_sdk.people import Person
from tests.client_sdk.tensorboard import writing

PATIENCE_S = 60.0
Tb = Callable[..., subprocess.CompletedProcess[str]]


def command(person: Person, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "pavi", "tb", *map(str, arguments), "--project", person.project]


def environment(person: Person, folder: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PAVI_")}
    return clean | {
        "PAVI_SERVER": person.platform.url,
        "PAVI_TOKEN": person.token,
        "PAVI_CONFIG_DIR": str(folder),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def tb(person: Person, tmp_path: Path) -> Tb:
    """``pavi tb`` of the person, typed in some folder."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(person, *arguments),
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env=environment(person, tmp_path / "config"),
        )

    return run


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two runs below a folder, one of them within the other's, the second with two files."""
    folder = tmp_path / "logs"
    losses = [writing.scalar("loss", step, step / 8, 1_700_000_010.0 + step) for step in range(500)]
    writing.write(
        folder / "a" / "events.out.tfevents.1.host", *losses, writing.text("note", 3, "words", 1_700_000_600.0)
    )
    first = [writing.scalar("acc", step, 0.5, 1_700_000_010.0) for step in range(10)]
    writing.write(folder / "a" / "b" / "events.out.tfevents.1.host", *first)
    second = [writing.scalar("acc", step, 0.75, 1_700_000_900.0) for step in range(10, 20)]
    writing.write(folder / "a" / "b" / "events.out.tfevents.2.host", *second, time=1_700_000_800.0)
    (folder / "empty").mkdir()
    (folder / "a" / "other.txt").write_text("no event file")
    return folder


def trainings(person: Person) -> dict[str, StoredTraining]:
    return {training.name: training for training in person.api.trainings(project=person.project)}


def points(training: StoredTraining, tag: str) -> list[tuple[int, float]]:
    return [(point.step, point.value) for point in training.series(tag).points()]


def test_every_run_is_a_training(person: Person, tb: Tb, logs: Path) -> None:
    done = tb("import", logs)
    assert done.returncode == 0, done.stderr
    found = trainings(person)
    assert set(found) == {"a", "a/b"}
    assert points(found["a"], "loss") == [(step, step / 8) for step in range(500)]
    assert [point.time for point in found["a"].series("loss").points()][:2] == [1_700_000_010.0, 1_700_000_011.0]
    assert points(found["a/b"], "acc") == [(step, 0.5 if step < 10 else 0.75) for step in range(20)]
    assert {training.status for training in found.values()} == {"finished"}
    ended = found["a/b"].finished_at
    assert ended is not None
    assert ended.timestamp() == 1_700_000_900.0
    assert "tensorboard" in found["a"].tags


def test_again_adds_nothing(person: Person, tb: Tb, logs: Path, tmp_path: Path) -> None:
    first = tb("import", logs)
    assert "500 points and 1 other things" in first.stdout
    (tmp_path / "config").mkdir(exist_ok=True)
    again = tb("import", logs.parent / "logs" / ".." / "logs")
    assert again.returncode == 0
    assert again.stdout.count("nothing new") == 2
    found = trainings(person)
    assert set(found) == {"a", "a/b"}
    assert found["a"].series("loss").count == 500
    texts = person.api.client.get(f"trainings/{found['a'].id}/media")["items"]
    assert [(one["kind"], one["tag"], one["count"]) for one in texts] == [("text", "note", 1)]


def test_grown_since(person: Person, tb: Tb, logs: Path) -> None:
    path = logs / "a" / "events.out.tfevents.1.host"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert tb("import", logs).returncode == 0
    path.write_bytes(whole)
    writing.write(
        logs / "a" / "events.out.tfevents.9.host", writing.scalar("loss", 500, 62.5, 1_700_001_001.0), time=1.7e9
    )
    done = tb("import", logs)
    assert done.returncode == 0, done.stderr
    found = trainings(person)
    assert set(found) == {"a", "a/b"}
    assert points(found["a"], "loss") == [(step, step / 8) for step in range(501)]
    ended = found["a"].finished_at
    assert ended is not None
    assert ended.timestamp() == 1_700_001_001.0


def test_killed_in_the_middle_goes_on(person: Person, logs: Path) -> None:
    """What a first attempt has sent before it died is not sent again, wherever it was cut."""
    path = logs / "a" / "events.out.tfevents.1.host"
    whole = path.read_bytes()
    for size in (1_000, 10_007, len(whole)):
        path.write_bytes(whole[:size])
        runs = Runs(logs / "a", person.api.client, user=person.name, project=person.project)
        list(runs.bring())
    assert points(trainings(person)["b"], "acc")[:1] == [(0, 0.5)]
    assert points(trainings(person)["a"], "loss") == [(step, step / 8) for step in range(500)]


def test_name_and_one_file(person: Person, tb: Tb, logs: Path) -> None:
    assert tb("import", logs, "--name", "old").returncode == 0
    assert set(trainings(person)) == {"old/a", "old/a/b"}
    single = writing.write(logs.parent / "one" / "events.out.tfevents.1", writing.scalar("x", 1, 1.0, 1_700_000_001.0))
    assert tb("import", single, "--name", "single").returncode == 0
    assert points(trainings(person)["single"], "x") == [(1, 1.0)]


def test_restart_hides_what_came_before(person: Person, tb: Tb, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    first = [writing.scalar("loss", step, 1.0, 1_700_000_001.0) for step in range(10)]
    second = [writing.scalar("loss", step, 2.0, 1_700_000_101.0) for step in range(5, 8)]
    writing.write(folder / "events.out.tfevents.1", *first)
    writing.write(folder / "events.out.tfevents.2", writing.restart(5, 1_700_000_100.0), *second, time=1_700_000_099.0)
    assert tb("import", folder).returncode == 0
    shown = points(trainings(person)["run"], "loss")
    assert shown == [(step, 1.0) for step in range(5)] + [(step, 2.0) for step in range(5, 8)]


def test_damage_is_told(person: Person, tb: Tb, tmp_path: Path) -> None:
    path = writing.write(
        tmp_path / "run" / "events.out.tfevents.1", *(writing.scalar("x", n, 1.0, 1_700_000_001.0) for n in range(3))
    )
    content = bytearray(path.read_bytes())
    content[-8] ^= 1  # in the last record's number
    path.write_bytes(content)
    done = tb("import", tmp_path / "run")
    assert done.returncode == 1
    assert "1 damaged records" in done.stderr
    assert points(trainings(person)["run"], "x") == [(0, 1.0), (1, 1.0)]


def test_many_pictures(person: Person, tb: Tb, tmp_path: Path) -> None:
    pictures = [b"\x89PNG\r\n\x1a\n" + bytes([step % 100]) * 50 for step in range(300)]  # some are the same bytes
    records = [writing.picture("x", step, data, 1_700_000_001.0 + step) for step, data in enumerate(pictures)]
    writing.write(tmp_path / "run" / "events.out.tfevents.1", *records)
    done = tb("import", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    training = trainings(person)["run"]
    (index,) = person.api.client.get(f"trainings/{training.id}/media")["items"]
    assert (index["kind"], index["count"]) == ("image", 300)
    answer = person.api.client.get(
        f"trainings/{training.id}/media/items", {"kind": "image", "tag": "x", "from": 299, "to": 299}
    )
    (item,) = answer["items"]
    assert item["stored"]
    with person.api.client.stream(f"trainings/{training.id}/media/{item['id']}/file") as response:
        assert response.content == pictures[299]


def test_nothing_there(tb: Tb, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    done = tb("import", tmp_path / "none")
    assert done.returncode == 1
    assert "no event files" in done.stderr


def test_nobody_logged_in(tmp_path: Path, person: Person, logs: Path) -> None:
    settings = environment(person, tmp_path / "config") | {"PAVI_TOKEN": ""}
    done = subprocess.run(command(person, "import", logs), capture_output=True, text=True, timeout=60, env=settings)
    assert done.returncode == 1
    assert "pavi login" in done.stderr


def test_more_than_a_block(person: Person, tb: Tb, tmp_path: Path) -> None:
    """Hundreds of thousands of points of ten series, in a file of several blocks and batches."""
    records = [writing.scalar(f"series {tag}", 1, 0.5, 1_700_000_001.0) for tag in range(10)]
    path = writing.write(tmp_path / "big" / "events.out.tfevents.1")
    with path.open("ab") as file:
        file.write(b"".join(records) * 30_000)
    assert path.stat().st_size > 8 * 1024 * 1024
    done = tb("import", path.parent)
    assert done.returncode == 0, done.stderr
    assert "300,000 points" in done.stdout
    training = trainings(person)["big"]
    assert {series.count for series in training.series()} == {30_000}
    assert len(training.series()) == 10


@pytest.fixture
def watching(person: Person, tmp_path: Path) -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Starts ``pavi tb watch``; kills what a test leaves."""
    started: list[subprocess.Popen[str]] = []

    def start(path: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command(person, "watch", path, "--interval", "0.1"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(person, tmp_path / "config"),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(api: Api, project: str, name: str, tag: str, count: int) -> StoredTraining:
    """The training, once its series has so many points."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for training in api.trainings(where=f'name == "{name}"', project=project) if has(api, project) else ():
            if any(series.tag == tag and series.count >= count for series in training.series()):
                return training
        time.sleep(0.1)
    raise AssertionError(f"{name} did not get {count} points of {tag}")


def has(api: Api, project: str) -> bool:
    return any(one.name == project for one in api.projects())


def test_watch_follows_what_grows_and_what_is_new(
    person: Person, watching: Callable[[Path], subprocess.Popen[str]], tmp_path: Path
) -> None:
    path = writing.write(tmp_path / "w" / "run" / "events.out.tfevents.1", writing.scalar("x", 0, 0.0, 1_700_000_001.0))
    process = watching(tmp_path / "w")
    wait_for(person.api, person.project, "run", "x", 1)
    late = writing.scalar("x", 2, 2.0, 1_700_000_003.0)
    with path.open("ab") as file:
        file.write(writing.scalar("x", 1, 1.0, 1_700_000_002.0) + late[:20])
        file.flush()
        wait_for(person.api, person.project, "run", "x", 2)
        file.write(late[20:])
    training = wait_for(person.api, person.project, "run", "x", 3)
    writing.write(tmp_path / "w" / "other" / "events.out.tfevents.1", writing.scalar("y", 0, 0.0, 1_700_000_001.0))
    wait_for(person.api, person.project, "other", "y", 1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert "run: 1 points" in out
    training.reload()
    assert training.status == "finished"
    assert points(training, "x") == [(0, 0.0), (1, 1.0), (2, 2.0)]
