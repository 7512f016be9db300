"""What lies in a version's bytes; found once, then remembered."""

import contextlib
from typing import Any

from django.db import IntegrityError

from server.accounts.principal import Principal
from server.blobs import services as blobs
from server.modelcloud.errors import Unreadable
from server.modelcloud.formats import reading
from server.modelcloud.formats.findings import BadFile, clean
from server.modelcloud.formats.window import Window
from server.modelcloud.models import Contents
from server.modelcloud.selectors.versions import Resolved, resolve


def tensors(*, viewer: Principal, path: str) -> tuple[Resolved, dict[str, Any]]:
    """The version at a path, and its tensors and globals (see `formats.findings.Findings.as_json`).

    Raises:
        BadPath, NoSuchNode, BadPlace
        Unreadable: the file is damaged, beyond the bounds, or of another format.
    """
    version = resolve(viewer=viewer, path=path)
    known = Contents.objects.filter(version=version.id, edition=reading.EDITION).values_list("found", flat=True).first()
    found = known if known is not None else _read(version)
    if known is None:
        with contextlib.suppress(IntegrityError):  # purged meanwhile
            Contents.objects.update_or_create(
                version_id=version.id, defaults={"edition": reading.EDITION, "found": found}
            )
    if "problem" in found:
        details = {key: found[key] for key in ("globals", "dangerous") if key in found}
        message = f"The tensors of {version.name!r} cannot be listed: {found['problem']}."
        raise Unreadable(message, path=version.path, **details)
    return version, found


def _read(version: Resolved) -> dict[str, Any]:
    def fetch(start: int, stop: int) -> bytes:
        with blobs.open(sha256=version.sha256, start=start, stop=stop) as stream:
            return b"".join(stream)

    try:
        return reading.read(Window(fetch, version.size), version.name).as_json()
    except BadFile as error:
        found = error.findings.globals_as_json() if error.findings is not None else {}
        return {"problem": clean(str(error)), **found}
