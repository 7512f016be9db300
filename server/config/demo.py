"""``pavi-server demo``: the platform, a user, and two real trainings that stream into it while one watches.

Works as a user would: through the published commands and the HTTP API, in processes of their own.
"""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from server.config import startup
from server.config.platform import Platform
from server.config.startup import Options, StartupError

_EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "digits.py"
_LEARNING_RATES = ("0.02", "0.001")
_EPOCHS = "60"
_MODEL = "digits/mlp"
_USER = "demo"


def run(options: Options, *, exit_when_done: bool, say: Callable[[str], None]) -> None:
    """Runs the whole demonstration; returns when everything that it started is stopped.

    Raises:
        StartupError: the platform did not start or a training failed.
    """
    if not _EXAMPLE.exists():
        raise StartupError(f"{_EXAMPLE} is missing: run the demo from a checkout of the project.")
    options = _free_port(options, say)
    platform = Platform(options, say)
    platform.stop_on_signals()
    platform.start()
    try:
        say(f"the platform is ready at {options.url}")
        password = _user(options)
        token = _token()
        environment = os.environ | _log_in(options, token, say)
        api = _Api(options.url, token)
        compare = api.post("/compares", {"name": "Digits: two learning rates"})
        environment |= {"PAVI_COMPARE_ID": str(compare["id"])}
        address = f"{options.url}/compares/{compare['number']}"
        _print(["", f"  {options.url}    user: {_USER}    password: {password}", f"  watch them live: {address}", ""])
        with _trainings(options, environment) as processes:
            while any(process.poll() is None for process in processes) and not platform.stop_asked:
                platform.serve(until=lambda: all(process.poll() is not None for process in processes))
            failed = [process for process in processes if process.poll()]
        if failed and not platform.stop_asked:
            raise StartupError(f"a training failed; see {options.data_dir / 'demo'}")
        if not platform.stop_asked:
            rows = api.trainings(str(compare["id"]))
            model = api.promote(rows[0])
            _print(["", *_table(rows), "", f"  compare them: {address}"])
            _print([f"  a model now, from the better one's checkpoint: pavi://{model}   {options.url}/models/{model}"])
            _print([f"  {options.url}    user: {_USER}    password: {password}", ""])
            if not exit_when_done:
                say("everything keeps running; Ctrl-C stops it.")
                platform.serve()
    finally:
        say("stopping.")
        platform.stop()
        say("stopped.")


def _free_port(options: Options, say: Callable[[str], None]) -> Options:
    """The wanted port, or for a demo simply the next that is free."""
    for port in range(options.port, options.port + 20):
        try:
            startup.bind(options.host, port).close()
        except StartupError:
            continue
        if port != options.port:
            say(f"port {options.port} is taken, so the demo uses {port}.")
        return replace(options, port=port)
    raise StartupError(f"ports {options.port} to {options.port + 19} are all taken. Choose another with --port.")


def _user(options: Options) -> str:
    """Makes the demo's user (or finds it again) and returns its password."""
    from django.db import connection

    from server.accounts import services
    from server.accounts.errors import UsernameTaken

    remembered = options.data_dir / "demo.json"
    password = json.loads(remembered.read_text())["password"] if remembered.exists() else secrets.token_urlsafe(9)
    try:
        services.create_user(username=_USER, password=password, is_admin=True)
    except UsernameTaken:
        services.set_password(user_id=_user_id(), password=password)
    finally:
        connection.close()
    descriptor = os.open(remembered, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"user": _USER, "password": password}, file)
    return password


def _token() -> str:
    from django.db import connection

    from server.accounts import services

    try:
        return services.create_token(user_id=_user_id(), name="pavi login (demo)").raw
    finally:
        connection.close()


def _user_id() -> int:
    from server.accounts import selectors

    user = selectors.find_user(_USER)
    if user is None:
        raise StartupError(f"the demo's user {_USER!r} is gone; start the demo on another folder with --data-dir.")
    return user.user_id


def _log_in(options: Options, token: str, say: Callable[[str], None]) -> dict[str, str]:
    """Logs the SDK in as a person would. Somebody's existing login is left alone: the demo then keeps its own."""
    home = Path(os.environ.get("PAVI_CONFIG_DIR") or Path.home() / ".config" / "pavi")
    extra: dict[str, str] = {}
    if (home / "credentials.json").exists():
        extra["PAVI_CONFIG_DIR"] = str(options.data_dir / "demo" / "config")
    command = [sys.executable, "-m", "pavi", "login", "--server", options.url, "--token", token]
    result = subprocess.run(command, env=os.environ | extra, capture_output=True, text=True, timeout=60, check=False)
    if result.returncode:
        raise StartupError(f"pavi login failed: {(result.stderr or result.stdout).strip()}")
    if extra:
        say(f"you are logged in elsewhere already; the demo's login is in {extra['PAVI_CONFIG_DIR']}.")
    return extra


@contextlib.contextmanager
def _trainings(options: Options, environment: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The trainings, at the same time; whatever still runs at the end is ended."""
    folder = options.data_dir / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    environment = environment | {"PAVI_DIR": str(folder / "journals"), "PYTHONUNBUFFERED": "1"}
    # Two small networks on two cores: a thread pool each would only make them wait for each other.
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    processes: list[subprocess.Popen[bytes]] = []
    with contextlib.ExitStack() as stack:
        for rate in _LEARNING_RATES:
            command = [sys.executable, str(_EXAMPLE), "--lr", rate, "--epochs", _EPOCHS]
            command += ["--work-dir", str(folder / "checkpoints")]
            log = stack.enter_context((folder / f"lr{rate}.log").open("wb"))
            processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT))
        try:
            yield processes
        finally:
            for process in processes:
                if process.poll() is None:
                    process.terminate()
            for process in processes:
                process.wait(30)


class _Api:
    """The two questions that the demo asks of the HTTP API."""

    def __init__(self, url: str, token: str) -> None:
        self._url = f"{url}/api/v1"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._session.post(self._url + path, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def get(self, path: str, **params: Any) -> Any:
        answer = self._session.get(self._url + path, params=params, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def trainings(self, compare: str) -> list[dict[str, Any]]:
        """The compare's trainings with what the table shows of them, when all of it has arrived."""
        deadline = time.monotonic() + 30
        while True:
            members = self.get(f"/compares/{compare}")["trainings"]
            rows = [self._row(str(member["id"])) for member in members]
            if all(row["status"] != "running" for row in rows) or time.monotonic() > deadline:
                return sorted(rows, key=lambda row: -row["best"])
            time.sleep(0.2)

    def promote(self, row: dict[str, Any]) -> str:
        """Makes the last checkpoint of a training a version of the demo's model. Returns the model's path."""
        snapshots = self.get(f"/trainings/{row['number']}/snapshots")["items"]
        last = max(snapshots, key=lambda snapshot: int(snapshot["iteration"]))
        body = {"training": str(row["number"]), "snapshot": last["id"], "path": _MODEL, "alias": "candidate"}
        self.post("/modelcloud/promote", body | {"comment": f"val/acc {row['acc']:.4f}"})
        return _MODEL

    def _row(self, training: str) -> dict[str, Any]:
        found = self.get(f"/trainings/{training}")
        series = {item["tag"]: item for item in self.get("/scalars/series", training=training)["items"]}
        accuracy = series["val/acc"]
        return {
            "name": found["name"],
            "number": found["number"],
            "status": found["status"],
            "lr": found["config"]["optimizer"]["lr"],
            "loss": series["val/loss"]["last_value"],
            "acc": accuracy["last_value"],
            "best": accuracy["max"],
            "points": sum(item["count"] for item in series.values()),
            "snapshots": len(self.get(f"/trainings/{training}/snapshots")["items"]),
        }


def _table(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["    #  training       status     lr      val loss  val acc   best    points  snapshots"]
    lines += [
        f"  {row['number']:3d}  {row['name']:13s}  {row['status']:9s}  {row['lr']:<6g}  {row['loss']:8.4f}  "
        f"{row['acc']:7.4f}  {row['best']:6.4f}  {row['points']:6d}  {row['snapshots']:9d}"
        for row in rows
    ]
    return lines


def _print(lines: list[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
