"""Logging in and out: a token is checked before it is kept, and kept for this user alone."""

import json
from pathlib import Path

from tests.client_sdk.cli.conftest import Pavi
from tests.client_sdk.people import Person
from tests.services import free_port


def test_login_whoami_logout(bare_pavi: Pavi, person: Person, tmp_path: Path) -> None:
    done = bare_pavi("login", "--server", person.platform.url, "--token", person.token)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"logged in to {person.platform.url} as {person.name}\n"
    path = tmp_path / "config" / "credentials.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert bare_pavi("whoami").stdout == f"{person.name} on {person.platform.url}\n"
    assert bare_pavi("logout").stdout == f"logged out of {person.platform.url}\n"
    assert person.token not in path.read_text()
    done = bare_pavi("whoami")
    assert done.returncode == 1
    assert "`pavi login`" in done.stderr


def test_a_token_from_a_pipe(bare_pavi: Pavi, person: Person) -> None:
    done = bare_pavi("login", "--server", person.platform.url, input=person.token + "\n")
    assert done.returncode == 0
    assert person.token not in done.stdout + done.stderr
    assert bare_pavi("whoami").stdout.startswith(person.name)


def test_a_wrong_token_is_not_kept(bare_pavi: Pavi, person: Person, tmp_path: Path) -> None:
    done = bare_pavi("login", "--server", person.platform.url, "--token", "pavi_wrong")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "pavi login" in done.stderr
    assert not (tmp_path / "config").exists()


def test_no_token_at_all(bare_pavi: Pavi, person: Person) -> None:
    done = bare_pavi("login", "--server", person.platform.url)
    assert done.returncode == 1
    assert "--token" in done.stderr


def test_logging_out_says_that_the_environment_still_has_a_token(bare_pavi: Pavi, person: Person) -> None:
    done = bare_pavi("logout", PAVI_TOKEN=person.token)
    assert done.returncode == 0
    assert "unset PAVI_TOKEN" in done.stderr


def test_two_servers_keep_their_own_tokens(bare_pavi: Pavi, person: Person, tmp_path: Path) -> None:
    assert bare_pavi("login", "--server", person.platform.url, "--token", person.token).returncode == 0
    other = f"http://localhost:{person.platform.port}"
    assert bare_pavi("login", "--server", other, "--token", person.token).returncode == 0
    assert bare_pavi("whoami").stdout.endswith(f"on {other}\n")
    assert bare_pavi("whoami", PAVI_SERVER=person.platform.url).returncode == 0
    saved = json.loads((tmp_path / "config" / "credentials.json").read_text())
    assert set(saved["servers"]) == {person.platform.url, other}


def test_an_address_that_is_none(bare_pavi: Pavi) -> None:
    done = bare_pavi("login", "--server", "ftp://host", "--token", "x")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no server address" in done.stderr


def test_nobody_answers(bare_pavi: Pavi) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    done = bare_pavi("login", "--server", address, "--token", "x")
    assert done.returncode == 1
    assert address in done.stderr
    assert "pavi-server up" in done.stderr
