"""Users are made with real passwords; what was done is written down, for those who may read it, for ever."""

import uuid

import pytest

from server.accounts import errors, selectors, services
from server.accounts.models import AppendOnly, AuditEntry, User
from server.accounts.principal import Role


def test_creating_a_user(db):
    grace = services.create_user(username="grace", password="a long enough one", is_admin=True)
    assert grace.is_admin
    assert selectors.find_user("grace") == grace
    with pytest.raises(errors.UsernameTaken):
        services.create_user(username="grace", password="a long enough one")


@pytest.mark.parametrize("password", ["short", "password123"])
def test_bad_passwords_are_refused(db, password):
    with pytest.raises(errors.BadPassword):
        services.create_user(username="grace", password=password)


@pytest.mark.parametrize("username", ["", "a b", "x" * 151, "nul\0"])
def test_bad_usernames_are_refused(db, username):
    with pytest.raises(errors.BadUsername):
        services.create_user(username=username, password="a long enough one")


def test_audit_is_for_administrators_owners_and_the_actor(ada, bob, api):
    scope = uuid.uuid4()
    root = services.create_user(username="root", password="a long enough one", is_admin=True)
    services.record(actor=root, action="thing.done", target="t", scope=scope)

    def actions(who):
        return [item["action"] for item in api(who).get("/api/v1/audit").json()["items"]]

    assert "thing.done" in actions(root)
    assert "thing.done" not in actions(bob)
    services.grant(scope=scope, username="bob", role=Role.VIEWER, actor=root)
    assert "thing.done" not in actions(bob)
    services.grant(scope=scope, username="bob", role=Role.OWNER, actor=root)
    assert "thing.done" in actions(bob)
    assert api(None).get("/api/v1/audit").status_code == 401


def test_audit_pages_are_complete_and_newest_first(ada, api):
    for index in range(5):
        services.record(actor=ada, action="step", target=str(index))
    client, seen, cursor = api(ada), [], ""
    while cursor is not None:
        page = client.get("/api/v1/audit", {"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [item["target"] for item in page["items"] if item["action"] == "step"]
        cursor = page["next"]
    assert seen == ["4", "3", "2", "1", "0"]
    assert client.get("/api/v1/audit", {"cursor": "nonsense"}).status_code == 400


def test_audit_entries_cannot_be_changed_and_outlive_the_user(ada):
    services.record(actor=ada, action="step", target="x")
    entry = AuditEntry.objects.get(action="step")
    for attempt in (
        entry.delete,
        entry.save,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(action="y"),
    ):
        with pytest.raises(AppendOnly):
            attempt()
    User.objects.get(id=ada.user_id).delete()
    entry = AuditEntry.objects.get(action="step")
    assert entry.actor_id is None
    assert entry.actor_name == "ada"


def test_roles_are_given_replaced_and_taken(ada, bob):
    scope = uuid.uuid4()
    services.grant(scope=scope, username="bob", role=Role.VIEWER, actor=ada)
    services.grant(scope=scope, username="bob", role=Role.MEMBER, actor=ada)
    assert selectors.role_in(viewer=bob, scope=scope) is Role.MEMBER
    assert selectors.scopes_of(viewer=bob) == {scope: Role.MEMBER}
    services.revoke(scope=scope, username="bob", actor=ada)
    assert selectors.role_in(viewer=bob, scope=scope) is None
    with pytest.raises(errors.NoSuchUser):
        services.revoke(scope=scope, username="bob", actor=ada)
    with pytest.raises(errors.NoSuchUser):
        services.grant(scope=scope, username="nobody", role=Role.VIEWER, actor=ada)
