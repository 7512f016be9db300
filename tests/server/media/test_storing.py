"""What events of a journal store, and what of it is shown."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.media import services as media
from server.media.models import Item
from server.trainings.gating import TrainingsGate
from tests.server.media.conftest import image, picture, text


def test_an_item_is_given_as_it_was_logged(gallery):
    meta = {"markdown": True, "caption": "Zürich\0", "z": 1, "a": [1.5, "NaN", None]}
    gallery.log(text("notes/a b", 7, "# heading", meta=meta, index=3))
    (found,) = gallery.items("text", "notes/a b")
    assert found.pop("id").isdigit()
    assert found.pop("size") == len('{"text":"# heading"}')
    assert list(found["meta"]) == ["markdown", "caption", "z", "a"]
    assert found == {
        "kind": "text",
        "tag": "notes/a b",
        "step": 7,
        "index": 3,
        "time": 5.0,
        "meta": meta,
        "body": {"text": "# heading"},
        "media_type": "application/json",
        "sha256": None,
        "name": "",
        "stored": True,
    }


def test_the_index_counts_by_kind_and_tag(gallery):
    gallery.log(text("b", 3, "x"), text("b", -2, "y"), text("a", 9, "z"))
    gallery.log(text("b", 5, "x"), {**text("b", 1, ""), "kind": "layout", "body": {"c": {"t": ["Multiline", ["x"]]}}})
    assert gallery.index() == [
        {"kind": "layout", "tag": "b", "count": 1, "first_step": 1, "last_step": 1},
        {"kind": "text", "tag": "a", "count": 1, "first_step": 9, "last_step": 9},
        {"kind": "text", "tag": "b", "count": 3, "first_step": -2, "last_step": 5},
    ]
    assert [row["tag"] for row in gallery.get("", kind="text", tag_prefix="a")["items"]] == ["a"]


def test_of_one_place_the_latest_received_is_shown(gallery):
    gallery.log(text("t", 1, "first"), text("t", 2, "other"))
    gallery.log(text("t", 1, "second"), text("t", 1, "third"), text("t", 1, "another index", index=1))
    assert [item["body"]["text"] for item in gallery.items("text", "t")] == ["third", "another index", "other"]
    assert gallery.index()[0]["count"] == 3
    assert Item.objects.count() == 5


def test_a_rewind_hides_what_it_makes_stale(gallery):
    gallery.log(*(text("train/t", step, "old") for step in range(10)), *(text("val/t", e, "old") for e in range(4)))
    gallery.log({"type": "rewind", "step": 4, "steps": {"val/": 1}}, text("train/t", 5, "new"))
    shown = [(item["step"], item["body"]["text"]) for item in gallery.items("text", "train/t")]
    assert shown == [(0, "old"), (1, "old"), (2, "old"), (3, "old"), (4, "old"), (5, "new")]
    assert [(row["tag"], row["count"], row["last_step"]) for row in gallery.index()] == [
        ("train/t", 6, 5),
        ("val/t", 2, 1),
    ]
    gallery.log({"type": "rewind", "step": -1})
    assert gallery.index() == []
    assert gallery.get("/steps", kind="text", tag="train/t") == {"steps": []}
    gallery.log(text("train/t", 0, "anew"))
    assert gallery.index() == [{"kind": "text", "tag": "train/t", "count": 1, "first_step": 0, "last_step": 0}]


def test_a_rewind_in_the_middle_of_a_batch_hides_what_stands_before_it(gallery):
    gallery.log(text("t", 8, "before"), {"type": "rewind", "step": 3}, text("t", 9, "behind"))
    assert [item["step"] for item in gallery.items("text", "t")] == [9]


def test_a_large_batch_takes_a_handful_of_statements(gallery):
    def statements(count: int, tags: int, again: int = 0) -> int:
        events = [text(f"{tags}/{n % tags}", n // tags, "x") for n in range(count)] * (1 + again)
        files = [image(picture(8, 8), tag=f"i{tags}", step=n) for n in range(count // 10)]
        with CaptureQueriesContext(connection) as queries:
            gallery.log(*events, *files)
        return len(queries)

    # SQLite takes a few hundred values a statement, so that some tens of rows go into each.
    assert statements(500, 1) < 40
    assert statements(500, 500) < 40
    assert statements(500, 250, again=1) < 80


BAD = {
    "kind": {"kind": "svg"},
    "tag": {"tag": ""},
    "tag not text": {"tag": 5},
    "step": {"step": None},
    "step fraction": {"step": 1.5},
    "step flag": {"step": True},
    "step huge": {"step": 1 << 63},
    "index": {"index": 10_000},
    "index negative": {"index": -1},
    "time": {"time": "now"},
    "name": {"name": "n" * 301},
    "meta": {"meta": []},
    "meta large": {"meta": {"m": "x" * 16_384}},
    "body": {"body": None},
    "body list": {"body": []},
    "body large": {"body": {"text": "x" * 65_536}},
    "body text": {"body": {"text": 5}},
    "body sha256": {"sha256": "0" * 64},
}
BAD_FILES = {
    "sha256": {"sha256": "0" * 63},
    "size": {"size": -1},
    "media_type": {"media_type": "image/svg+xml"},
    "media_type html": {"media_type": "text/html"},
    "media_type missing": {"media_type": None},
    "body": {"sha256": None, "body": {"text": "an image is a file"}},
}
BAD_SHAPES = {
    "body.counts": ("histogram", {"edges": [1]}),
    "body.edges": ("histogram", {"edges": [1, 2], "counts": [1, 2]}),
    "body.rows": ("table", {"columns": [{"name": "a", "type": "string"}], "rows": [[1, 2]]}),
    "body.columns": ("table", {"columns": ["a"], "rows": []}),
    "body.thresholds": ("pr_curve", {}),
    "body.nodes": ("graph", {"nodes": {}}),
    "body.points": ("embedding", {}),
    "body.vertices": ("mesh", {}),
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
def test_a_bad_event_is_refused_by_the_name_of_its_field(change):
    problem = TrainingsGate().check_event({**text("t", 1, "x"), **change})
    assert problem is not None
    assert f"'{next(iter(change))}" in problem


@pytest.mark.parametrize("change", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_refused_by_the_name_of_its_field(change):
    problem = TrainingsGate().check_event({**image(b"x"), **change})
    assert problem is not None
    assert f"'{list(change)[-1]}" in problem


@pytest.mark.parametrize(("field", "kind", "body"), [(field, *rest) for field, rest in BAD_SHAPES.items()])
def test_a_body_of_a_wrong_shape_is_refused_by_the_name_of_its_field(field, kind, body):
    problem = TrainingsGate().check_event({**text("t", 1, ""), "kind": kind, "body": body})
    assert problem is not None
    assert f"'{field}'" in problem


def test_a_body_nested_without_end_is_refused():
    deep: dict = {}
    for _ in range(5_000):
        deep = {"d": deep}
    assert "'body' is nested" in (
        TrainingsGate().check_event({**text("t", 1, ""), "kind": "layout", "body": deep}) or ""
    )


def test_the_purge_takes_a_trainings_media_and_no_other(gallery, ada, api, emit):
    gallery.log(text("t", 1, "x"))
    other = api(ada).open()
    emit(other, text("t", 1, "stays"))
    media.purge(uuid.UUID(gallery.opened["training"]["id"]))
    assert gallery.index() == []
    assert len(api(ada).send("get", f"trainings/{other['training']['id']}/media").json()["items"]) == 1
    assert Item.objects.count() == 1
