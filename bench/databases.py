"""Databases to measure on: fresh ones on a PostgreSQL cluster with default durability, and SQLite files."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import services

POSTGRES, SQLITE = "postgres", "sqlite"
VENDORS = (POSTGRES, SQLITE)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where databases are made. ``address`` is a PostgreSQL URL, or empty for SQLite files below ``folder``."""

    vendor: str
    folder: Path
    version: str
    address: str = ""

    def fresh(self, name: str) -> str:
        """Makes an empty database and returns its URL."""
        if self.vendor == SQLITE:
            return f"sqlite:///{self.folder / name}.sqlite3"
        return services.new_database(self.address)


@contextlib.contextmanager
def cluster(vendor: str, folder: Path) -> Iterator[Cluster]:
    """A running PostgreSQL, or just a folder."""
    if vendor == SQLITE:
        yield Cluster(vendor, folder, sqlite3.sqlite_version)
        return
    with services.postgres() as address:
        yield Cluster(vendor, folder, _execute(address, "SHOW server_version"), address)


def _execute(address: str, statement: str) -> str:
    """Runs one statement outside a transaction; returns the first column of its first row."""
    import psycopg2  # type: ignore[import-untyped]

    with contextlib.closing(psycopg2.connect(address)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return str(row[0]) if row else ""
