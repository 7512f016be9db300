"""What a path says, before anybody looks whether it is there. Knows no tables.

``project/folder/file.pth@production``: the first part is a project, what follows ``@`` names a version. To tell
projects of one name apart, ``~owner`` may stand in front: ``~ada/project/folder``.
"""

import re
import unicodedata
from dataclasses import dataclass

from server.modelcloud.errors import BadAlias, BadPath

MAX_NAME_CHARS = 255
MAX_PATH_CHARS = 8_500
MAX_DEPTH = 32
DEFAULT_PROJECT = "default"

_NUMBER = re.compile(r"v([1-9][0-9]{0,17})")
_ALIAS = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LOOKS_LIKE_NUMBER = re.compile(r"v[0-9]+")
_REFUSED = {"Cc", "Cs", "Zl", "Zp"}  # controls, halves of characters, line breaks
_TURNED = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they make a name look like another one


@dataclass(frozen=True, slots=True)
class Path:
    """A path in parts. Without ``project`` it is the root.

    ``number`` and ``alias`` are what stood behind ``@``; at most one of them is there.
    """

    owner: str | None
    project: str | None
    parts: tuple[str, ...]
    number: int | None = None
    alias: str | None = None

    @property
    def pinned(self) -> bool:
        """Whether it names one version."""
        return self.number is not None or self.alias is not None

    def __str__(self) -> str:
        parts = [f"~{self.owner}"] if self.owner is not None else []
        parts += [self.project] if self.project is not None else []
        selector = f"@v{self.number}" if self.number is not None else f"@{self.alias}" if self.alias else ""
        return "/".join([*parts, *self.parts]) + selector


def parse(text: str) -> Path:
    """Reads a path. Doubled, leading and trailing slashes mean nothing.

    Raises:
        BadPath: a name in it cannot be one; the message says which and why.
    """
    if len(text) > MAX_PATH_CHARS:
        raise BadPath(f"A path has at most {MAX_PATH_CHARS} characters; this has {len(text)}.")
    parts = [part for part in text.split("/") if part]
    owner = None
    if parts and parts[0].startswith("~") and len(parts[0]) > 1:
        owner = _checked_text(parts.pop(0)[1:])
        if not parts:
            raise BadPath("'~owner' stands in front of a project: ~owner/project.")
    if not parts:
        return Path(None, None, ())
    if len(parts) > MAX_DEPTH:
        raise BadPath(f"A path has at most {MAX_DEPTH} parts; this has {len(parts)}.")
    last, at, selector = parts[-1].partition("@")
    number, alias = _selector(selector) if at else (None, None)
    parts[-1] = last
    return Path(owner, check_name(parts[0].strip()), tuple(check_name(part) for part in parts[1:]), number, alias)


def plain(text: str) -> Path:
    """Reads a path to something that is written: without ``@``.

    Raises:
        BadPath
    """
    path = parse(text)
    if path.pinned:
        raise BadPath(f"Write to {text.rpartition('@')[0]!r}: what follows '@' names a version to read.")
    return path


def check_name(name: str) -> str:
    """A name as it is stored (NFC).

    Raises:
        BadPath: it cannot be one.
    """
    name = unicodedata.normalize("NFC", _checked_text(name))
    if not name.strip():
        raise BadPath("A name needs a character that can be seen.")
    if name in (".", ".."):
        raise BadPath(f"{name!r} is not a name here: write the path out.")
    if len(name) > MAX_NAME_CHARS:
        raise BadPath(f"A name has at most {MAX_NAME_CHARS} characters; {name[:40]!r}… has {len(name)}.")
    for character in "/@":
        if character in name:
            raise BadPath(f"{name[:120]!r} cannot be a name: {character!r} has a meaning of its own.")
    return name


def check_alias(name: str) -> str:
    """An alias.

    Raises:
        BadAlias
    """
    if not _ALIAS.fullmatch(name) or _LOOKS_LIKE_NUMBER.fullmatch(name):
        raise BadAlias(
            f"{name[:80]!r} cannot be an alias. It has 1 to 64 of a-z 0-9 . _ -, begins with a letter or digit, "
            f"and is not 'v' and a number."
        )
    return name


def _selector(text: str) -> tuple[int | None, str | None]:
    found = _NUMBER.fullmatch(text)
    if found is not None:
        return int(found[1]), None
    if not _ALIAS.fullmatch(text) or _LOOKS_LIKE_NUMBER.fullmatch(text):
        raise BadPath(f"'@{text[:80]}' names no version: write '@v3' or '@production'. Names cannot hold an '@'.")
    return None, text


def _checked_text(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in _REFUSED or character in _TURNED:
            raise BadPath(f"{text[:120]!a} cannot be a name: the character {character!a} in it cannot be seen.")
    return text
