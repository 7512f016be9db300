"""What the pages say; and that what users write stays text."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from server.accounts.principal import Principal

EVIL = '<script>alert("x")</script>'


@pytest.fixture
def client(ada: Principal, browser: Callable[[Principal], Client]) -> Client:
    return browser(ada)


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_without_trainings_the_page_teaches_the_first_lines(client: Client, settings) -> None:
    settings.PUBLIC_URL = "https://pavi.example"
    html = text(client, "/")
    for line in ("pip install pavi-sdk", "pavi login --server https://pavi.example", "import pavi", "pavi.init("):
        assert line in html


def test_the_table_shows_status_name_project_and_progress(client: Client, ada: Principal, new_training) -> None:
    new_training(ada, name="alpha", config={"max_iters": 500}, tags=["baseline"])
    new_training(ada, {"type": "finish", "status": "crashed", "reason": "out of memory"}, name="beta")
    html = text(client, "/")
    shown = words(html)
    assert shown.index("beta") < shown.index("alpha")
    assert "baseline" in shown
    assert "ada/digits" in shown
    assert "– / 500" in shown
    assert 'data-status="crashed"' in html
    assert 'data-status="running"' in html


def test_the_table_filters_and_says_what_is_wrong_with_a_filter(client: Client, ada: Principal, new_training) -> None:
    new_training(ada, name="slow", config={"lr": 0.01})
    new_training(ada, name="fast", config={"lr": 0.1})
    html = text(client, "/?where=config.lr+>+0.05")
    assert "fast" in words(html)
    assert "slow" not in words(html)
    html = text(client, "/?where=config.lr+>", status=400)
    assert 'role="alert"' in html
    assert 'value="config.lr &gt;"' in html
    assert "No training matches" in text(client, "/?where=config.lr+>+5")
    assert "Nothing here" in text(client, "/?project=bob/none", status=404)


def test_the_table_goes_on_to_the_next_page(client: Client, ada: Principal, new_training) -> None:
    for number in range(51):
        new_training(ada, name=f"run {number}")
    first = text(client, "/?order_by=name")
    address = re.search(r'href="(\?[^"]*cursor=[^"]*)"', first)
    assert address is not None
    second = text(client, "/" + address[1].replace("&amp;", "&"))
    assert first.count("<tr data-id") == 50
    assert second.count("<tr data-id") == 1


def test_a_training_shows_what_was_stored_of_it(client: Client, ada: Principal, new_training) -> None:
    console = {
        "type": "console",
        "stream": "stdout",
        "first_line": 0,
        "lines": 2,
        "time": 1.0,
        "text": "one\n\x1b[31mtwo",
    }
    training = new_training(
        ada,
        console,
        {"type": "summary", "summary": {"best": 0.75}},
        {"type": "finish", "status": "crashed", "reason": "CUDA out of memory"},
        name="third",
        config={"optimizer": {"lr": 0.1, "betas": [0.9, 0.99]}},
        notes="# plain",
    )
    for ref in (training["number"], training["id"]):
        html = text(client, f"/trainings/{ref}")
        shown = words(html)
        for expected in (
            "third",
            "crashed",
            "CUDA out of memory",
            "optimizer.lr 0.1",
            "optimizer.betas [0.9, 0.99]",
            "best 0.75",
            "# plain",
            "one two",
        ):
            assert expected in shown
        assert training["id"] in html


def test_a_compare_shows_only_what_differs(client: Client, ada: Principal, new_training) -> None:
    first = new_training(ada, name="a", config={"lr": 0.1, "seed": 1, "only": {"here": True}})
    second = new_training(ada, name="b", config={"lr": 0.2, "seed": 1})
    shown = words(text(client, f"/compare?trainings={first['number']},{second['id']}"))
    assert "lr 0.1 0.2" in shown
    assert "only.here true –" in shown
    assert "1 key the same everywhere" in shown
    assert "seed" not in shown


def test_a_compare_of_nothing_says_how_to_get_one(client: Client) -> None:
    assert "press Compare" in words(text(client, "/compare"))
    assert "None saved" in words(text(client, "/compares"))


def test_too_many_trainings_are_refused_with_a_reason(client: Client) -> None:
    refs = ",".join(str(number) for number in range(1, 300))
    assert "at most 200" in text(client, f"/compare?trainings={refs}", status=400)


def test_a_saved_compare_has_its_name_in_the_list(client: Client, ada: Principal, new_training) -> None:
    training = new_training(ada, name="a")
    body = {"name": "two rates", "trainings": [training["id"]]}
    saved = client.post("/api/v1/compares", body, content_type="application/json").json()
    assert "two rates" in words(text(client, "/compares"))
    assert "two rates" in words(text(client, f"/compares/{saved['number']}"))


def test_what_users_write_stays_text(client: Client, ada: Principal, new_training) -> None:
    training = new_training(
        ada,
        {"type": "console", "stream": "stdout", "first_line": 0, "lines": 1, "time": 1.0, "text": EVIL},
        {"type": "summary", "summary": {EVIL: EVIL}},
        name=EVIL,
        tags=[EVIL],
        notes=EVIL,
        model=EVIL,
        config={EVIL: EVIL},
        session_text=EVIL,
    )
    other = new_training(ada, name="other", config={EVIL: 1})
    for path in (
        "/",
        f"/trainings/{training['number']}",
        f"/compare?trainings={training['number']},{other['number']}",
        f"/?where={EVIL}",
        f"/?order_by={EVIL}",
        f"/trainings/{EVIL}",
        f"/models/{EVIL}",
    ):
        assert "<script>alert" not in client.get(path).content.decode()


def test_every_script_and_style_is_ours_and_there(client: Client, ada: Principal, new_training) -> None:
    training = new_training(ada, name="a")
    for path in ("/", f"/trainings/{training['number']}", f"/compare?trainings={training['number']}", "/models"):
        html = text(client, path)
        assert " style=" not in html
        assert not re.search(r"\son\w+=", html)
        for address in re.findall(r'(?:src|href)="(/static/[^"]*)"', html):
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert b"".join(answer.streaming_content)
