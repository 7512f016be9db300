"""Who sees which page: the login, one's own trainings, and nothing of others."""

from collections.abc import Callable

import pytest
from django.test import Client

from server.accounts.principal import Principal

PAGES = ["/", "/trainings/1", "/trainings/1/traces/1", "/compare?trainings=1", "/compares", "/compares/1"]
PAGES += ["/models", "/models/digits/resnet@v1"]


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_is_sent_to_the_login(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login?next=%2F")


def test_the_login_leads_back(ada: Principal) -> None:
    client = Client()
    answer = client.post("/login", {"username": "ada", "password": "correct horse", "next": "/trainings/1?x=time"})
    assert (answer.status_code, answer["Location"]) == (302, "/trainings/1?x=time")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_login_leads_nowhere_else(ada: Principal, target: str) -> None:
    answer = Client().post("/login", {"username": "ada", "password": "correct horse", "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_wrong_password_is_said_to_be_wrong(ada: Principal) -> None:
    answer = Client().post("/login", {"username": "ada", "password": "wrong"})
    assert answer.status_code == 401
    assert b"User name or password is wrong" in answer.content


def test_the_login_needs_its_token(ada: Principal) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/login", {"username": "ada", "password": "correct horse"}).status_code == 403


def test_signing_out_ends_it(ada: Principal, browser: Callable[[Principal], Client]) -> None:
    client = browser(ada)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 302
    assert client.get("/").status_code == 302


def test_somebody_elses_training_is_not_there(
    ada: Principal, bob: Principal, browser: Callable[[Principal], Client], new_training
) -> None:
    training = new_training(ada, name="secret run")
    mine = new_training(bob, name="mine")
    client = browser(bob)
    assert b"secret run" not in client.get("/").content
    for ref in (training["number"], training["id"], 999_999, "nonsense"):
        answer = client.get(f"/trainings/{ref}")
        assert answer.status_code == 404
        assert b"Nothing here" in answer.content
    assert client.get(f"/compare?trainings={mine['number']},{training['number']}").status_code == 404


def test_somebody_elses_trace_is_not_there(
    ada: Principal, bob: Principal, browser: Callable[[Principal], Client], new_training
) -> None:
    sent = {"sha256": "0" * 64, "size": 9, "media_type": "application/json"}
    trace = {"type": "media", "kind": "trace", "tag": "profile", "step": 1, "time": 1.0, **sent}
    number = new_training(ada, trace)["number"]
    query = f"/api/v1/trainings/{number}/media/items?kind=trace&tag=profile"
    (item,) = browser(ada).get(query).json()["items"]
    address = f"/trainings/{number}/traces/{item['id']}"
    assert browser(bob).get(address).status_code == 404
    answer = browser(ada).get(address)
    assert (answer.status_code, b"have not arrived" in answer.content) == (409, True)


def test_only_members_are_told_that_they_may_write(
    ada: Principal, bob: Principal, browser: Callable[[Principal], Client], new_training
) -> None:
    training = new_training(ada, name="shared")
    project = browser(ada).get(f"/api/v1/trainings/{training['number']}").json()["project"]["id"]
    body = {"username": "bob", "role": "viewer"}
    granted = browser(ada).put(f"/api/v1/projects/{project}/members", body, content_type="application/json")
    assert granted.status_code == 200, granted.content
    shown = {who.username: browser(who).get(f"/trainings/{training['number']}").content for who in (ada, bob)}
    assert b"data-writable" in shown["ada"]
    assert b"shared" in shown["bob"]
    assert b"data-writable" not in shown["bob"]


def test_a_saved_compare_shows_only_what_the_viewer_may_see(
    ada: Principal, bob: Principal, browser: Callable[[Principal], Client], new_training
) -> None:
    training = new_training(ada, name="secret run")
    body = {"name": "both", "trainings": [training["id"]]}
    saved = browser(ada).post("/api/v1/compares", body, content_type="application/json").json()
    assert b"secret run" in browser(ada).get(f"/compares/{saved['number']}").content
    assert browser(bob).get(f"/compares/{saved['number']}").status_code == 404


def test_pages_allow_no_foreign_code_and_no_frames(ada: Principal, browser: Callable[[Principal], Client]) -> None:
    pages = [(browser(ada), path) for path in ("/", "/trainings/7", "/models/digits")] + [(Client(), "/login")]
    for client, path in pages:
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
