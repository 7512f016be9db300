"""Projects as scopes for the apps above: which one a name means to a viewer, and his role there."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from server.accounts import selectors as accounts
from server.accounts.principal import Principal, Role
from server.trainings import access, errors
from server.trainings.models import Project


@dataclass(frozen=True, slots=True)
class Scope:
    """A project that the viewer may see, and what he is in it."""

    id: UUID
    name: str
    owner: str
    role: Role


def named(*, viewer: Principal, name: str, owner: str | None = None) -> Scope:
    """The project that a name means to the viewer who reads.

    ``owner`` says whose; without it, his own, else the one project of that name in which he may write, else the one
    that he may read. `services.projects.project_for_writing` agrees with it about what he may write.

    Raises:
        NoSuchProject: none; or several of others, of which the name alone says none. The message lists their owners.
    """
    missing = f"There is no project {name[:100]!r}, or it is not yours to see."
    if "\0" in name or "\0" in (owner or ""):
        raise errors.NoSuchProject(missing)
    found = access.readable_projects(viewer=viewer).select_related("owner").filter(name=name)
    if owner is not None:
        found = found.filter(owner__username=owner)
    candidates = _scopes(viewer, found)
    mine = [scope for scope in candidates if scope.owner == viewer.username]
    writable = [scope for scope in candidates if scope.role.includes(Role.MEMBER)]
    for group in (mine, writable, candidates):
        if len(group) == 1:
            return group[0]
    if not candidates:
        raise errors.NoSuchProject(missing)
    owners = ", ".join(sorted(scope.owner for scope in candidates)[:10])
    raise errors.NoSuchProject(f"{name[:100]!r} means the projects of several people: {owners}. Say whose.")


def by_id(*, viewer: Principal, project_id: UUID, for_admin: bool = False) -> Scope:
    """A project by id. ``for_admin``: administrators find every project, as viewers where they have no role.

    Raises:
        NoSuchProject: absent, or not the viewer's to see.
    """
    projects = Project.objects.all() if for_admin and viewer.is_admin else access.readable_projects(viewer=viewer)
    scopes = _scopes(viewer, projects.select_related("owner").filter(id=project_id))
    if not scopes:
        raise errors.NoSuchProject("There is no such project, or it is not yours to see.")
    return scopes[0]


def readable(*, viewer: Principal) -> list[Scope]:
    """All projects that the viewer may see, his own first, then by owner and name."""
    scopes = _scopes(viewer, access.readable_projects(viewer=viewer).select_related("owner"))
    return sorted(scopes, key=lambda scope: (scope.owner != viewer.username, scope.owner, scope.name))


def _scopes(viewer: Principal, projects: Iterable[Project]) -> list[Scope]:
    roles = accounts.scopes_of(viewer=viewer)
    return [
        Scope(project.id, project.name, project.owner.username, roles.get(project.id, Role.VIEWER))
        for project in projects
    ]
