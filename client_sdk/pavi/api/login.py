"""Logging in: the token is tried before it is kept."""

from pavi import settings
from pavi.delivery.client import Client
from pavi.exception import NotLoggedIn


def login(server: str | None = None, token: str | None = None) -> str:
    """Checks a token with the server and remembers it for this user of this machine.

    Args:
        server: address; the saved or the default one when absent.
        token: ``PAVI_TOKEN`` or the one already saved when absent, which is then checked again.

    Returns:
        The user's name on the server.

    Raises:
        NotLoggedIn: there is no token, or the server does not take it; nothing is saved.
        ServerUnreachable: nothing answers at that address; nothing is saved.
        BadSetting: the address cannot be used, or the configuration folder cannot be written.
    """
    found = settings.load(server)
    chosen = token.strip() if token else found.token
    if not chosen:
        raise NotLoggedIn(f"no token for {found.server}; make one there and give it: pavi login --token …", status=401)
    user = str(Client(found.server, chosen).get("me")["username"])
    settings.save_login(found.server, chosen, user)
    return user
