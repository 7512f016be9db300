"""A compare, read: its name, its settings, its trainings."""

from collections.abc import Iterator
from typing import Any

from pavi.api.trainings import StoredTraining
from pavi.delivery.client import Client


class StoredCompare:
    """A saved set of trainings.

    Attributes:
        id: UUID.
        number: for people.
        name: as given.
        settings: how its charts are set up.
        data: everything that the server told.
    """

    def __init__(self, client: Client, data: dict[str, Any]) -> None:
        self._client = client
        self.data = data
        self.id = str(data["id"])
        self.number = int(data["number"])
        self.name = str(data["name"])
        self.settings: dict[str, Any] = data.get("settings") or {}

    def trainings(self) -> Iterator[StoredTraining]:
        """Its trainings that may be read, in the order in which they joined."""
        for item in self.data.get("trainings") or []:
            yield StoredTraining(self._client, item)

    def __repr__(self) -> str:
        return f"<compare {self.number} {self.name!r}>"
