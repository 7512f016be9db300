"""Regular expressions that people write, in time linear in the text: PostgreSQL's own engine, RE2 on SQLite.

RE2 checks every pattern first, so that back references and look-around, which make matching exponential, never
reach a database. Registers the lookup ``__matches`` and SQLite's function for it.
"""

from functools import lru_cache
from typing import Any

import re2
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler

MAX_PATTERN_CHARS = 200
_FUNCTION = "pavi_matches"


def pattern_problem(pattern: str) -> str | None:
    """Why the pattern cannot be used; None when it can."""
    if len(pattern) > MAX_PATTERN_CHARS:
        return f"The pattern has {len(pattern)} characters, more than {MAX_PATTERN_CHARS}."
    try:
        _compiled(pattern)
    except re2.error as error:
        text = error.args[0] if error.args else "it does not compile"
        return f"The pattern cannot be used: {text.decode() if isinstance(text, bytes) else text}."
    return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)


def _matches(pattern: str, text: str | None) -> bool:
    return text is not None and _compiled(pattern).search(text) is not None


@CharField.register_lookup
class Matches(Lookup):
    """``field__matches=pattern``: the pattern is found somewhere in the text."""

    lookup_name = "matches"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{_FUNCTION}({right}, {left})", (*right_params, *left_params)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ~ {right}", (*left_params, *right_params)


def _give_sqlite_its_function(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:  # noqa: ARG001  # a signal's
    if connection.vendor == "sqlite":
        connection.connection.create_function(_FUNCTION, 2, _matches, deterministic=True)


connection_created.connect(_give_sqlite_its_function, dispatch_uid=_FUNCTION)
