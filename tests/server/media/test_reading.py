"""Pages of a series: ranges, thinning, cursors; and who may look."""

import pytest

from server.accounts.principal import Role
from server.media import selectors
from tests.server.media.conftest import image, picture, status_of, text, upload


def shown(items):
    return [(item["step"], item["index"]) for item in items]


@pytest.fixture
def series(gallery):
    """Steps 0, 10, …, 990, two items each."""
    gallery.log(*(text("t", step, "x", index=index) for step in range(0, 1_000, 10) for index in (1, 0)))
    return gallery


def test_steps_are_ascending_and_each_once(series):
    assert series.get("/steps", kind="text", tag="t") == {"steps": list(range(0, 1_000, 10))}
    assert series.get("/steps", kind="text", tag="unknown") == {"steps": []}
    assert series.get("/steps", kind="image", tag="t") == {"steps": []}


def test_one_step_and_a_range_of_steps(series):
    assert shown(series.items("text", "t", step=50)) == [(50, 0), (50, 1)]
    assert series.items("text", "t", step=51) == []
    assert shown(series.items("text", "t", **{"from": 970, "to": 985})) == [(970, 0), (970, 1), (980, 0), (980, 1)]


@pytest.mark.parametrize(
    ("most", "steps"), [(1, [990]), (2, [0, 990]), (4, [0, 330, 660, 990]), (1_000, list(range(0, 1_000, 10)))]
)
def test_thinning_keeps_the_first_and_the_last(series, most, steps):
    assert sorted({item["step"] for item in series.items("text", "t", most=most, limit=1_000)}) == steps


def test_thinning_within_a_range(series):
    assert shown(series.items("text", "t", most=2, **{"from": 15, "to": 101})) == [(20, 0), (20, 1), (100, 0), (100, 1)]


@pytest.mark.parametrize("params", [{}, {"most": 37}, {"from": 31}], ids=["all", "thinned", "range"])
def test_pages_join_to_the_whole_while_more_arrives(series, params):
    whole = series.items("text", "t", limit=1_000, **params)
    found, cursor = [], None
    while True:
        page = series.get("/items", kind="text", tag="t", limit=7, **params, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        assert len(page["items"]) <= 7
        if page["next"] is None:
            break
        cursor = page["next"]
        if "most" in params:
            series.log(text("t", 1_000 + len(found), "new"))
    assert found == whole


def test_a_page_ends_where_its_bodies_get_large(gallery, monkeypatch):
    monkeypatch.setattr(selectors, "MAX_PAGE_BYTES", 100_000)
    gallery.log(*(text("t", step, "x" * 40_000) for step in range(5)))
    page = gallery.get("/items", kind="text", tag="t")
    assert shown(page["items"]) == [(0, 0), (1, 0)]
    page = gallery.get("/items", kind="text", tag="t", cursor=page["next"])
    assert shown(page["items"]) == [(2, 0), (3, 0)]


BAD = {
    "no kind": {"tag": "t"},
    "no tag": {"kind": "text"},
    "kind": {"kind": "svg", "tag": "t"},
    "step": {"kind": "text", "tag": "t", "step": "x"},
    "step huge": {"kind": "text", "tag": "t", "step": 1 << 63},
    "most": {"kind": "text", "tag": "t", "most": 0},
    "limit": {"kind": "text", "tag": "t", "limit": 1_001},
    "cursor": {"kind": "text", "tag": "t", "cursor": "bm8"},
    "cursor of another": {"kind": "text", "tag": "t", "cursor": "WyJhIiwxLG51bGxd"},
}


@pytest.mark.parametrize("params", BAD.values(), ids=BAD.keys())
def test_bad_questions_are_refused(series, params):
    response = series.client.get(f"/api/v1/{series.path}/items", params)
    assert response.status_code == 400, response.content


@pytest.fixture
def paths(gallery):
    """Every address of media, of a training with an image."""
    data = picture()
    upload(gallery.client, data)
    gallery.log(image(data))
    (found,) = gallery.items("image", "sample")
    question = "kind=image&tag=sample"
    return [
        gallery.path,
        f"{gallery.path}/steps?{question}",
        f"{gallery.path}/items?{question}",
        f"{gallery.path}/{found['id']}/file",
        f"{gallery.path}/{found['id']}/thumbnail",
    ]


def test_who_may_look(ada, bob, carol, api, share, paths):
    share("p", carol, Role.VIEWER)
    answers = {
        name: [status_of(api(who).send("get", path)) for path in paths]
        for name, who in {"owner": ada, "viewer": carol, "stranger": bob, "nobody": None}.items()
    }
    assert answers == {"owner": [200] * 5, "viewer": [200] * 5, "stranger": [404] * 5, "nobody": [401] * 5}
    assert [api(ada).send("post", path).status_code for path in paths] == [405] * 5


def test_what_is_in_the_trash_nobody_looks_at(gallery, paths):
    gallery.client.send("delete", f"trainings/{gallery.opened['training']['id']}")
    assert [gallery.client.send("get", path).status_code for path in paths] == [404] * 5
