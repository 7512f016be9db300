"""The door for reading: one server, one token, and the questions that can be asked."""

from collections.abc import Iterator
from typing import Any

from pavi import settings
from pavi.api.compares import StoredCompare
from pavi.api.paths import segment
from pavi.api.projects import Project, read_project
from pavi.api.trainings import StoredTraining
from pavi.delivery.client import Client

_PAGE = 200


class Api:
    """Reads trainings back. One thread at a time.

    Args:
        server: address; the one of `pavi login` or ``PAVI_SERVER`` when absent.
        token: ``PAVI_TOKEN`` or the saved login's when absent.

    Raises:
        BadSetting: an address or a setting cannot be used.
    """

    def __init__(self, server: str | None = None, token: str | None = None) -> None:
        found = settings.load(server)
        self.client = Client(found.server, token or found.token)

    @property
    def server(self) -> str:
        """The address that is asked."""
        return self.client.server

    def trainings(
        self,
        project: str | None = None,
        where: str | None = None,
        order_by: str | None = None,
        *,
        archived: bool = False,
        limit: int | None = None,
    ) -> Iterator[StoredTraining]:
        """Trainings that may be read, newest first; pages are fetched as the iteration comes to them.

        Args:
            project: a project's name (``owner/name`` for somebody else's) or id; all projects when absent.
            where: a filter such as ``metrics["val/acc"].max > 0.9 and status == "running"``.
            order_by: a field, ``config.optimizer.lr`` or ``metrics["val/acc"].max``; ``-`` in front sorts downwards.
            archived: the archived ones instead.
            limit: at most so many.

        Raises:
            InvalidRequest: ``where`` or ``order_by`` cannot be understood; the message points at the place.
            PaviError: as every question (see `pavi.exception`).
        """
        asked: dict[str, Any] = {"project": project, "where": where, "order_by": order_by}
        if archived:
            asked["archived"] = "true"
        for item in self._pages("trainings", asked, limit):
            yield StoredTraining(self.client, item)

    def training(self, ref: int | str) -> StoredTraining:
        """One training by its number or id.

        Raises:
            NotFound: it does not exist, or is not yours to see.
        """
        return StoredTraining(self.client, self.client.get(f"trainings/{segment(ref)}"), whole=True)

    def projects(self) -> list[Project]:
        """The projects that may be read."""
        return [read_project(item) for item in self._pages("projects", {}, None)]

    def compare(self, ref: int | str) -> StoredCompare:
        """One compare by its number or id.

        Raises:
            NotFound: it does not exist, or is not yours to see.
        """
        return StoredCompare(self.client, self.client.get(f"compares/{segment(ref)}"))

    def me(self) -> dict[str, Any]:
        """Who the token belongs to: ``id``, ``username``, ``is_admin``.

        Raises:
            NotLoggedIn: the token is unknown or has expired.
        """
        return dict(self.client.get("me"))

    def _pages(self, path: str, asked: dict[str, Any], limit: int | None) -> Iterator[dict[str, Any]]:
        params = {name: value for name, value in asked.items() if value is not None}
        left = limit
        while left is None or left > 0:
            page = self.client.get(path, {**params, "limit": min(_PAGE, left or _PAGE)})
            items = page["items"] if left is None else page["items"][:left]
            yield from items
            left = None if left is None else left - len(items)
            if not page.get("next"):
                return
            params["cursor"] = page["next"]
