"""Who speaks to the server for nodes: one client a thread, for the login of the moment. And how paths are written."""

import os
import threading
from collections.abc import Iterator, Mapping
from typing import Any, cast

from pavi import settings
from pavi.delivery.client import Client
from pavi.delivery.patience import patiently
from pavi.exception import InvalidRequest, NotLoggedIn

__all__ = ["SCHEME", "ask", "connected", "joined", "local_name", "normal", "pages", "unversioned"]

SCHEME = "pavi://"
_PAGE = 500

_kept = threading.local()


def connected(client: Client | None = None) -> Client:
    """The given client, or this thread's one for the configured server and login.

    Raises:
        BadSetting: an environment variable or the saved login cannot be used.
        NotLoggedIn: nobody has logged in to that server.
    """
    if client is not None:
        return client
    found = settings.load()
    if not found.token:
        raise NotLoggedIn(f"nobody is logged in to {found.server}; run `pavi login` or set PAVI_TOKEN", status=401)
    key = (os.getpid(), found.server, found.token)  # a forked child must not share its parent's connections
    if getattr(_kept, "key", None) != key:
        _kept.key, _kept.client = key, Client(found.server, found.token)
    return cast(Client, _kept.client)


def ask(client: Client, method: str, route: str, *, params: Mapping[str, Any] | None = None, json: Any = None) -> Any:
    """One question that may be repeated; a server that is away for half a minute is waited for."""
    return patiently(lambda: client.send(method, route, params=params, json=json))


def pages(client: Client, route: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Items of all pages, fetched as the iteration comes to them."""
    asked = {**params, "limit": _PAGE}
    while True:
        page = ask(client, "GET", route, params=asked)
        yield from page["items"]
        if not page.get("next"):
            return
        asked["cursor"] = page["next"]


def normal(path: str | os.PathLike[str]) -> str:
    """A path without ``pavi://`` and without slashes at its ends; empty for the root."""
    text = os.fspath(path)
    return text.removeprefix(SCHEME).strip("/")


def unversioned(path: str) -> str:
    """A path without what follows ``@``."""
    head, slash, last = path.rpartition("/")
    return head + slash + last.partition("@")[0]


def joined(parent: str, name: str) -> str:
    """The path of something in a folder.

    Raises:
        InvalidRequest: the name is empty.
    """
    name = normal(name)
    if not name:
        raise InvalidRequest("a name is missing: name the file or folder", code="modelcloud.bad_path", status=400)
    return f"{unversioned(parent)}/{name}" if parent else name


def local_name(name: str) -> str:
    """A node's name as a local file's: whatever a server says, it stays in the folder that was meant.

    Raises:
        InvalidRequest: it would not.
    """
    if name in ("", ".", "..") or any(character in name for character in "/\\\0"):
        raise InvalidRequest(f"{name!r} cannot be a file's name here; name the target", code="sdk.bad_name")
    return name
