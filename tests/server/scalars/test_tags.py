"""Tags that are not taken are answered by name and counted; everything else of the batch is stored."""

from collections.abc import Callable

import pytest

from pavi.protocol import pack_point, pack_tag
from server.scalars import dictionary, selectors, services, verification
from server.scalars.models import Writer, WriterTag
from tests.server.scalars.conftest import Logger

GOOD = pack_tag(0, "good", 1.0) + pack_point(0, 1, 1.0, 1.0)


def tags_of(logger: Logger) -> list[str]:
    return [info.tag for info in selectors.series([logger.training])]


@pytest.mark.parametrize("name", ["", "   ", "x" * 513, "line\nbreak", "nul\0", "\u2028"])
def test_an_absurd_tag_is_refused_alone(logger: Logger, name: str) -> None:
    answer = logger.send(GOOD + pack_tag(1, name, 1.0) + pack_point(1, 1, 1.0, 1.0) * 3)
    (refused,) = answer.json["refused"]
    assert (refused["code"], refused["points"]) == ("scalars.bad_tag", 3)
    again = logger.send(pack_point(1, 2, 1.0, 1.0))
    assert again.json["refused"][0]["points"] == 1
    services.compact(logger.training)
    assert tags_of(logger) == ["good"]
    assert Writer.objects.get(id=logger.writer).refused_points == 4
    assert all(item.intact for item in verification.checksums(logger.training))


def test_series_beyond_the_limit_are_refused(logger: Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.scalars.dictionary.MAX_TAGS", 10)  # a hundred thousand take long to log
    names = [f"tag-{index:03}" for index in range(25)]
    data = b"".join(pack_tag(index, name, 1.0) + pack_point(index, 1, 1.0, 1.0) for index, name in enumerate(names))
    answer = logger.send(data)
    assert len(answer.json["refused"]) == 15
    assert {refused["code"] for refused in answer.json["refused"]} == {"scalars.too_many_tags"}
    assert tags_of(logger) == names[:10]
    assert "refused" not in logger.send(pack_point(3, 2, 1.0, 1.0)).json
    assert logger.send(pack_point(20, 2, 1.0, 1.0)).json["refused"][0]["points"] == 1


def test_floods_of_bad_tags_take_bounded_space(logger: Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.scalars.dictionary.MAX_REFUSED_ROWS", 20)
    flood = b"".join(pack_tag(index, f"bad\n{index}", 1.0) for index in range(1, 200))
    answer = logger.send(GOOD + flood + pack_point(150, 1, 1.0, 1.0))
    assert len(answer.json["refused"]) <= dictionary.MAX_REFUSED_ANSWERED
    assert WriterTag.objects.filter(writer=logger.writer).count() <= 21
    assert logger.send(pack_point(150, 2, 1.0, 1.0)).json["refused"][0]["points"] == 1
    assert tags_of(logger) == ["good"]


def test_ten_thousand_names_in_one_batch(logger: Logger) -> None:
    data = b"".join(pack_tag(index, f"n/{index}", 1.0) for index in range(10_000))
    data += b"".join(pack_point(index, 1, 1.0, float(index)) for index in range(10_000))
    logger.send(data)
    services.compact(logger.training)
    infos = selectors.series([logger.training])
    assert len(infos) == 10_000
    assert {info.tag: info.stats.last_value for info in infos}["n/777"] == 777.0


def test_writers_of_one_training_share_series(new_logger: Callable[..., Logger]) -> None:
    first = new_logger()
    second = new_logger(first.training)
    first.log("a", [(1, 1.0, 1.0)])
    second.log("a", [(2, 2.0, 2.0)])
    (info,) = selectors.series([first.training])
    assert (info.stats.count, info.stats.last_value) == (2, 2.0)
    (part,) = verification.checksums(first.training, writer_id=second.writer)
    assert (part.count, part.intact) == (1, True)
