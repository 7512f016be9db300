"""Projects and their members."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from server.accounts import selectors as accounts
from server.accounts import services as accounts_services
from server.accounts.principal import Principal, Role
from server.trainings import access, errors, extensions, values
from server.trainings.models import Project, Training, Visibility

MAX_NAME_CHARS = 100


def create_project(
    *, actor: Principal, name: str, visibility: str = Visibility.PRIVATE, description: str = ""
) -> Project:
    """Makes a project that the actor owns.

    Raises:
        ProjectExists: he has one of that name.
        BadOpening: the name cannot be one.
    """
    name = _checked_name(name)
    try:
        with transaction.atomic():
            project = Project.objects.create(
                owner_id=actor.user_id, name=name, visibility=visibility, description=values.clean_text(description)
            )
            accounts_services.grant(scope=project.id, username=actor.username, role=Role.OWNER, actor=actor)
    except IntegrityError:
        raise errors.ProjectExists(f"You have a project {name!r} already. Use it, or choose another name.") from None
    return project


def project_for_writing(*, actor: Principal, name: str) -> Project:
    """The project that a client means by ``name``; made when it is a plain name that means none yet.

    A plain name is the actor's own project, else the one project of that name in which he may write;
    ``owner/name`` is that owner's.

    Raises:
        NoSuchProject: another's project that the actor may not see.
        ReadOnly: he may only look at it.
        BadOpening: the name cannot be one.
    """
    owner, slash, plain = name.rpartition("/")
    if slash and owner != actor.username:
        project = Project.objects.filter(owner__username=owner, name=plain).first()
        if project is None:
            raise errors.NoSuchProject(f"There is no project {name!r}, or it is not yours to see.")
        access.require(viewer=actor, project=project, role=Role.MEMBER)
        return project
    plain = _checked_name(plain)
    own = Project.objects.filter(owner_id=actor.user_id, name=plain).first()
    if own is not None:
        return own
    if not slash:
        writable = [scope for scope, role in accounts.scopes_of(viewer=actor).items() if role.includes(Role.MEMBER)]
        others = list(Project.objects.filter(id__in=writable, name=plain)[:2])
        if len(others) == 1:
            return others[0]
    try:
        return create_project(actor=actor, name=plain)
    except errors.ProjectExists:  # another process of the same user was faster
        return Project.objects.get(owner_id=actor.user_id, name=plain)


def change_project(*, actor: Principal, project: Project, changes: dict[str, Any]) -> Project:
    """Changes name, visibility, description or archived (a bool). Needs the owner's role.

    Raises:
        ReadOnly, NoSuchProject, ProjectExists
    """
    access.require(viewer=actor, project=project, role=Role.OWNER)
    if "name" in changes:
        project.name = _checked_name(changes["name"])
    if "visibility" in changes:
        project.visibility = changes["visibility"]
    if "description" in changes:
        project.description = values.clean_text(changes["description"])
    if "archived" in changes:
        project.archived_at = timezone.now() if changes["archived"] else None
    try:
        with transaction.atomic():
            project.save()
            accounts_services.record(
                actor=actor, action="project.changed", target=project.name, scope=project.id, details=changes
            )
    except IntegrityError:
        raise errors.ProjectExists(f"There is already a project {project.name!r}. Choose another name.") from None
    return project


def delete_project(*, actor: Principal, project: Project) -> None:
    """Deletes an empty project. Needs the owner's role.

    Raises:
        ProjectExists: it still holds trainings, perhaps in the trash.
    """
    access.require(viewer=actor, project=project, role=Role.OWNER)
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(id=project.id)
        if Training.objects.filter(project=locked).exists():
            raise errors.ProjectExists(
                "This project still holds trainings, or its trash does. Delete them first, or archive the project.",
                code="trainings.project_not_empty",
            )
        content = extensions.project_content(project.id)
        if content is not None:
            raise errors.ProjectExists(
                f"This project still {content}. Remove that first, or archive the project.",
                code="trainings.project_not_empty",
            )
        locked.delete()
        accounts_services.record(actor=actor, action="project.deleted", target=project.name, scope=project.id)
        accounts_services.forget_scope(scope=project.id)


def set_member(*, actor: Principal, project: Project, username: str, role: Role) -> None:
    """Gives somebody a role in the project. Needs the owner's role.

    Raises:
        ReadOnly, NoSuchProject
        NoSuchUser
        OwnerStays: the user whose project it is stays its owner.
    """
    access.require(viewer=actor, project=project, role=Role.OWNER)
    if username == project.owner.username and role is not Role.OWNER:
        raise errors.OwnerStays(f"The project is {username!r}'s own, who stays its owner.")
    accounts_services.grant(scope=project.id, username=username, role=role, actor=actor)


def remove_member(*, actor: Principal, project: Project, username: str) -> None:
    """Takes somebody's role away. Needs the owner's role, but everybody may leave.

    Raises:
        ReadOnly, NoSuchProject
        NoSuchUser: he has no role there.
        OwnerStays
    """
    needed = Role.VIEWER if username == actor.username else Role.OWNER
    access.require(viewer=actor, project=project, role=needed)
    if username == project.owner.username:
        raise errors.OwnerStays(f"The project is {username!r}'s own, who stays its owner.")
    accounts_services.revoke(scope=project.id, username=username, actor=actor)


def _checked_name(name: str) -> str:
    name = values.clean_text(name).strip()
    if not name or len(name) > MAX_NAME_CHARS or "/" in name or not name.isprintable():
        raise errors.BadOpening(
            f"A project's name has 1 to {MAX_NAME_CHARS} printable characters without '/'; this is {name[:120]!r}."
        )
    return name
