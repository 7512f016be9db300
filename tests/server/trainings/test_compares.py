"""Compares: a link shows everybody exactly the trainings that he may read."""

import uuid

import pytest

from server.accounts.principal import Role
from server.trainings.models import CompareMember


@pytest.fixture
def compare(ada, api):
    client = api(ada)
    numbers = [client.open(project=project, name=project)["training"]["number"] for project in ("p", "q")]
    body = {"name": "c", "trainings": [str(number) for number in numbers], "settings": {"x": "step", "deep": [1, {}]}}
    answer = client.send("post", "compares", body)
    assert answer.status_code == 201
    return answer.json()


def test_it_keeps_order_and_settings_and_has_two_names(ada, api, compare):
    client = api(ada)
    for ref in (compare["id"], compare["number"]):
        found = client.send("get", f"compares/{ref}").json()
        assert [training["name"] for training in found["trainings"]] == ["p", "q"]
        assert found["settings"] == {"x": "step", "deep": [1, {}]}
        assert found["url"].endswith(f"/compares/{compare['number']}")


def test_others_see_what_they_may_read_of_it(ada, bob, carol, api, share, compare):
    path = f"compares/{compare['number']}"
    share("q", carol, Role.VIEWER)
    assert [training["name"] for training in api(carol).send("get", path).json()["trainings"]] == ["q"]
    assert api(bob).send("get", path).status_code == 404
    assert api(None).send("get", path).status_code == 401
    listed = [[item["name"] for item in api(who).send("get", "compares").json()["items"]] for who in (ada, bob, carol)]
    assert listed == [["c"], [], ["c"]]


def test_only_its_owner_changes_it(ada, bob, carol, api, share, compare):
    path = f"compares/{compare['number']}"
    share("q", carol, Role.VIEWER)
    asked = [
        ("patch", path, {"name": "x"}),
        ("delete", path),
        ("post", f"{path}/trainings", {"trainings": [compare["trainings"][1]["id"]]}),
        ("delete", f"{path}/trainings/{compare['trainings'][1]['id']}"),
    ]
    for who, code in ((None, 401), (bob, 404), (carol, 403)):
        assert [api(who).send(*one).status_code for one in asked] == [code] * 4
    assert api(ada).send("patch", path, {"name": "renamed", "settings": {"y": 1}}).json()["settings"] == {"y": 1}
    assert api(ada).send("patch", path, {"settings": {}}).json()["name"] == "renamed"
    assert api(ada).send("delete", path).status_code == 204
    assert api(ada).send("get", path).status_code == 404


def test_members_bring_their_own_trainings_and_take_them_out(ada, carol, api, share, compare):
    path = f"compares/{compare['number']}"
    share("q", carol, Role.MEMBER)
    client = api(carol)
    mine = client.open(name="mine")["training"]["id"]
    found = client.send("post", f"{path}/trainings", {"trainings": [mine, mine]}).json()
    assert [training["name"] for training in found["trainings"]] == ["q", "mine"]
    assert len(api(ada).send("get", path).json()["trainings"]) == 2
    assert client.send("delete", f"{path}/trainings/{mine}").status_code == 204
    assert client.send("delete", f"{path}/trainings/{mine}").status_code == 404
    hidden = compare["trainings"][0]["id"]
    assert client.send("delete", f"{path}/trainings/{hidden}").status_code == 404
    assert CompareMember.objects.count() == 2


def test_a_compare_of_trainings_one_may_not_read_is_refused(ada, bob, api, compare):
    foreign = compare["trainings"][0]["id"]
    for ref in (foreign, str(uuid.uuid4()), "x"):
        assert api(bob).send("post", "compares", {"trainings": [ref]}).status_code == 404
    for wrong in ({"name": "x" * 201}, {"trainings": "x"}, {"settings": []}, {"trainings": [[]]}):
        assert api(bob).send("post", "compares", wrong).status_code == 400


def test_the_list_pages(ada, api):
    client = api(ada)
    for index in range(5):
        client.send("post", "compares", {"name": str(index)})
    first = client.send("get", "compares?limit=3").json()
    rest = client.send("get", f"compares?limit=3&cursor={first['next']}").json()
    assert [item["name"] for item in first["items"] + rest["items"]] == list("43210")
    assert rest["next"] is None
    assert client.send("get", "compares?cursor=x").status_code == 400
