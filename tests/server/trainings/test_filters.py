"""The filter language: what it means, on real rows, and how it points at mistakes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.trainings.errors import BadFilter
from server.trainings.filters.fields import resolve
from server.trainings.filters.parse import parse_field, parse_filter


@pytest.fixture
def client(ada, api):
    """Three trainings: adam, sgd and bare."""
    client = api(ada)
    client.open(
        project="p",
        name="adam",
        model="ResNet",
        host="gpu-1",
        tags=["baseline", "fast"],
        config={"optimizer": {"lr": 0.1, "name": "adam"}, "amp": True, "a.b": 1, "epochs": 10, "none": None},
    )
    client.open(project="p", name="sgd", tags=["slow"], config={"optimizer": {"lr": 0.01, "name": "sgd"}, "amp": False})
    client.open(project="other", name="bare")
    return client


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("config.optimizer.lr <= 0.1", "adam sgd"),
        ("config.optimizer.lr < 0.1", "sgd"),
        ("0.1 <= config.optimizer.lr", "adam"),
        ("config.optimizer.lr == 1e-2", "sgd"),
        ("config.optimizer.lr != 0.1", "sgd"),
        ("not config.optimizer.lr == 0.1", "bare sgd"),
        ("config.optimizer.name == 'adam' and config.amp == true", "adam"),
        ("config.amp == false", "sgd"),
        ("config.amp != true", "sgd"),
        ('config["a.b"] == 1', "adam"),
        ('config["optimizer"].lr in [0.1, 7]', "adam"),
        ('config.optimizer.name in ["sgd", "adam",]', "adam sgd"),
        ('config.optimizer.name not in ["sgd"]', "adam bare"),
        ("config.optimizer.lr in []", ""),
        ("config.epochs == null", "bare sgd"),
        ("config.epochs != null", "adam"),
        ("config.none == null", "adam bare sgd"),
        ('"baseline" in tags', "adam"),
        ('"baseline" not in tags', "bare sgd"),
        ('"baseline" in tags or "slow" in tags and name == "x"', "adam"),
        ('("baseline" in tags or "slow" in tags) and name == "sgd"', "sgd"),
        ('name =~ "^[as]"', "adam sgd"),
        ('name =~ "(?i)^ADAM$"', "adam"),
        ('config.optimizer.name =~ "d$"', "sgd"),
        ('model == "ResNet" and host != "gpu-2"', "adam"),
        ('project == "p"', "adam sgd"),
        ('project == "ada/other"', "bare"),
        ('project != "p"', "bare"),
        ('project =~ "^oth"', "bare"),
        ('user == "ada"', "adam bare sgd"),
        ('user == "bob"', ""),
        ("number > 0 and duration >= 0", "adam bare sgd"),
        ('created_at > "7d ago" and created_at < "2200-01-01T00:00:00Z"', "adam bare sgd"),
        ('created_at < "2020-01-01" or created_at > "2200-01-31 12:00"', ""),
        ("finished_at == null and not finished_at != null", "adam bare sgd"),
        ("archived == false", "adam bare sgd"),
        ("archived == true", ""),
        ('metrics["val/acc"].max == null', "adam bare sgd"),
        ("metrics.loss > 0 or NOT metrics.loss.count < 5 AND name == 'sgd'", "sgd"),
        ("not (not (name == 'sgd'))", "sgd"),
        ("name == 'in' or name == 'sgd'", "sgd"),
        ('name < "b"', "adam"),
    ],
)
def test_what_expressions_mean(client, where, names):
    assert sorted(client.names(where=where)) == names.split()


@pytest.mark.parametrize(
    ("where", "column", "word"),
    [
        ("name = 'x'", 6, "=="),
        ("nmae == 'x'", 1, "name"),
        ("name == 'x' and", 16, "Example"),
        ("name == x", 9, "Quote"),
        ("name == 'x", 9, "closed"),
        ("(name == 'x'", 13, "Example"),
        ("0.1 < metrics.loss < 0.5", 20, "chain"),
        ("metrics.val/acc > 1", 12, "quotes"),
        ("metrics.a.b.max > 1", 1, "quotes"),
        ("metrics.loss.median > 1", 1, "Statistics"),
        ("metrics.loss > 'x'", 16, "number"),
        ("name > 5", 8, "Quote"),
        ("status == 'runing'", 11, "running"),
        ("status < 'lost'", 10, "running"),
        ("tags == 'x'", 9, "in tags"),
        ("'x' in name", 5, "in tags"),
        ("5 in tags", 3, "in tags"),
        ("name == ['a']", 10, "Use in"),
        ("name in 'a'", 9, "list"),
        ("1 == 1", 3, "left"),
        ("created_at > 'soon'", 14, "7d ago"),
        ("config == 1", 1, "config.lr"),
        ("config.x =~ '('", 13, "Back references"),
        ("config.x =~ '(a)\\\\1'", 13, "Back references"),
        ("name && 1", 6, "and, or"),
        ("config.x < true", 12, "=="),
        ("archived == 1", 13, "true"),
        ("", 1, "Example"),
    ],
)
def test_mistakes_are_pointed_at(ada, api, where, column, word):
    answer = api(ada).get("/api/v1/trainings", {"where": where or " ("})
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["code"] == "trainings.bad_filter"
    if where:
        assert (error["details"]["line"], error["details"]["column"]) == (1, column)
        assert word in error["message"]
        lines = error["message"].splitlines()
        assert lines[2] == " " * (column - 1) + "^"


@pytest.mark.parametrize(
    "where",
    [
        "not " * 500 + "name == 'x'",
        "(" * 900 + "name == 'x'" + ")" * 900,
        " and ".join(["name == 'x'"] * 200),
        "name == '" + "x" * 5_000 + "'",
        "name == 'a' and (" * 60 + "name == 'x'" + ")" * 60,
    ],
)
def test_expressions_have_limits(ada, api, where):
    answer = api(ada).get("/api/v1/trainings", {"where": where})
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "where",
    [
        "number == 1e400",
        "number == 99999999999999999999999",
        "duration > 1e300",
        "config.x == 1e400",
        "metrics.x > -1e400",
        "name == 'nul\0'",
        "config.x == '\ud800'",
        "created_at > '9999999999 d ago'",
        "created_at > '999999w ago'",
        "name =~ '" + "(a*)*" * 30 + "b'",
        "name =~ 'a{1000}{1000}'",
        'config["' + "k" * 1000 + '"] == 1',
    ],
)
def test_extreme_values_never_break_the_server(client, where):
    assert client.get("/api/v1/trainings", {"where": where.encode("utf-8", "replace").decode()}).status_code in (
        200,
        400,
    )


@given(st.text(max_size=60) | st.text(alphabet="abmnot<>=!~()[]\"'.,0 \\", max_size=60))
def test_no_text_breaks_the_parser(text):
    try:
        parse_filter(text)
    except BadFilter as error:
        assert error.details["column"] >= 1  # noqa: PT017  # either answer is right


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3))
def test_quoted_names_mean_what_they_say(path):
    quoted = "".join('["' + part.replace("\\", "\\\\").replace('"', '\\"') + '"]' for part in path)
    assert parse_field("config" + quoted).path == ("config", *path)
    resolve(parse_field("config" + quoted), "")
