"""Filter text to syntax. Owns the grammar, its limits and the explanation of mistakes; knows no fields."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, VisitError

from server.trainings.errors import BadFilter

MAX_CHARS = 4_000
MAX_DEPTH = 30
MAX_COMPARISONS = 100
MAX_LIST = 1_000

Scalar = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the text, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Name:
    """A field: ``metrics["val/acc"].max`` is ``("metrics", "val/acc", "max")``."""

    path: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Scalar
    place: Place


@dataclass(frozen=True, slots=True)
class Several:
    """A list of constants."""

    items: tuple[Literal, ...]
    place: Place


Operand = Name | Literal | Several


@dataclass(frozen=True, slots=True)
class Comparison:
    """``operator`` is one of ``== != < <= > >= =~ in`` and ``not in``."""

    left: Operand
    operator: str
    right: Operand
    place: Place
    depth: int = 1
    count: int = 1


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which all (``and``) or any (``or``) must hold."""

    operator: str
    parts: tuple["Node", ...]
    depth: int
    count: int


@dataclass(frozen=True, slots=True)
class Negated:
    """A condition that must not hold."""

    part: "Node"
    depth: int
    count: int


Node = Comparison | Joined | Negated

_EXAMPLE = 'Example: metrics["val/acc"].max > 0.9 and config.optimizer.lr <= 0.1 and "baseline" in tags'
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class _Build(Transformer[Token, Any]):
    """Builds the syntax while the text is parsed, so that no deep tree is ever walked."""

    def filter(self, children: list[Node]) -> Node:
        return children[0]

    def any(self, children: list[Any]) -> Joined:
        return _joined("or", [child for child in children if not isinstance(child, Token)])

    def all(self, children: list[Any]) -> Joined:
        return _joined("and", [child for child in children if not isinstance(child, Token)])

    def negation(self, children: list[Any]) -> Negated:
        return Negated(children[1], children[1].depth + 1, children[1].count)

    def comparison(self, children: list[Any]) -> Comparison:
        left, *words, right = children
        operator = " ".join(str(word).lower() for word in words)
        return Comparison(left, operator, right, Place(words[0].line, words[0].column))

    def field(self, children: list[Token]) -> Name:
        path = [_unquote(token) if token.type == "STRING" else str(token) for token in children]
        return Name(tuple(path), Place(children[0].line or 1, children[0].column or 1))

    def literal(self, children: list[Token]) -> Literal:
        token = children[0]
        return Literal(_constant(token), Place(token.line or 1, token.column or 1))

    def list(self, children: list[Literal | None]) -> Several:
        items = tuple(child for child in children if isinstance(child, Literal))
        return Several(items, items[0].place if items else Place(1, 1))


def _joined(operator: str, parts: list[Node]) -> Joined:
    return Joined(operator, tuple(parts), max(part.depth for part in parts) + 1, sum(part.count for part in parts))


def _unquote(token: Token) -> str:
    return _ESCAPE.sub(lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), str(token)[1:-1])


def _constant(token: Token) -> Scalar:
    if token.type == "STRING":
        return _unquote(token)
    if token.type == "NUMBER":
        number = float(token)
        exact = number.is_integer() and abs(number) < 1 << 53
        return int(number) if exact else number
    return {"TRUE": True, "FALSE": False}.get(token.type)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text()
    return Lark(grammar, parser="lalr", start=["filter", "field"], transformer=_Build(), maybe_placeholders=False)


def parse_filter(text: str) -> Node:
    """The syntax of a filter expression.

    Raises:
        BadFilter: says what is wrong where.
    """
    if len(text) > MAX_CHARS:
        raise BadFilter(
            f"The filter has {len(text)} characters, more than {MAX_CHARS}.", expression=text, line=1, column=1
        )
    node: Node = _parse(text, "filter")
    if node.depth > MAX_DEPTH or node.count > MAX_COMPARISONS:
        raise BadFilter(
            f"The filter is too large: at most {MAX_COMPARISONS} comparisons, nested {MAX_DEPTH} deep.",
            expression=text,
            line=1,
            column=1,
        )
    return node


def parse_field(text: str) -> Name:
    """The syntax of one field, as ``column`` and ``order_by`` take it.

    Raises:
        BadFilter
    """
    if len(text) > MAX_CHARS:
        raise BadFilter("The field is too long.", expression=text, line=1, column=1)
    name: Name = _parse(text, "field")
    return name


def _parse(text: str, start: str) -> Any:
    try:
        return _parser().parse(text, start=start)
    except UnexpectedEOF:
        raise _ends_early(text) from None
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise _ends_early(text) from None
        raise BadFilter(
            f"{str(error.token)[:40]!r} does not fit here.",
            expression=text,
            line=error.line,
            column=error.column,
            hint=_hint(error.token, error.expected),
        ) from None
    except UnexpectedCharacters as error:
        raise BadFilter(
            f"{text[error.pos_in_stream or 0]!r} does not fit here.",
            expression=text,
            line=error.line,
            column=error.column,
            hint=_character_hint(text, error.pos_in_stream or 0),
        ) from None
    except (VisitError, OverflowError, ValueError):
        raise BadFilter("The filter holds a value that cannot be used.", expression=text, line=1, column=1) from None


def _ends_early(text: str) -> BadFilter:
    lines = text.splitlines() or [""]
    return BadFilter(
        "The filter ends too early." if text.strip() else "The filter is empty.",
        expression=text,
        line=len(lines),
        column=len(lines[-1]) + 1,
        hint=_EXAMPLE,
    )


def _hint(token: Token, expected: set[str]) -> str:
    if token.type == "OPERATOR" and "OPERATOR" not in expected:
        return "Comparisons do not chain: write a < x and x < b."
    if "OPERATOR" in expected:
        return "A comparison goes on here: == != < <= > >= =~ in, not in."
    if "AND" in expected:
        return "Join comparisons with and, or."
    return _EXAMPLE


def _character_hint(text: str, position: int) -> str:
    character = text[position]
    if character == "=":
        return "Equality is written ==."
    if character in "\"'":
        return "The quotation is never closed."
    if character in "&|":
        return "Write and, or."
    if character == "!":
        return "Write not, or != between two values."
    if character == "/":
        return 'A name with a slash goes into quotes: metrics["val/acc"], config["a/b"].'
    return _EXAMPLE
