"""Tokens: shown once, stored hashed, expiring, revocable, and only ever one's own."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from server.accounts import errors, selectors, services
from server.accounts.models import Token, User


def test_a_token_is_shown_once_and_stored_only_as_a_hash(ada, api):
    answer = api(ada).post("/api/v1/tokens", {"name": "laptop"}, content_type="application/json")
    assert answer.status_code == 201
    raw = answer.json()["token"]
    assert raw.startswith("pavi_")
    assert len(raw) == 45
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_token")
        stored = str(cursor.fetchall())
    assert raw not in stored
    assert raw[5:] not in stored
    listed = api(ada).get("/api/v1/tokens")
    assert raw not in listed.content.decode()
    assert {"laptop", "test"} == {item["name"] for item in listed.json()["items"]}
    assert selectors.authenticate(raw).username == "ada"


def test_a_revoked_token_stops_working(ada, api):
    client = api(ada)
    token = client.post("/api/v1/tokens", {"name": "old"}, content_type="application/json").json()
    assert client.delete(f"/api/v1/tokens/{token['id']}").status_code == 204
    refused = client.get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {token['token']}")
    assert refused.status_code == 401
    assert "pavi login" in refused.json()["error"]["message"]


def test_an_expired_token_and_a_disabled_user_are_refused(ada):
    token = services.create_token(user_id=ada.user_id, name="x", expires_at=timezone.now() + timedelta(hours=1))
    assert selectors.authenticate(token.raw) is not None
    Token.objects.filter(id=token.id).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert selectors.authenticate(token.raw) is None
    other = services.create_token(user_id=ada.user_id, name="y")
    User.objects.filter(id=ada.user_id).update(is_active=False)
    assert selectors.authenticate(other.raw) is None


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x" * 101}, {"name": "x", "expires_at": "2020-01-01"}])
def test_a_token_that_makes_no_sense_is_refused(ada, api, body):
    answer = api(ada).post("/api/v1/tokens", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("common.invalid", "accounts.bad_token")


def test_somebody_elses_token_is_not_found(ada, bob, api):
    token = services.create_token(user_id=ada.user_id, name="mine")
    assert api(bob).delete(f"/api/v1/tokens/{token.id}").status_code == 404
    assert selectors.authenticate(token.raw) is not None
    with pytest.raises(errors.NoSuchToken):
        services.revoke_token(actor=bob, token_id=1 << 70)


def test_last_use_is_noted_but_not_written_at_every_call(ada, api):
    services.forget_uses()  # ids come again when a test is rolled back
    client = api(ada)
    client.get("/api/v1/me")
    first = Token.objects.get(user_id=ada.user_id).last_used_at
    assert first is not None
    client.get("/api/v1/me")
    assert Token.objects.get(user_id=ada.user_id).last_used_at == first
