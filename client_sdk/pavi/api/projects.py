"""A project as the server tells it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of trainings.

    Attributes:
        id: UUID.
        name: unique among its owner's.
        owner: user name.
        visibility: ``private`` or ``shared``.
        data: everything that the server told.
    """

    id: str
    name: str
    owner: str
    visibility: str
    data: dict[str, Any]


def read_project(data: dict[str, Any]) -> Project:
    """A project out of the server's JSON."""
    return Project(
        id=str(data["id"]),
        name=str(data["name"]),
        owner=str(data.get("owner") or ""),
        visibility=str(data.get("visibility") or ""),
        data=data,
    )
