"""Browser sessions: CSRF everywhere, guessing slowed down, both ways of signing in lead to the same person."""

import pytest
from django.test import Client

from server.accounts import sessions
from server.accounts.models import User


@pytest.fixture
def browser(ada) -> Client:
    return Client(enforce_csrf_checks=True)


def csrf(client: Client) -> dict[str, str]:
    client.get("/api/v1/me")
    return {"HTTP_X_CSRFTOKEN": client.cookies["pavi_csrf"].value}


def sign_in(client: Client, password: str = "correct horse"):
    body = {"username": "ada", "password": password}
    return client.post("/api/v1/login", body, content_type="application/json", **csrf(client))


def test_signing_in_and_out(browser):
    assert browser.get("/api/v1/me").status_code == 401
    assert sign_in(browser).json()["username"] == "ada"
    assert browser.get("/api/v1/me").json()["username"] == "ada"
    assert browser.post("/api/v1/logout", **csrf(browser)).status_code == 204
    assert browser.get("/api/v1/me").status_code == 401


def test_login_and_every_unsafe_method_need_the_csrf_token(browser):
    body = {"username": "ada", "password": "correct horse"}
    refused = browser.post("/api/v1/login", body, content_type="application/json")
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["error"]["message"]
    sign_in(browser)
    assert browser.post("/api/v1/tokens", {"name": "x"}, content_type="application/json").status_code == 403
    assert browser.post("/api/v1/logout").status_code == 403
    made = browser.post("/api/v1/tokens", {"name": "x"}, content_type="application/json", **csrf(browser))
    assert made.status_code == 201


def test_a_wrong_password_says_nothing_about_the_user(browser):
    wrong = sign_in(browser, "nope")
    unknown = browser.post(
        "/api/v1/login", {"username": "nobody", "password": "x"}, content_type="application/json", **csrf(browser)
    )
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["error"]["message"] == unknown.json()["error"]["message"]


def test_guessing_is_stopped_for_that_user_and_address_only(browser, bob):
    for _ in range(sessions.MAX_FAILURES):
        assert sign_in(browser, "guess").status_code == 401
    assert sign_in(browser).status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    body = {"username": "bob", "password": "battery staple"}
    assert elsewhere.post("/api/v1/login", body, content_type="application/json").status_code == 200


def test_a_disabled_user_loses_the_session(browser, ada):
    sign_in(browser)
    User.objects.filter(id=ada.user_id).update(is_active=False)
    assert browser.get("/api/v1/me").status_code == 401
