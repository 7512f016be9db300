"""Turns the raw text of one output stream into log lines: repaints are collapsed to their last state.

A pure state machine without clocks, threads or streams. It follows just enough of a terminal (carriage return,
backspace, cursor up and down, erase line) to see what a person would have seen in the end; colours stay in.
"""

import re
from collections import deque

MAX_LINE = 16 * 1024
"""Characters of a line that are kept; a longer one ends with a mark that says how much is missing."""

MAX_REGION = 64
"""Rows above the cursor that a repaint (several progress bars) may still reach."""

_PLAIN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*\Z")
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x08\x0a-\x1f\x7f-\x9f]+)"
    r"|(?P<newline>\n)"
    r"|(?P<colour>\x1b\[[0-9;:]*m)"
    r"|\x1b\[(?P<argument>[0-?]*)[ -/]*(?P<csi>[@-~])"
    r"|(?P<skip>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-OQ-WYZ\\`-~])"
    r"|(?P<backspace>\x08+)"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)?\Z")
_MAX_SEQUENCE = 4096


class _Row:
    """A line that can still change. ``restart``: the cursor is at its first column, so new text replaces the old."""

    __slots__ = ("cut", "painted", "parts", "restart", "size")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.cut = 0
        self.restart = False
        self.painted = False

    def add(self, text: str) -> None:
        if self.restart:
            self.clear()
            self.painted = True
        room = MAX_LINE - self.size
        if room > 0:
            self.parts.append(text[:room])
            self.size += min(len(text), room)
        self.cut += max(0, len(text) - room)

    def add_colour(self, sequence: str) -> None:
        if self.restart or self.size + len(sequence) <= MAX_LINE:
            self.add(sequence)

    def clear(self) -> None:
        self.parts.clear()
        self.size = self.cut = 0
        self.restart = False

    def backspace(self, count: int) -> None:
        while count and self.parts:
            last = self.parts.pop()
            self.size -= len(last)
            if last.startswith("\x1b"):
                continue
            if len(last) > count:
                self.parts.append(last[:-count])
                self.size += len(last) - count
            count = max(0, count - len(last))

    def text(self) -> str:
        text = "".join(self.parts)
        if self.cut:
            return f"{text} … [pavi: line cut, {self.cut} more characters]"
        return text.rstrip() if self.painted else text


class LineAssembler:
    """The lines of one stream. Not thread-safe: one thread feeds and takes."""

    def __init__(self) -> None:
        self._rows: list[_Row] = [_Row()]
        self._cursor = 0
        self._reach = 0  # the highest row that the cursor visited since the last `settle`
        self._region = False  # whether the cursor went up: rows above it may still be repainted
        self._done: deque[str] = deque()
        self._rest = ""  # an escape sequence whose end has not been written yet

    def feed(self, text: str) -> None:
        """Takes what was written to the stream, in any cut."""
        if not self._rest and not self._region and _PLAIN.match(text):
            self._feed_plain(text)
            return
        text, self._rest = self._rest + text, ""
        unfinished = _UNFINISHED.search(text, max(0, len(text) - _MAX_SEQUENCE))
        if unfinished:
            text, self._rest = text[: unfinished.start()], unfinished[0]
        for token in _TOKEN.finditer(text):
            self._apply(token)

    def take(self) -> list[str]:
        """The lines finished since the last call."""
        if not self._region:
            self._finish(self._cursor)
        lines = list(self._done)
        self._done.clear()
        return lines

    def settle(self) -> None:
        """Finishes the lines that no repaint has reached since the last call; call it every few seconds."""
        self._finish(self._reach)
        self._reach = self._cursor

    def peek(self) -> list[str]:
        """The present state of the lines that a progress bar is painting, without finishing them."""
        return [row.text() for row in self._rows if row.parts and (row.painted or self._region)]

    def close(self) -> list[str]:
        """Everything left, the unfinished last line included."""
        while self._rows and not self._rows[-1].text():
            self._rows.pop()
        self._finish(len(self._rows))
        self._rows, self._cursor, self._reach, self._region, self._rest = [_Row()], 0, 0, False, ""
        return self.take()

    def _feed_plain(self, text: str) -> None:
        first, *others = text.split("\n")
        if first:
            self._rows[self._cursor].add(first)
        for line in others:
            self._newline()
            if line:
                self._rows[self._cursor].add(line)

    def _apply(self, token: re.Match[str]) -> None:
        kind, row = token.lastgroup, self._rows[self._cursor]
        if kind == "text":
            row.add(token[0])
        elif kind == "newline":
            self._newline()
        elif kind == "colour":
            row.add_colour(token[0])
        elif kind == "csi":
            self._control_sequence(token["csi"], token["argument"])
        elif kind == "backspace":
            row.backspace(len(token[0]))
        elif token[0] == "\r":
            row.restart = True

    def _control_sequence(self, final: str, argument: str) -> None:
        row = self._rows[self._cursor]
        count = max(1, min(int(argument), MAX_REGION)) if argument.isdecimal() else 1
        if final in "AF":
            self._up(count)
        elif final in "BE":
            self._down(count)
        elif final == "K" and (argument == "2" or (row.restart and argument in ("", "0"))):
            row.clear()
            row.painted = row.restart = True
        if final in "EF" or (final == "G" and argument in ("", "0", "1")):
            self._rows[self._cursor].restart = True

    def _up(self, count: int) -> None:
        # Rows above the first one are finished already: what is painted there comes out as new lines.
        self._cursor = max(0, self._cursor - count)
        self._reach = min(self._reach, self._cursor)
        self._region = True

    def _down(self, count: int) -> None:
        self._cursor += count
        while self._cursor >= len(self._rows):
            self._rows.append(_Row())
        if self._cursor > 2 * MAX_REGION:
            self._finish(self._cursor - MAX_REGION)

    def _newline(self) -> None:
        self._rows[self._cursor].restart = False
        self._down(1)
        self._rows[self._cursor].restart = bool(self._rows[self._cursor].parts)

    def _finish(self, count: int) -> None:
        if count:
            self._done.extend(row.text() for row in self._rows[:count])
            del self._rows[:count]
            self._cursor = max(0, self._cursor - count)
            self._reach = max(0, self._reach - count)
        if len(self._rows) == 1:
            self._region = False
