"""``pavi login``, ``logout``, ``whoami``."""

import os
import sys

import click

from pavi import settings
from pavi.api import Api
from pavi.api import login as api_login
from pavi.exception import NotLoggedIn


@click.command()
@click.option("--server", metavar="URL", help="Address of the server; asked for when absent.")
@click.option("--token", metavar="TOKEN", help="Asked for, unseen, when absent; read from stdin when that is a pipe.")
def login(server: str | None, token: str | None) -> None:
    """Check a token and remember it for this user of this machine."""
    asking = sys.stdin.isatty()
    if server is None:
        server = settings.load().server
        if asking and "PAVI_SERVER" not in os.environ:
            server = click.prompt("Server", default=server)
    server = settings.normal_server(server)
    if token is None:
        if asking:
            click.echo(f"A token comes from `pavi-server token --user NAME` on {server}, or from whoever runs it.")
            token = click.prompt("Token", hide_input=True)
        else:
            token = sys.stdin.readline().strip()
    if not token:
        raise NotLoggedIn("no token was given; pass --token, or pipe one in", status=401)
    user = api_login(server, token)
    click.echo(f"logged in to {server} as {user}")


@click.command()
@click.option("--server", metavar="URL", help="The current one when absent.")
def logout(server: str | None) -> None:
    """Forget the remembered token."""
    address = settings.load(server).server
    known = settings.forget_login(address)
    click.echo(f"logged out of {address}" if known else f"no token of {address} was saved")
    if os.environ.get("PAVI_TOKEN"):
        click.echo("PAVI_TOKEN is still set in this shell; `unset PAVI_TOKEN` to be logged out here too", err=True)


@click.command()
def whoami() -> None:
    """Print who the token belongs to, and where."""
    api = Api()
    if not api.client.token:
        raise NotLoggedIn(f"nobody is logged in to {api.server}", status=401)
    me = api.me()
    admin = " (admin)" if me.get("is_admin") else ""
    click.echo(f"{me['username']}{admin} on {api.server}")
