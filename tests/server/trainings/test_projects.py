"""Projects: names, roles, sharing; what each role may do, asked from the outside."""

import uuid

import pytest

from server.accounts.principal import Role
from server.trainings.models import Project


@pytest.fixture
def project(ada, api) -> str:
    answer = api(ada).send("post", "projects", {"name": "p", "description": "d"})
    assert answer.status_code == 201
    return f"projects/{answer.json()['id']}"


def test_a_project_belongs_to_its_maker(ada, api, project):
    found = api(ada).send("get", project).json()
    assert (found["path"], found["role"], found["visibility"], found["trainings"]) == ("ada/p", "owner", "private", 0)
    assert api(ada).send("post", "projects", {"name": "p"}).status_code == 409
    for name in ("", " ", "a/b", "x" * 101, "two\nlines"):
        assert api(ada).send("post", "projects", {"name": name}).status_code == 400


def test_everybody_may_have_a_project_of_the_same_name(ada, bob, api, project):
    assert api(bob).send("post", "projects", {"name": "p"}).status_code == 201
    assert Project.objects.filter(name="p").count() == 2
    assert [row["path"] for row in api(ada).send("get", "projects").json()["items"]] == ["ada/p"]


def test_each_role_may_do_what_it_should(ada, bob, carol, api, project, share):
    """Anonymous 401, stranger 404, viewer and member 403 for what is the owner's."""
    dan = api(ada).send("put", f"{project}/members", {"username": "carol", "role": "viewer"})
    assert dan.status_code == 200
    asked = [
        ("get", project, None),
        ("get", f"{project}/members", None),
        ("patch", project, {"description": "x"}),
        ("put", f"{project}/members", {"username": "bob", "role": "viewer"}),
        ("delete", f"{project}/members/ada", None),
        ("delete", project, None),
    ]
    codes = {who: [api(as_).send(*one).status_code for one in asked] for who, as_ in (("-", None), ("bob", bob))}
    assert codes == {"-": [401] * 6, "bob": [404] * 6}
    assert [api(carol).send(*one).status_code for one in asked] == [200, 200, 403, 403, 403, 403]
    share("p", carol, Role.MEMBER)
    assert [api(carol).send(*one).status_code for one in asked] == [200, 200, 403, 403, 403, 403]
    share("p", carol, Role.OWNER)
    assert [api(carol).send(*one).status_code for one in asked] == [200, 200, 200, 200, 409, 204]


def test_members_are_shown_changed_and_leave(ada, bob, carol, api, project):
    client = api(ada)
    for name in ("bob", "carol"):
        client.send("put", f"{project}/members", {"username": name, "role": "member"})
    client.send("put", f"{project}/members", {"username": "carol", "role": "viewer"})
    roles = {item["username"]: item["role"] for item in client.send("get", f"{project}/members").json()["items"]}
    assert roles == {"ada": "owner", "bob": "member", "carol": "viewer"}
    assert api(bob).send("delete", f"{project}/members/carol").status_code == 403
    assert api(carol).send("delete", f"{project}/members/carol").status_code == 204
    assert client.send("delete", f"{project}/members/bob").status_code == 204
    assert client.send("delete", f"{project}/members/bob").status_code == 404
    assert api(bob).send("get", project).status_code == 404
    assert client.send("put", f"{project}/members", {"username": "nobody", "role": "member"}).status_code == 404
    assert client.send("put", f"{project}/members", {"username": "bob", "role": "king"}).status_code == 400


def test_the_project_stays_with_the_user_whose_name_it_carries(ada, api, project):
    refused = api(ada).send("put", f"{project}/members", {"username": "ada", "role": "viewer"})
    assert refused.json()["error"]["code"] == "trainings.owner_stays"
    assert api(ada).send("delete", f"{project}/members/ada").status_code == 409


def test_a_shared_project_is_read_by_everybody_and_written_by_members(ada, bob, api, project):
    training = api(ada).open(project="p")["training"]
    assert api(ada).send("patch", project, {"visibility": "shared"}).status_code == 200
    assert api(bob).send("get", f"trainings/{training['id']}").json()["writable"] is False
    assert api(bob).names() == ["training"]
    assert api(bob).send("get", f"{project}/members").json()["items"] == []
    assert api(bob).send("patch", f"trainings/{training['id']}", {"name": "x"}).status_code == 403
    assert api(bob).send("put", f"writers/{uuid.uuid4()}", {"training": training["id"]}).status_code == 403
    assert api(bob).send("patch", project, {"name": "mine"}).status_code == 403
    # A plain name of somebody else's shared project still means one's own.
    assert api(bob).open(project="p")["training"]["id"] != training["id"]


def test_renaming_archiving_and_deleting(ada, api, project):
    client = api(ada)
    client.send("post", "projects", {"name": "q"})
    assert client.send("patch", project, {"name": "q"}).status_code == 409
    assert client.send("patch", project, {"name": "r", "archived": True}).json()["archived"] is True
    assert client.send("patch", project, {"archived": False}).json()["name"] == "r"
    training = client.open(project="r")["training"]
    assert client.send("delete", project).status_code == 409
    client.send("delete", f"trainings/{training['id']}")
    assert client.send("delete", project).status_code == 409
    other = f"projects/{Project.objects.get(name='q').id}"
    assert client.send("delete", other).status_code == 204
    assert client.send("get", other).status_code == 404


def test_what_was_done_is_in_the_audit_log_of_the_owner(ada, bob, api, project):
    api(ada).send("put", f"{project}/members", {"username": "bob", "role": "viewer"})
    api(ada).send("patch", project, {"visibility": "shared"})
    actions = [entry["action"] for entry in api(ada).get("/api/v1/audit").json()["items"]]
    assert {"role.granted", "project.changed"} <= set(actions)
    assert "project.changed" not in [entry["action"] for entry in api(bob).get("/api/v1/audit").json()["items"]]
