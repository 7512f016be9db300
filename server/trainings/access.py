"""Who may do what with which project: the one place that knows. Everything else asks here."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from server.accounts import selectors as accounts
from server.accounts.principal import Principal, Role
from server.trainings import errors
from server.trainings.models import Project, Training, Visibility


def readable_projects(*, viewer: Principal) -> QuerySet[Project]:
    """Projects that the viewer has a role in, and shared ones."""
    mine = list(accounts.scopes_of(viewer=viewer))
    return Project.objects.filter(Q(id__in=mine) | Q(visibility=Visibility.SHARED))


def role_in(*, viewer: Principal, project: Project) -> Role | None:
    """The viewer's role; whoever is signed in is a viewer of a shared project."""
    role = accounts.role_in(viewer=viewer, scope=project.id)
    if role is None and project.visibility == Visibility.SHARED:
        return Role.VIEWER
    return role


def require(*, viewer: Principal, project: Project, role: Role) -> None:
    """Lets nobody through who lacks the role.

    Raises:
        NoSuchProject: the viewer may not even see it.
        ReadOnly: he may see it.
    """
    held = role_in(viewer=viewer, project=project)
    if held is None:
        raise errors.NoSuchProject("There is no such project, or it is not yours to see.")
    if not held.includes(role):
        raise errors.ReadOnly(f"This needs the role {role.value!r} in the project; yours is {held.value!r}.")


def readable_trainings(*, viewer: Principal, ids: Collection[UUID] | None = None) -> QuerySet[Training]:
    """Trainings outside the trash that the viewer may read."""
    trainings = Training.objects.filter(project__in=readable_projects(viewer=viewer), deleted_at=None)
    return trainings if ids is None else trainings.filter(id__in=ids)


def reference(ref: str) -> Q | None:
    """``ref`` (a UUID or a number) as a condition on ``id`` or ``number``; None when it is neither."""
    text = ref.strip()
    if text.isascii() and text.isdigit():
        return Q(number=int(text)) if len(text) <= 18 else None
    try:
        return Q(id=UUID(text))
    except ValueError:
        return None


def find_training(*, viewer: Principal, ref: str, role: Role = Role.VIEWER, trashed: bool = False) -> Training:
    """A training, by UUID or number.

    Args:
        role: what the viewer must be in its project.
        trashed: also from the trash, which only members look into.

    Raises:
        NoSuchTraining: absent, or not for the viewer to see.
        ReadOnly: the viewer sees it and lacks the role.
    """
    condition = reference(ref)
    training = Training.objects.select_related("project", "owner").filter(condition).first() if condition else None
    missing = errors.NoSuchTraining(f"There is no training {ref[:60]!r}, or it is not yours to see.")
    if training is None:
        raise missing
    held = role_in(viewer=viewer, project=training.project)
    if held is None or (training.deleted_at is not None and not (trashed and held.includes(Role.MEMBER))):
        raise missing
    if not held.includes(role):
        raise errors.ReadOnly(f"This needs the role {role.value!r} in the project; yours is {held.value!r}.")
    return training
