"""Console lines: numbered once and for ever, read by range, by stream and by search."""

import pytest

from server.accounts.principal import Role


def printed(stream, first_line, *lines):
    text = "\n".join(lines)
    return {
        "type": "console",
        "stream": stream,
        "first_line": first_line,
        "lines": len(lines),
        "time": 5.0,
        "text": text,
    }


@pytest.fixture
def opened(ada, api, emit):
    opened = api(ada).open(project="p")
    emit(opened, printed("stdout", 0, "one", "Two"), printed("stderr", 0, "warn: two"))
    emit(opened, printed("stdout", 2, "three\0", "", "Größe ÄÖÜ"))
    return opened


@pytest.fixture
def read(ada, api, opened):
    def ask(**params):
        response = api(ada).get(f"/api/v1/trainings/{opened['training']['id']}/console", params)
        assert response.status_code == 200, response.content
        return response.json()

    return ask


def texts(page):
    return [(line["number"], line["text"]) for line in page["items"]]


def test_lines_of_all_streams_are_numbered_in_order_of_arrival(read):
    assert texts(read()) == [(0, "one"), (1, "Two"), (2, "warn: two"), (3, "three"), (4, ""), (5, "Größe ÄÖÜ")]
    assert texts(read(stream="stderr")) == [(2, "warn: two")]


@pytest.mark.parametrize("limit", [1, 2, 3, 6])
def test_ranges_go_on_where_they_stopped(read, limit):
    found, start = [], 0
    while start is not None:
        page = read(limit=limit, **{"from": start})
        found += [line["number"] for line in page["items"]]
        start = page["next"]
    assert found == [0, 1, 2, 3, 4, 5]


def test_ranges_may_begin_inside_a_block_and_count_from_the_end(read):
    assert texts(read(**{"from": 1, "limit": 2})) == [(1, "Two"), (2, "warn: two")]
    assert texts(read(**{"from": -2})) == [(4, ""), (5, "Größe ÄÖÜ")]
    assert read(**{"from": 100}) == {"items": [], "next": None}
    assert len(read(**{"from": -100})["items"]) == 6


def test_search_ignores_case_and_knows_more_than_ascii(read):
    assert texts(read(search="TWO")) == [(1, "Two"), (2, "warn: two")]
    assert texts(read(search="größe äöü")) == [(5, "Größe ÄÖÜ")]
    assert texts(read(search="two", stream="stdout")) == [(1, "Two")]
    assert texts(read(search="%")) == texts(read(search="o_e")) == []
    first = read(search="two", limit=1)
    assert texts(read(search="two", **{"from": first["next"]})) == [(2, "warn: two")]


def test_many_blocks_are_read_through(ada, api, emit):
    opened = api(ada).open()
    emit(opened, *(printed("stdout", index, f"line {index}") for index in range(130)))
    page = api(ada).get(f"/api/v1/trainings/{opened['training']['id']}/console", {"search": "line 12"}).json()
    assert [line["number"] for line in page["items"]] == [12, *range(120, 130)]


def test_only_readers_read(ada, bob, carol, api, opened, share):
    path = f"/api/v1/trainings/{opened['training']['id']}/console"
    share("p", carol, Role.VIEWER)
    assert [api(who).get(path).status_code for who in (None, bob, carol, ada)] == [401, 404, 200, 200]
    assert api(ada).get(path, {"limit": 0}).status_code == 400
    assert api(ada).get(path, {"stream": "stdin"}).status_code == 400
