"""Many at once: one wins where one can, nothing is counted twice, no tree ties itself into a ring."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from server.accounts import services as accounts
from server.accounts.principal import Principal
from server.common.errors import PaviError
from server.modelcloud.models import Alias, Change, Kind, Node, Tree, Version
from server.modelcloud.selectors import nodes as selectors
from server.modelcloud.services import moves, nodes, trash, versions
from tests.server.modelcloud.conftest import Api

THREADS = 8


def at_once(work: Callable[[int], Any]) -> list[str]:
    """Runs ``work(number)`` in threads that start together; "ok" or the code of the error of each, sorted."""
    barrier = threading.Barrier(THREADS)
    outcomes: list[str] = []

    def run(number: int) -> None:
        try:
            barrier.wait(30)
            work(number)
            outcomes.append("ok")
        except PaviError as error:
            outcomes.append(error.code)
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return sorted(outcomes)


@pytest.fixture
def user(transactional_db: None) -> Principal:
    return accounts.create_user(username="ada", password="correct horse")


@pytest.fixture
def sha256(user: Principal) -> str:
    return Api(user).upload(b"weights")


def test_one_creator_of_a_file_wins(user, sha256):
    outcomes = at_once(lambda number: nodes.create_file(actor=user, path="zoo/deep/x.pth", sha256=sha256))
    assert outcomes == ["modelcloud.duplicate"] * (THREADS - 1) + ["ok"]
    assert sorted(Node.objects.values_list("name", flat=True)) == ["deep", "x.pth"]
    assert Version.objects.count() == 1
    assert Tree.objects.get().used == 7


def test_one_creator_of_a_model_wins(user):
    outcomes = at_once(lambda number: nodes.create_node(actor=user, path="zoo/a/b", kind=Kind.MODEL))
    assert outcomes == ["modelcloud.duplicate"] * (THREADS - 1) + ["ok"]
    assert Node.objects.count() == 2


def test_everybody_who_overwrites_gets_a_number(user, sha256):
    nodes.create_node(actor=user, path="zoo/m", kind=Kind.MODEL)
    outcomes = at_once(
        lambda number: nodes.create_file(
            actor=user, path=f"zoo/m/{number % 2}", sha256=sha256, overwrite=True, comment=str(number)
        )
    )
    assert outcomes == ["ok"] * THREADS
    assert sorted(Version.objects.values_list("number", flat=True)) == list(range(1, THREADS + 1))
    assert Tree.objects.get().used == 7


def test_an_alias_that_many_move_has_a_history_without_gaps(user, sha256):
    for number in range(THREADS):
        nodes.create_file(actor=user, path="zoo/x", sha256=sha256, overwrite=True, comment=str(number))
    outcomes = at_once(
        lambda number: versions.set_alias(actor=user, path="zoo/x", alias="production", version=number + 1)
    )
    assert outcomes == ["ok"] * THREADS
    changes = list(Change.objects.order_by("id").values_list("previous", "version"))
    assert len(changes) == THREADS
    assert [previous for previous, _ in changes] == [None, *(version for _, version in changes[:-1])]
    assert Alias.objects.get().version.number == changes[-1][1]


def test_folders_that_move_into_each_other_make_no_ring(user):
    for number in range(THREADS):
        nodes.create_node(actor=user, path=f"zoo/{number}", kind=Kind.FOLDER)

    def work(number: int) -> None:
        following = (number + 1) % THREADS
        moves.move(actor=user, source=f"zoo/{number}", target=f"zoo/{following}/{number}")

    outcomes = at_once(work)
    assert set(outcomes) <= {"ok", "modelcloud.no_such_node", "modelcloud.bad_place", "modelcloud.duplicate"}
    assert "ok" in outcomes
    reached, _ = selectors.children(viewer=user, path="zoo", recursive=True)
    assert {node.id for node in reached} == set(Node.objects.values_list("id", flat=True))


def test_a_quota_holds_against_many(user, settings):
    settings.MODEL_QUOTA = 20
    api = Api(user)
    uploaded = [api.upload(f"{number:07}".encode()) for number in range(THREADS)]
    outcomes = at_once(lambda number: nodes.create_file(actor=user, path=f"zoo/{number}", sha256=uploaded[number]))
    assert outcomes == ["modelcloud.quota"] * (THREADS - 2) + ["ok"] * 2
    assert Tree.objects.get().used == 14


def test_purging_and_restoring_at_once_leaves_one_of_them(user, sha256):
    nodes.create_file(actor=user, path="zoo/a/x", sha256=sha256)
    trash.trash(actor=user, path="zoo/a")
    node = Node.objects.get(name="a")

    def work(number: int) -> None:
        if number % 2:
            trash.purge(actor=user, node_id=node.id)
        else:
            trash.restore(actor=user, node_id=node.id)

    outcomes = at_once(work)
    assert set(outcomes) <= {"ok", "modelcloud.not_trashed", "modelcloud.no_such_node"}
    left = Node.objects.count()
    assert left in (0, 2)
    assert Tree.objects.get().used == (7 if left else 0)
    assert Version.objects.count() == (1 if left else 0)
