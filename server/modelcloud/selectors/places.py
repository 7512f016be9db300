"""From a path to the rows it means, for a viewer. What he may not see is not there."""

from dataclasses import dataclass
from uuid import UUID

from server.accounts.principal import Principal, Role
from server.modelcloud import paths
from server.modelcloud.errors import BadPath, NoSuchNode, ReadOnly
from server.modelcloud.models import Node
from server.modelcloud.paths import Path
from server.trainings.errors import NoSuchProject
from server.trainings.selectors import scopes
from server.trainings.selectors.scopes import Scope


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: ``base`` is how the viewer writes the project, ``chain`` the nodes below it in order.

    Without ``scope`` it is the root, with an empty chain the project itself.
    """

    scope: Scope | None
    base: str
    chain: tuple[Node, ...] = ()

    @property
    def node(self) -> Node | None:
        """The node at the end of the path; None for a project and the root."""
        return self.chain[-1] if self.chain else None

    @property
    def path(self) -> str:
        """The path as the viewer writes it."""
        return "/".join([self.base, *(node.name for node in self.chain)]) if self.base else ""


def missing(path: object) -> NoSuchNode:
    """The one answer for what is not there and for what the viewer may not see."""
    return NoSuchNode(f"There is nothing at {str(path)[:300]!r}, or it is not yours to see.", path=str(path)[:1000])


def find(*, viewer: Principal, path: Path, role: Role = Role.VIEWER) -> Place:
    """What lies at a path (what stands behind ``@`` is left to `versions`).

    A single name that is no project means a file of the viewer's project ``default``.

    Raises:
        NoSuchNode
        ReadOnly: he sees it and lacks the role.
    """
    if path.project is None:
        return Place(None, "")
    parts = path.parts
    try:
        scope = scopes.named(viewer=viewer, name=path.project, owner=path.owner)
    except NoSuchProject as error:
        if path.owner is not None or parts:
            raise NoSuchNode(str(error), path=str(path)[:1000]) from None
        try:
            scope = scopes.named(viewer=viewer, name=paths.DEFAULT_PROJECT, owner=viewer.username)
        except NoSuchProject:
            raise NoSuchNode(str(error), path=str(path)[:1000]) from None
        parts = (path.project,)
    chain: list[Node] = []
    for part in parts:
        node = child(scope.id, chain[-1] if chain else None, part)
        if node is None:
            raise missing(path)
        chain.append(node)
    require(scope, role)
    return Place(scope, base_of(viewer, scope), tuple(chain))


def find_project(*, viewer: Principal, text: str, role: Role = Role.VIEWER, for_admin: bool = False) -> Scope:
    """A project by id, or by name as paths begin with. ``for_admin``: by id, an administrator finds every project.

    Raises:
        NoSuchNode, ReadOnly, BadPath
    """
    try:
        try:
            scope = scopes.by_id(viewer=viewer, project_id=UUID(text), for_admin=for_admin)
        except ValueError:
            path = paths.plain(text)
            if path.project is None or path.parts:
                raise BadPath("'project' takes the id or the name of a project.") from None
            scope = scopes.named(viewer=viewer, name=path.project, owner=path.owner)
    except NoSuchProject as error:
        raise NoSuchNode(str(error)) from None
    require(scope, role)
    return scope


def trashed_or_not(*, viewer: Principal, node_id: UUID, role: Role) -> tuple[Scope, Node]:
    """A node by id, in the trash or not, with the viewer's project.

    Raises:
        NoSuchNode, ReadOnly
    """
    node = Node.objects.filter(id=node_id).first()
    if node is None:
        raise missing(node_id)
    try:
        scope = scopes.by_id(viewer=viewer, project_id=node.project)
    except NoSuchProject:
        raise missing(node_id) from None
    require(scope, role)
    return scope, node


def require(scope: Scope, role: Role) -> None:
    """Lets nobody through who lacks the role.

    Raises:
        ReadOnly
    """
    if not scope.role.includes(role):
        raise ReadOnly(
            f"This needs the role {role.value!r} in the project {scope.owner}/{scope.name}; yours is "
            f"{scope.role.value!r}. Ask {scope.owner} for it.",
            role=role.value,
        )


def child(project: UUID, parent: Node | None, name: str) -> Node | None:
    """The node of a name in a folder, outside the trash."""
    rows = Node.objects.filter(name=name, trashed_at=None)
    if parent is None:
        return rows.filter(project=project, parent=None).first()
    return rows.filter(parent=parent).first()


def ancestors(node: Node) -> list[Node]:
    """The nodes above, from the project's top down to the parent."""
    above: list[Node] = []
    parent_id = node.parent_id
    while parent_id is not None:
        parent = Node.objects.get(id=parent_id)
        above.append(parent)
        parent_id = parent.parent_id
    return above[::-1]


def place_of(viewer: Principal, scope: Scope, node: Node) -> Place:
    """The place of a node that was found by other ways than its path."""
    return Place(scope, base_of(viewer, scope), (*ancestors(node), node))


def base_of(viewer: Principal, scope: Scope) -> str:
    """How the viewer writes a project: by its name alone where that means it, else with its owner."""
    try:
        if scopes.named(viewer=viewer, name=scope.name).id == scope.id:
            return scope.name
    except NoSuchProject:
        pass
    return f"~{scope.owner}/{scope.name}"
