"""Who is asking, as a value: the only thing about a user that other apps hold in their hands."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member may do in a project. Each includes the ones below it."""

    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what ``other`` may."""
        order = [Role.VIEWER, Role.MEMBER, Role.OWNER]
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller. ``token_id`` is None for a browser session."""

    user_id: int
    username: str
    is_admin: bool = False
    token_id: int | None = None

    # What DRF and Django templates ask of a user.
    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def pk(self) -> int:
        return self.user_id
