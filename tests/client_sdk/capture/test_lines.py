"""Raw terminal output becomes the lines that a person saw in the end."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pavi.capture.lines import MAX_LINE, MAX_REGION, LineAssembler


def _lines(*texts: str) -> list[str]:
    assembler = LineAssembler()
    for text in texts:
        assembler.feed(text)
    return assembler.take() + assembler.close()


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("one\ntwo\n", ["one", "two"]),
        ("no end", ["no end"]),
        ("", []),
        ("\n\n", ["", ""]),
        ("dos\r\nlines\r\n", ["dos", "lines"]),
        ("  0%\r 50%\r100%\n", ["100%"]),
        ("\r  0%|    |\r100%|####|\ndone\n", ["100%|####|", "done"]),
        ("long state\rshort\n", ["short"]),
        ("state that stays\r\n", ["state that stays"]),
        ("\x1b[31mred\x1b[0m\n", ["\x1b[31mred\x1b[0m"]),
        ("\x1b[?25lhidden cursor\x1b[?25h\n", ["hidden cursor"]),
        ("\x1b]0;window title\x07text\n", ["text"]),
        ("half\x1b[2K\rwhole\n", ["whole"]),
        ("spin |\b/\b-\b\\\b done\n", ["spin  done"]),
        ("12/100\b\b\b\b\b\b\r13/100\n", ["13/100"]),
        ("bell\x07 and null\x00\n", ["bell and null"]),
        ("tab\tstays\n", ["tab\tstays"]),
        ("中文 ✓ émoji 🚀\n", ["中文 ✓ émoji 🚀"]),
        ("keep \r\x1b[32mgreen\x1b[0m\n", ["\x1b[32mgreen\x1b[0m"]),
    ],
)
def test_lines(written: str, lines: list[str]) -> None:
    assert _lines(written) == lines
    assert _lines(*written) == lines, "the same, one character a write"


def test_two_bars_of_tqdm_leave_two_lines() -> None:
    # As tqdm paints an inner bar (position 1): down, carriage return, text, up again.
    text = "\router 0/2"
    for outer in (1, 2):
        for inner in range(5):
            text += f"\n\rinner {inner + 1}/5\x1b[A"
        text += f"\router {outer}/2"
    assert _lines(text + "\n\n") == ["outer 2/2", "inner 5/5"]


def test_the_live_region_of_rich_is_one_table() -> None:
    text = "start\n"
    for state in range(4):
        if state:
            text += "\r\x1b[2K\x1b[1A\x1b[2K"
        text += f"left {state}\nright {state}"
    assert _lines(text + "\nend\n") == ["start", "left 3", "right 3", "end"]


def test_lines_printed_above_a_running_bar_settle() -> None:
    assembler = LineAssembler()
    assembler.feed("\rbar 1\n\rinner 1\x1b[A")
    assembler.feed("\r\x1b[2Kmessage\n\rbar 2\n\rinner 2\x1b[A")
    assembler.settle()
    assembler.feed("\rbar 3\n\rinner 3\x1b[A")
    assembler.settle()
    assert assembler.take() == ["message"]
    assert assembler.peek() == ["bar 3", "inner 3"]


def test_finished_lines_come_at_once_and_unfinished_ones_wait() -> None:
    assembler = LineAssembler()
    assembler.feed("one\ntwo\nthr")
    assert assembler.take() == ["one", "two"]
    assembler.feed("ee\n")
    assert assembler.take() == ["three"]


def test_a_long_line_is_cut_with_a_mark() -> None:
    [line] = _lines("x" * (MAX_LINE + 1000))
    assert line == "x" * MAX_LINE + " … [pavi: line cut, 1000 more characters]"
    [line] = _lines(*itertools.repeat("x" * 100, 1000))
    assert line.startswith("x" * MAX_LINE + " … [pavi: line cut,")


def test_a_region_that_only_grows_is_let_go() -> None:
    assembler = LineAssembler()
    assembler.feed("a\nb\x1b[A")
    assembler.feed("line\n" * 1000)
    assert len(assembler.take()) >= 1000 - 2 * MAX_REGION - 2


@given(st.lists(st.text(alphabet="ab \r\n\x1b[]0123AKm\x07\b;", max_size=20), max_size=30))
def test_any_bytes_in_any_cut_do_no_harm(texts: list[str]) -> None:
    lines = _lines(*texts)
    assert lines == _lines("".join(texts))
    assert not any(char in line for line in lines for char in "\r\n\b\x07")


@given(st.text())
def test_plain_text_keeps_every_line(text: str) -> None:
    plain = "".join(char for char in text if char == "\n" or char.isprintable())
    expected = plain.split("\n")
    while expected and not expected[-1]:
        expected.pop()
    got = _lines(plain)
    assert got[: len(expected)] == expected
    assert not any(got[len(expected) :])
