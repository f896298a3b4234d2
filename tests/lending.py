"""Databases on a PostgreSQL server that one test after the other is lent.

Making a database takes a third of a second; putting one back into the state of its template takes some milliseconds,
because a test leaves few rows in few tables. Where a test changed more than rows, its database is made anew.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Sequence

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests.postgres import Postgres, connect

MOST_DATABASES = 8
MOST_BYTES = 32 * 2**20

# Whatever makes, changes or drops something of the schema shows in these.
CATALOGS = ("pg_class", "pg_attribute", "pg_index", "pg_constraint", "pg_proc", "pg_trigger", "pg_type")
FINGERPRINT = " UNION ALL ".join(
    f"SELECT '{catalog}', count(*), max(xmin::text::bigint) FROM {catalog}" for catalog in CATALOGS
)
SIZES = (
    "SELECT quote_ident(relname), pg_relation_size(oid) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 ORDER BY 1"
)
SEQUENCES = (
    "SELECT quote_ident(sequencename), coalesce(last_value, start_value), last_value IS NOT NULL"
    " FROM pg_sequences WHERE schemaname = 'public'"
)
END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclasses.dataclass(frozen=True)
class Contents:
    """What is in a template: its schema, by what it leaves in the catalogs, its rows and the state of its sequences."""

    fingerprint: Sequence[object]
    rows: dict[str, bytes]
    sequences: Sequence[tuple[str, int, bool]]


@dataclasses.dataclass
class Lent:
    """One database: who had it last, and which template it is like."""

    url: str
    key: Hashable
    template: str | None = None


class Lending:
    """Lends databases; a test of the same `key` as the one before mostly gets one that is nearly as it needs it."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._free: list[Lent] = []
        self._lent: dict[str, Lent] = {}
        self._contents: dict[str, Contents] = {}

    def take(self, key: Hashable) -> str:
        """The URL of a database with anything in it; `fill` makes it what the test needs."""
        database = self._find(key) or Lent(self._postgres.create_database(), key)
        database.key = key
        self._lent[database.url] = database
        return database.url

    def template(self) -> str:
        """The URL of an empty database, to be given tables and then to be copied."""
        return self._postgres.create_database()

    def fill(self, url: str, template: str) -> None:
        """Make the database at `url` equal to the one at `template`, which does not change any more."""
        database = self._lent[url]
        if template not in self._contents:
            self._contents[template] = contents_of(template)
        if database.template != template or not is_restored(url, self._contents[template]):
            self._postgres.replace_database(url, template)
            database.template = template

    def give_back(self, url: str) -> None:
        """The test is over."""
        self._free.append(self._lent.pop(url))

    def _find(self, key: Hashable) -> Lent | None:
        for database in reversed(self._free):
            if database.key == key:
                self._free.remove(database)
                return database
        return self._free.pop(0) if len(self._free) + len(self._lent) >= MOST_DATABASES else None


def contents_of(url: str) -> Contents:
    """What is in a database that nobody else is connected to."""
    with connect(sa.make_url(url)) as connection:
        sizes = connection.execute(SIZES).fetchall()
        rows = {table: _copied(connection, table) for table, _ in sizes}
        return Contents(
            connection.execute(FINGERPRINT).fetchall(), rows, connection.execute(SEQUENCES).fetchall()
        )


def is_restored(url: str, contents: Contents) -> bool:
    """Put the rows back as they were; False where more than rows was changed, or very many of them."""
    with connect(sa.make_url(url)) as connection:
        connection.execute(END_OTHERS)
        sizes = connection.execute(SIZES).fetchall()
        if sum(size for _, size in sizes) > MOST_BYTES:
            return False
        if connection.execute(FINGERPRINT).fetchall() != contents.fingerprint:
            return False
        with connection.transaction():
            # Neither foreign keys nor triggers are looked at, so that the order does not matter.
            connection.execute("SET LOCAL session_replication_role = replica")
            for table, _ in sizes:
                connection.execute(sql.SQL("DELETE FROM ") + sql.SQL(table))
            for table, rows in contents.rows.items():
                with connection.cursor().copy(_copy(table, "FROM STDIN")) as copy:
                    copy.write(rows)
            for sequence, value, is_called in contents.sequences:
                connection.execute("SELECT setval(%s::regclass, %s, %s)", (sequence, value, is_called))
    return True


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(_copy(table, "TO STDOUT")) as copy:
        return b"".join(bytes(part) for part in copy)


def _copy(table: str, direction: str) -> sql.Composed:
    return sql.SQL("COPY ") + sql.SQL(table) + sql.SQL(f" {direction} (FORMAT binary)")
