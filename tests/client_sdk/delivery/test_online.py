"""Trainings that stream to a real server: what arrives, and what happens when it is not there or not ours."""

import signal
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pavi
from pavi import settings
from pavi.delivery.client import Client
from pavi.delivery.sync import sync, verify
from pavi.journal import find_journals, open_journal
from tests.client_sdk.delivery.conftest import stored
from tests.client_sdk.scripts import journals_in, only_journal, run, start
from tests.platform import RunningPlatform


def online(platform: RunningPlatform, **more: str) -> dict[str, str]:
    return {"PAVI_MODE": "online", "PAVI_SERVER": platform.url, "PAVI_TOKEN": platform.token} | more


def eventually(ask: Callable[[], Any], wanted: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while (found := ask()) != wanted:
        assert time.monotonic() < deadline, f"{found!r}, not {wanted!r}"
        time.sleep(0.1)


def test_whole_training(platform: RunningPlatform, client: Client, tmp_path: Path) -> None:
    script = """
        import pavi
        with pavi.init(project="online", name="whole", config={"lr": 0.1}, tags=["a"], notes="hm") as training:
            print("some output")
            for step in range(2_000):
                training.log({"loss": step / 2, "acc": 1.0}, step)
            open("checkpoint", "wb").write(b"weights" * 1000)
            training.add_snapshot_file("m", "checkpoint", 5)
            training.summary["best"] = 3
            assert training.flush(30)
            assert training.url.startswith("http") and training.name == "whole"
            assert training.url in training._repr_html_()
            print(training.id)
    """
    code, out, err = run(
        f"import os\nos.chdir({str(tmp_path)!r})\nos.environ.pop('PAVI_CONSOLE')\n" + textwrap.dedent(script),
        tmp_path / "journals",
        **online(platform),
    )
    assert code == 0, err
    identity = out.split()[-1]
    found = client.get(f"trainings/{identity}")
    assert found["status"] == "finished"
    assert found["config"] == {"lr": 0.1}
    assert found["summary"] == {"best": 3}
    assert found["tags"] == ["a"]
    assert f"training {found['number']} 'whole' → " in err
    assert stored(client, identity) == [(step, step / 2) for step in range(2_000)]
    journal = only_journal(tmp_path / "journals")
    assert verify(journal, client).ok
    assert list((journal.folder / "files").iterdir()) == []
    lines = client.get(f"trainings/{identity}/console")["items"]
    assert "some output" in str(lines)


def test_crash_and_its_reason(platform: RunningPlatform, client: Client, tmp_path: Path) -> None:
    code, _, _ = run(
        "import pavi\nt = pavi.init()\nt.log({'loss': 1})\nraise RuntimeError('boom')", tmp_path, **online(platform)
    )
    assert code == 1
    found = client.get(f"trainings/{only_journal(tmp_path).training}")
    assert (found["status"], found["reason"]) == ("crashed", "RuntimeError: boom")


def test_sigterm_arrives_at_the_server(platform: RunningPlatform, client: Client, tmp_path: Path) -> None:
    script = "import pavi, time\nt = pavi.init()\nt.log({'loss': 1})\nprint('ready')\ntime.sleep(60)"
    process = start(script, tmp_path, **online(platform))
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM
    found = client.get(f"trainings/{only_journal(tmp_path).training}")
    assert (found["status"], found["reason"]) == ("crashed", "terminated (SIGTERM)")


def test_forked_children_are_sent_along(platform: RunningPlatform, client: Client, tmp_path: Path) -> None:
    script = """
        import os, pavi
        training = pavi.init(resume="never")
        training.log({"loss": 0}, 0)
        for number in range(3):
            child = os.fork()
            if child == 0:
                training.log({f"child/{number}": number}, number)
                os._exit(0)
            os.waitpid(child, 0)
        training.log({"loss": 0.5}, 1)
    """
    code, _, err = run(script, tmp_path, **online(platform))
    assert code == 0, err
    journals = journals_in(tmp_path)
    assert len(journals) == 4
    identity = journals[0].training
    assert stored(client, identity) == [(0, 0.0), (1, 0.5)]
    for number in range(3):
        assert stored(client, identity, f"child/{number}") == [(number, float(number))]
    assert client.get(f"trainings/{identity}")["status"] == "finished"


def test_all_ranks_in_one_training(platform: RunningPlatform, client: Client, tmp_path: Path) -> None:
    script = (
        "import pavi, os\nwith pavi.init(rank_reduce='mean') as t:\n    t.log({'loss': int(os.environ['RANK'])}, 1)"
    )
    ranks = [
        start(
            script,
            tmp_path,
            **online(platform),
            RANK=str(rank),
            WORLD_SIZE="3",
            TORCHELASTIC_RUN_ID=tmp_path.name,
        )
        for rank in range(3)
    ]
    for process in ranks:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    (identity,) = {journal.training for journal in journals_in(tmp_path)}
    series = client.get("scalars/series", {"training": str(identity)})["items"]
    assert {item["rank"] for item in series if item["tag"] == "loss"} >= {0, 1, 2}


def test_server_away_costs_nothing_and_loses_nothing(platform: RunningPlatform, client: Client, tmp_path: Path) -> None:
    script = """
        import pavi
        training = pavi.init()
        for step in range(1_000):
            training.log({"loss": step / 2}, step)
        training.finish(timeout=0.3)
    """
    away = online(platform) | {"PAVI_SERVER": "http://127.0.0.1:9"}
    code, _, err = run(script, tmp_path, **away)
    assert code == 0
    assert "pavi sync" in err
    journal = only_journal(tmp_path)
    sync(journal, client)
    assert verify(journal, client).ok
    assert stored(client, journal.training) == [(step, step / 2) for step in range(1_000)]


def test_next_training_sends_what_a_killed_one_left(platform: RunningPlatform, client: Client, tmp_path: Path) -> None:
    script = "import pavi, time\nt = pavi.init()\nt.log({'loss': 0}, 0)\nprint('ready')\ntime.sleep(60)"
    process = start(script, tmp_path, **(online(platform) | {"PAVI_SERVER": platform.url, "PAVI_TOKEN": ""}))
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    left = only_journal(tmp_path).training
    run("import pavi\npavi.init(name='offline').log({'loss': 0}, 0)", tmp_path)
    (offline,) = [journal.training for journal in journals_in(tmp_path) if journal.training != left]
    following = start(
        "import pavi, sys\nt = pavi.init()\nt.log({'loss': 1}, 1)\nprint('ready')\nsys.stdin.readline()",
        tmp_path,
        **online(platform),
    )
    try:
        eventually(lambda: _status(client, left), "running")
        eventually(lambda: "loss" in _tags(client, left), True)
    finally:
        following.kill()
        following.communicate()
    assert stored(client, left) == [(0, 0.0)]
    # What was written offline on purpose waits for `pavi sync`.
    assert _status(client, offline) is None


def _status(client: Client, training: object) -> str | None:
    try:
        return str(client.get(f"trainings/{training}")["status"])
    except pavi.exception.NotFound:
        return None


def _tags(client: Client, training: object) -> list[str]:
    return [item["tag"] for item in client.get("scalars/series", {"training": str(training)})["items"]]


@pytest.fixture
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: RunningPlatform) -> None:
    for name in ("PAVI_CONSOLE", "PAVI_SYSTEM", "PAVI_GIT"):
        monkeypatch.setenv(name, "0")
    monkeypatch.setenv("PAVI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("PAVI_DIR", str(tmp_path / "journals"))
    monkeypatch.setenv("PAVI_SERVER", platform.url)


@pytest.mark.usefixtures("own_config")
@pytest.mark.parametrize("first", [None, "pavi_wrong"])
def test_login_in_mid_run_is_picked_up(
    first: str | None,
    platform: RunningPlatform,
    client: Client,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pavi.delivery.delivery._said", set())
    if first is not None:
        settings.save_login(platform.url, first)
    training = pavi.init()
    training.log({"loss": 0}, 0)
    assert not training.flush(1)
    settings.save_login(platform.url, platform.token)
    assert training.flush(30)
    training.finish()
    assert stored(client, training.id) == [(0, 0.0)]
    warnings = [record.message for record in caplog.records if "pavi login" in record.message]
    assert len(warnings) == 1
    (folder,) = find_journals(tmp_path / "journals")
    assert verify(open_journal(folder), client).ok


@pytest.mark.usefixtures("own_config")
def test_refused_training_says_so_and_stays(
    platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("PAVI_TOKEN", platform.token)
    training = pavi.init(id="there-is-none", resume="must")
    training.log({"loss": 0}, 0)
    assert not training.flush(10)
    training.finish()
    assert "does not take this training" in caplog.text
    assert only_journal(tmp_path / "journals").committed > 0


@pytest.mark.usefixtures("own_config")
def test_same_name_is_the_same_training(
    platform: RunningPlatform, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAVI_TOKEN", platform.token)
    with pavi.init(project="named", id="my-run", config={"a": 1}) as first:
        first.log({"loss": 0}, 0)
    with pavi.init(project="named", id="my-run", resume="must", resume_from_step=0, config={"b": 2}) as second:
        second.log({"loss": 0.5})
    assert first.id == second.id
    assert stored(client, first.id) == [(0, 0.0), (1, 0.5)]
    assert client.get(f"trainings/{first.id}")["config"] == {"a": 1, "b": 2}
    number = client.get(f"trainings/{first.id}")["number"]
    with pavi.SummaryWriter(training_id=number) as writer:
        writer.add_scalar("loss", 1.0, 2)
    assert writer.training.id == first.id
    assert len(stored(client, first.id)) == 3
