"""Where the server is, who we are and where journals go: environment first, then the saved login, then defaults.

Owns ``credentials.json`` (mode 600) in the configuration folder. Does not talk to the server.
"""

import contextlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pavi.exception import BadSetting

__all__ = [
    "DEFAULT_SERVER",
    "Settings",
    "as_mode",
    "config_dir",
    "forget_login",
    "load",
    "normal_server",
    "save_login",
    "save_project",
    "token_for",
]

DEFAULT_SERVER = "http://127.0.0.1:8300"

Mode = Literal["online", "offline", "disabled"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment and the saved login say together.

    Attributes:
        server: address without a trailing slash.
        token: None when nobody has logged in to that server.
        mode: ``online`` sends, ``offline`` only writes journals, ``disabled`` does nothing.
        dir: where journals go.
        config_dir: where the login is kept.
        user: the name that came with the login, if any.
        project: default project of new trainings, if any.
        compare: id or number of a compare that new trainings join, if any.
        training_id: what all processes of a launch log into, if any.
    """

    server: str
    token: str | None
    mode: Mode
    dir: Path
    config_dir: Path
    user: str | None = None
    project: str | None = None
    compare: str | None = None
    training_id: str | None = None


def load(server: str | None = None) -> Settings:
    """Reads the environment and the saved login afresh.

    Args:
        server: an address to use instead of the configured one. ``PAVI_TOKEN`` belongs to the configured one and is
            not sent to another.

    Raises:
        BadSetting: a value cannot be used; the message names it and the way out.
    """
    folder = config_dir()
    saved = _read(folder)
    configured = normal_server(os.environ.get("PAVI_SERVER") or saved.get("current") or DEFAULT_SERVER)
    server = normal_server(server) if server else configured
    login = saved.get("servers", {}).get(server, {})
    token = os.environ.get("PAVI_TOKEN") if server == configured else None
    return Settings(
        server=server,
        token=token or login.get("token"),
        mode=as_mode(os.environ.get("PAVI_MODE") or "online", "PAVI_MODE"),
        dir=Path(os.environ.get("PAVI_DIR") or ".pavi").absolute(),
        config_dir=folder,
        user=login.get("user"),
        project=os.environ.get("PAVI_PROJECT") or saved.get("project"),
        compare=os.environ.get("PAVI_COMPARE_ID") or None,
        training_id=os.environ.get("PAVI_TRAINING_ID") or None,
    )


def token_for(server: str) -> str | None:
    """The token to show to ``server``, read afresh: ``$PAVI_TOKEN``, else the saved login."""
    given = os.environ.get("PAVI_TOKEN")
    if given:
        return given
    token = _read(config_dir()).get("servers", {}).get(normal_server(server), {}).get("token")
    return None if token is None else str(token)


def as_mode(value: str, name: str) -> Mode:
    """Checks a mode that came from ``name``.

    Raises:
        BadSetting: it is none of the three.
    """
    match value.strip().lower():
        case "online":
            return "online"
        case "offline":
            return "offline"
        case "disabled":
            return "disabled"
    raise BadSetting(f"{name}={value!r} is no mode; write online, offline or disabled")


def config_dir() -> Path:
    """``$PAVI_CONFIG_DIR``, else ``$XDG_CONFIG_HOME/pavi``, else ``~/.config/pavi``."""
    given = os.environ.get("PAVI_CONFIG_DIR")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CONFIG_HOME")
    try:
        return Path(base) / "pavi" if base else Path.home() / ".config" / "pavi"
    except RuntimeError:  # a user without a home, as in some containers
        return Path(tempfile.gettempdir()) / f"pavi-config-{os.getuid()}"


def normal_server(address: str) -> str:
    """The address as it is stored and compared: with a scheme, without a trailing slash.

    Raises:
        BadSetting: it is no http or https address.
    """
    text = address.strip()
    if "://" not in text:
        text = f"http://{text}"
    text = text.rstrip("/")
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise BadSetting(f"{address!r} is no server address; write for example {DEFAULT_SERVER}")
    return text


def save_login(server: str, token: str, user: str | None = None) -> Path:
    """Remembers a token for a server, and makes that server the current one. Returns the file written."""
    server = normal_server(server)
    folder = config_dir()
    saved = _read(folder)
    saved.setdefault("servers", {})[server] = {"token": token, **({"user": user} if user else {})}
    saved["current"] = server
    return _write(folder, saved)


def save_project(name: str) -> Path:
    """Remembers the default project of new trainings. Returns the file written."""
    folder = config_dir()
    return _write(folder, {**_read(folder), "project": name})


def forget_login(server: str | None = None) -> bool:
    """Forgets the token of ``server`` (default: the current one). Returns whether there was one."""
    folder = config_dir()
    saved = _read(folder)
    server = normal_server(server or saved.get("current") or DEFAULT_SERVER)
    if saved.get("servers", {}).pop(server, None) is None:
        return False
    if saved.get("current") == server:
        del saved["current"]
    _write(folder, saved)
    return True


def _path(folder: Path) -> Path:
    return folder / "credentials.json"


def _read(folder: Path) -> dict[str, Any]:
    path = _path(folder)
    try:
        saved = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSetting(
            f"{path} cannot be read ({error.strerror}); mend its permissions, or set PAVI_CONFIG_DIR"
        ) from None
    except ValueError:
        raise BadSetting(f"{path} is not JSON; delete it and run `pavi login` again") from None
    logins = saved.get("servers", {}) if isinstance(saved, dict) else None
    if not isinstance(logins, dict) or not all(isinstance(login, dict) for login in logins.values()):
        raise BadSetting(f"{path} does not hold logins; delete it and run `pavi login` again")
    return dict(saved)


def _write(folder: Path, saved: dict[str, Any]) -> Path:
    path = _path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # mkstemp makes the file mode 600 from the first moment; the rename replaces the old one whole or not at all.
        descriptor, temporary = tempfile.mkstemp(prefix=".credentials-", dir=folder)
        try:
            with os.fdopen(descriptor, "w") as file:
                json.dump(saved, file, indent=2)
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise BadSetting(
            f"{folder} cannot be written ({error.strerror}); set PAVI_CONFIG_DIR to a folder of yours"
        ) from None
    return path
