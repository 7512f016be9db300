"""Reads of projects, and who is in them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from server.accounts import selectors as accounts
from server.accounts.principal import Principal, Role
from server.trainings import access, errors
from server.trainings.models import Project, Training


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project and the viewer's role in it."""

    id: UUID
    name: str
    owner: str
    visibility: str
    description: str
    archived: bool
    role: Role
    trainings: int
    created_at: datetime

    @property
    def path(self) -> str:
        return f"{self.owner}/{self.name}"


def find_project(*, viewer: Principal, project_id: UUID) -> Project:
    """A project that the viewer may see.

    Raises:
        NoSuchProject
    """
    project = Project.objects.select_related("owner").filter(id=project_id).first()
    if project is None or access.role_in(viewer=viewer, project=project) is None:
        raise errors.NoSuchProject("There is no such project, or it is not yours to see.")
    return project


def list_projects(*, viewer: Principal) -> list[ProjectRow]:
    """Projects that the viewer may see, his own first, with how many trainings each holds."""
    roles = accounts.scopes_of(viewer=viewer)
    counted = Count("trainings", filter=Q(trainings__deleted_at=None))
    projects = access.readable_projects(viewer=viewer).select_related("owner").annotate(held=counted)
    rows = [_row(project, roles.get(project.id), project.held) for project in projects]
    return sorted(rows, key=lambda row: (row.owner != viewer.username, row.owner, row.name))


def project_row(*, viewer: Principal, project: Project) -> ProjectRow:
    """One project as lists show it."""
    role = access.role_in(viewer=viewer, project=project)
    return _row(project, role, Training.objects.filter(project=project, deleted_at=None).count())


def _row(project: Project, role: Role | None, trainings: int) -> ProjectRow:
    return ProjectRow(
        id=project.id,
        name=project.name,
        owner=project.owner.username,
        visibility=project.visibility,
        description=project.description,
        archived=project.archived_at is not None,
        role=role or Role.VIEWER,
        trainings=trainings,
        created_at=project.created_at,
    )


def members(*, viewer: Principal, project_id: UUID) -> list[accounts.Member]:
    """Who is in a project. Whoever has a role in it may ask; of a shared one others see nobody.

    Raises:
        NoSuchProject
    """
    project = find_project(viewer=viewer, project_id=project_id)
    if accounts.role_in(viewer=viewer, scope=project.id) is None:
        return []
    return accounts.members(scope=project.id)
