"""Who may connect and watch, at the beginning and later on."""

import pytest
from django.conf import settings
from websockets.exceptions import InvalidStatus

from server.accounts.models import Token
from server.accounts.principal import Principal
from server.live import consumer
from tests.server.live.conftest import Allowed, LiveServer, Page, browser, token_of


def refused(server: LiveServer, **headers: str) -> int:
    with pytest.raises(InvalidStatus) as refusal, server.open(**headers):
        pass
    return int(refusal.value.response.status_code)


def session_cookie(principal: Principal) -> str:
    with browser(principal) as client:
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_nobody_connects_unknown(server: LiveServer) -> None:
    assert refused(server) == 403
    assert refused(server, Authorization="Bearer wrong") == 403
    assert (
        refused(server, Cookie=f"{settings.SESSION_COOKIE_NAME}=wrong", Origin=f"http://127.0.0.1:{server.port}") == 403
    )


def test_a_page_of_this_server_connects_with_its_session(server: LiveServer, allowed: Allowed, ada: Principal) -> None:
    with server.open(Cookie=session_cookie(ada), Origin=f"http://127.0.0.1:{server.port}") as connection:
        assert Page(connection).subscribe(allowed.new_training(ada))["missing"] == []


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "http://127.0.0.1:1", "null", ""])
def test_pages_from_elsewhere_cannot_use_the_session(server: LiveServer, ada: Principal, origin: str) -> None:
    assert refused(server, Cookie=session_cookie(ada), Origin=origin) == 403


def test_a_trusted_origin_may(server: LiveServer, ada: Principal, settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://pavi.example"]
    with server.open(Cookie=session_cookie(ada), Origin="https://pavi.example") as connection:
        connection.ping().wait(10)


def test_other_paths_are_refused(server: LiveServer) -> None:
    with pytest.raises(InvalidStatus), server.open("/elsewhere"):
        pass


def test_somebody_elses_training_is_not_there(page: Page, allowed: Allowed, ada: Principal) -> None:
    page.say(type="subscribe", id="s", trainings=[allowed.new_training()])
    error = page.hear("error")
    assert (error["id"], error["code"]) == ("s", "live.not_found")
    mine, other = allowed.new_training(ada), allowed.new_training()
    assert page.subscribe(mine, other)["missing"] == [str(other)]


def test_points_of_a_training_that_was_not_allowed_never_come(
    page: Page, server: LiveServer, allowed: Allowed, ada: Principal, bob: Principal, store
) -> None:
    mine, bobs = allowed.new_training(ada), allowed.new_training(bob)
    page.subscribe(mine, bobs)
    with server.open(Authorization=f"Bearer {token_of(bob)}") as connection:
        Page(connection).subscribe(bobs)
        store(bobs, {"loss": [1.0]})
        store(mine, {"loss": [2.0]})
        assert page.hear("points")["training"] == str(mine)


def test_access_that_is_taken_away_is_noticed(
    server: LiveServer, allowed: Allowed, ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "RECHECK_S", 0.2)
    training = allowed.new_training(ada)
    with server.open(Authorization=f"Bearer {token_of(ada)}") as connection:
        page = Page(connection)
        page.subscribe(training)
        allowed.readers[training].clear()
        assert page.hear("gone") == {"type": "gone", "training": str(training)}


def test_a_revoked_token_ends_the_connection(
    server: LiveServer, ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "RECHECK_S", 0.2)
    with server.open(Authorization=f"Bearer {token_of(ada)}") as connection:
        Token.objects.all().delete()
        assert Page(connection).closed_with() == 4401


def test_signing_out_ends_the_connection(server: LiveServer, ada: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "RECHECK_S", 0.2)
    with browser(ada) as client:
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        with server.open(Cookie=cookie, Origin=f"http://127.0.0.1:{server.port}") as connection:
            client.logout()
            assert Page(connection).closed_with() == 4401
