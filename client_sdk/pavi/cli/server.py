"""``pavi server doctor``: is the server there, do the clocks agree, does the token work, what waits to be sent."""

import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import click
import requests

from pavi import settings
from pavi.api import Api
from pavi.cli.waiting import look
from pavi.delivery.client import Client
from pavi.exception import ApiError, NotLoggedIn, ServerUnreachable

_MAX_SKEW_S = 5.0


@click.group()
def server() -> None:
    """Look at the server from here."""


@server.command()
def doctor() -> None:
    """Check the way to the server and say how to mend what is broken."""
    found = settings.load()
    good = _reach(found.server) and _who(found)
    good = _waiting(found) and good
    raise click.exceptions.Exit(0 if good else 1)


def _reach(address: str) -> bool:
    session = requests.Session()
    session.trust_env = urlsplit(address).hostname not in ("127.0.0.1", "localhost", "::1")
    begun = time.time()
    try:
        answer = session.get(f"{address}/livez", timeout=5, allow_redirects=False)
        state = answer.json()
        ready = session.get(f"{address}/readyz", timeout=10, allow_redirects=False).json()
    except requests.JSONDecodeError:
        return _say(False, f"{address} answers, but not as a Pavi server; check the address and any proxy before it")
    except requests.RequestException as error:
        reason = type(error).__name__
        return _say(
            False, f"{address} does not answer ({reason}); start it with `pavi-server up`, or `pavi login --server URL`"
        )
    took = time.time() - begun
    _say(True, f"{address} answers in {took * 500:.0f} ms, version {state.get('version', 'unknown')}")
    good = True
    for name, check in ready.get("checks", {}).items():
        good = _say(check == "ok", f"its {name}: {check}") and good
    told = answer.headers.get("Date")
    if told is not None:
        skew = parsedate_to_datetime(told).timestamp() - begun
        # The header counts whole seconds, and the answer took its time.
        fine = -_MAX_SKEW_S <= skew <= _MAX_SKEW_S + took
        hint = "" if fine else "; set this machine's clock (NTP), or times in charts will be off"
        good = _say(fine, f"clocks differ by {abs(skew):.0f} s{hint}") and good
    return good


def _who(found: settings.Settings) -> bool:
    if not found.token:
        return _say(False, "nobody is logged in; run `pavi login`")
    try:
        me = Api(found.server, found.token).me()
    except NotLoggedIn as error:
        return _say(False, f"the token does not work ({error}); run `pavi login`")
    except (ApiError, ServerUnreachable) as error:
        return _say(False, f"the token cannot be checked: {error}")
    return _say(True, f"logged in as {me['username']}{' (admin)' if me.get('is_admin') else ''}")


def _waiting(found: settings.Settings) -> bool:
    if found.mode != "online":
        _say(True, f"mode is {found.mode}: nothing is sent from here until PAVI_MODE is online")
    if not found.dir.is_dir():
        return _say(True, f"no journals in {found.dir}")
    journals = list(look(found.dir, Client(found.server, found.token)))
    for one in journals:
        if one.journal is None:
            _say(False, one.problem)
    waiting = [one for one in journals if one.waits]
    readable = all(one.journal is not None for one in journals)
    if not waiting:
        return _say(True, f"nothing waits in {found.dir} ({len(journals)} journals)") and readable
    records, files = sum(one.slots for one in waiting), sum(one.files for one in waiting)
    return _say(
        False,
        f"{len(waiting)} journals in {found.dir} hold {records} records and {files} files that wait; "
        "a running training sends its own, `pavi sync` sends the rest",
    )


def _say(good: bool, text: str) -> bool:
    click.echo(f"{'ok  ' if good else 'BAD '} {text}")
    return good
