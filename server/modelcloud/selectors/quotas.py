"""What projects use and may use."""

from dataclasses import dataclass

from django.conf import settings

from server.accounts.principal import Principal
from server.modelcloud.models import Tree
from server.modelcloud.selectors import places
from server.trainings.selectors.scopes import Scope


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes used and allowed (0: no limit). ``set``: what was set for this project; None: the server's default."""

    project: Scope
    used: int
    allowed: int
    set: int | None


def quota(*, viewer: Principal, project: str) -> Quota:
    """A project's quota. Administrators see every project's, by id.

    Raises:
        NoSuchNode
    """
    return of(places.find_project(viewer=viewer, text=project, for_admin=True))


def of(scope: Scope) -> Quota:
    """The quota of a project that the caller may see."""
    tree = Tree.objects.filter(project=scope.id).first() or Tree(project=scope.id)
    allowed = tree.allowed if tree.allowed is not None else int(settings.MODEL_QUOTA)
    return Quota(scope, tree.used, allowed, tree.allowed)
