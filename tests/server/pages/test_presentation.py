"""Numbers, durations and documents as text."""

from typing import Any

import pytest

from server.pages import presentation


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0, "0"),
        (3000, "3,000"),
        (-2.5, "-2.5"),
        (0.123456, "0.1235"),
        (1234567.0, "1.235e+06"),
        (1e-9, "1e-09"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_have_four_digits(value: float | None, shown: str) -> None:
    assert presentation.number(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (0.2, "< 1 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3661, "1 h 1 min"),
        (90_000, "1 d 1 h"),
        (86_405, "1 d"),
    ],
)
def test_durations_have_two_units(seconds: float | None, shown: str) -> None:
    assert presentation.duration(seconds) == shown


@pytest.mark.parametrize(
    ("document", "leaves"),
    [({}, {}), ({"a": {"b": 1, "c": {}}, "d": [1]}, {"a.b": 1, "a.c": {}, "d": [1]}), ({"a": None}, {"a": None})],
)
def test_documents_become_leaves(document: dict[str, Any], leaves: dict[str, Any]) -> None:
    assert presentation.flatten(document) == leaves


def test_terminal_codes_vanish() -> None:
    assert presentation.plain_text("\x1b[1;31mred\x1b[0m \x1b[2Kline\x1b[?25l") == "red line"
