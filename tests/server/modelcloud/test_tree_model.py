"""Any sequence of operations leaves the tree that a plain dictionary would hold."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.accounts.principal import Principal
from server.common.errors import PaviError
from server.modelcloud.models import Kind, Node, Tree, Version
from server.modelcloud.selectors import nodes as selectors
from server.modelcloud.services import moves, nodes, trash
from tests.server.modelcloud.conftest import Api

NAMES = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
OPERATIONS = st.one_of(
    st.tuples(st.just("folder"), PATHS),
    st.tuples(st.just("file"), PATHS),
    st.tuples(st.just("move"), PATHS, PATHS),
    st.tuples(st.just("trash"), PATHS),
    st.tuples(st.just("restore"), st.integers(0, 3)),
    st.tuples(st.just("purge"), st.integers(0, 3)),
)
Place = tuple[str, ...]
_projects = itertools.count()


class Model:
    """What the tree should hold: paths to "folder" or "file", and the trash as subtrees that were cut off."""

    def __init__(self) -> None:
        self.live: dict[Place, str] = {}
        self.trash: list[tuple[Place, dict[Place, str]]] = []

    def subtree(self, path: Place) -> dict[Place, str]:
        return {place: kind for place, kind in self.live.items() if place[: len(path)] == path}

    def above(self, path: Place) -> bool:
        """Makes the folders above a path; False when a file is in the way."""
        folders = [path[:depth] for depth in range(1, len(path))]
        if any(self.live.get(folder) == "file" for folder in folders):
            return False
        self.live.update(dict.fromkeys(folders, "folder"))
        return True

    def make(self, path: Place, kind: str) -> bool:
        if path in self.live or any(self.live.get(path[:depth]) == "file" for depth in range(1, len(path))):
            return False
        self.above(path)
        self.live[path] = kind
        return True

    def move(self, source: Place, target: Place) -> bool:
        if source not in self.live:
            return False
        if source == target:
            return True
        if target in self.live or target[: len(source)] == source:
            return False
        if not self.above(target):
            return False
        moved = self.subtree(source)
        for place in moved:
            del self.live[place]
        self.live.update({target + place[len(source) :]: kind for place, kind in moved.items()})
        return True

    def cut(self, path: Place) -> bool:
        if path not in self.live:
            return False
        cut = self.subtree(path)
        for place in cut:
            del self.live[place]
        self.trash.append((path, cut))
        return True


def done(action: Any, **arguments: Any) -> bool:
    try:
        action(**arguments)
    except PaviError:
        return False
    return True


@pytest.fixture
def sha256(ada: Principal) -> str:
    return Api(ada).upload(b"12345")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(OPERATIONS, max_size=12))
def test_the_tree_is_what_a_dictionary_would_be(ada, sha256, operations):
    project = f"p{next(_projects)}"
    nodes.create_node(actor=ada, path=project, kind=Kind.FOLDER, exist_ok=True)
    scope = selectors.node(viewer=ada, path=project).id
    model = Model()
    trashed: list[Any] = []  # ids, as `model.trash` is ordered
    for name, *arguments in operations:
        path = "/".join([project, *arguments[0]]) if isinstance(arguments[0], tuple) else ""
        if name == "folder":
            assert done(nodes.create_node, actor=ada, path=path, kind=Kind.FOLDER) == model.make(arguments[0], "folder")
        elif name == "file":
            assert done(nodes.create_file, actor=ada, path=path, sha256=sha256) == model.make(arguments[0], "file")
        elif name == "move":
            target = "/".join([project, *arguments[1]])
            assert done(moves.move, actor=ada, source=path, target=target) == model.move(*arguments)
        elif name == "trash":
            node_id = selectors.node(viewer=ada, path=path).id if arguments[0] in model.live else None
            assert done(trash.trash, actor=ada, path=path) == model.cut(arguments[0])
            if node_id is not None:
                trashed.append(node_id)
        elif arguments[0] < len(trashed):
            node_id, (_, cut) = trashed[arguments[0]], model.trash[arguments[0]]
            if name == "purge":
                # What was trashed inside it before goes with it.
                gone = set(Node.objects.filter(project=scope).values_list("id", flat=True))
                assert done(trash.purge, actor=ada, node_id=node_id)
                gone -= set(Node.objects.filter(project=scope).values_list("id", flat=True))
                kept = [index for index, other in enumerate(trashed) if other not in gone]
                trashed, model.trash = [trashed[index] for index in kept], [model.trash[index] for index in kept]
            else:
                back = f"back{len(trashed)}-{len(model.live)}"
                top = model.trash[arguments[0]][0]
                assert done(trash.restore, actor=ada, node_id=node_id, to=f"{project}/{back}")
                model.live.update({(back, *place[len(top) :]): kind for place, kind in cut.items()})
                del trashed[arguments[0]], model.trash[arguments[0]]
        found, _ = selectors.children(viewer=ada, path=project, recursive=True, limit=1_000)
        assert {tuple(node.path.split("/")[1:]): node.kind for node in found} == model.live
    tree = Tree.objects.filter(project=scope).first()
    held = Version.objects.filter(project=scope).exists()
    assert (tree.used if tree else 0) == (5 if held else 0)
