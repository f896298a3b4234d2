"""Stored at once: all that a transaction writes, where that is new rows only, with nothing asked in between.

On PostgreSQL it is one statement, on SQLite one turn of the event loop, on connections of their own. SQLAlchemy makes
the SQL once for each form of it, the driver executes it. Nobody but the write path comes here.
"""

from __future__ import annotations

import collections
import dataclasses
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from kehu.kernel.db import sqlite
from kehu.kernel.db.driver_pool import (
    PostgresPool,
    announce_statement,
    connect_sqlite,
    has_asyncpg,
    is_in_memory,
)
from kehu.kernel.errors import KehuError

REMEMBERED_FORMS = 200
# More rows are better sent by the hundred, which is what a session does.
MOST_ROWS = 12
# Each is busy for a moment only, so a few do for many writers.
CONNECTIONS = 4
# Who holds the lock of a lane must not wait long for another one, or two could wait in a circle.
LONGEST_WAIT = "100ms"
# What the database refuses before anything is written: values, constraints, locks, and tables that are not there.
_REFUSALS = ("22", "23", "40", "42", "55")


class NotStored(KehuError):
    """The database refused, and nothing was written. A session gets to know why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Bundle:
    """What belongs together. `rows` are for each table by the names of its columns, in the order of foreign keys.

    The rows of `ordered` get their places in its order under the `locks` of `space`, which are held until all is
    committed. SQLite has one writer.
    """

    rows: Sequence[tuple[sa.Table, Mapping[str, Any]]]
    ordered: Sequence[tuple[sa.Table, Mapping[str, Any]]]
    space: int
    locks: Sequence[int]

    @property
    def form(self) -> tuple[tuple[sa.Table, ...], tuple[sa.Table, ...]]:
        """What the SQL depends on."""
        return tuple([table for table, _ in self.rows]), tuple([table for table, _ in self.ordered])

    @property
    def values(self) -> dict[str, Any]:
        """The values of the parameters of `statement_of`."""
        values: dict[str, Any] = {
            "space": self.space,
            "locks": self.locks,
        }
        for at, (_, row) in enumerate([*self.rows, *self.ordered]):
            values |= {f"{name}_{at}": value for name, value in row.items()}
        return values


class Stores(Protocol):
    """Stores bundles, each in a transaction of its own."""

    async def store(self, bundle: Bundle) -> None:
        """Write all of it, and commit. Raises NotStored where the database refused."""
        ...

    async def close(self) -> None:
        """Close every connection; the next bundle opens a new one."""
        ...


def open_stores(engine: AsyncEngine, *, is_pooled: bool = False) -> Stores | None:
    """Stores of the database of `engine`; None where its driver is missing, or where only one connection can see it."""
    if engine.dialect.name == "sqlite":
        return None if is_in_memory(engine) else SqliteStores(engine)
    return PostgresStores(engine, is_pooled=is_pooled) if has_asyncpg() else None


class _Statement:
    """One statement, and how the values of its parameters are made for the driver."""

    def __init__(self, statement: Any, dialect: sa.Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        processors = compiled._bind_processors
        self._parameters: Sequence[tuple[str, Callable[[Any], Any] | None]] = [
            (name, processors.get(name)) for name in compiled.positiontup
        ]

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the SQL."""
        return [
            values[name] if process is None else process(values[name]) for name, process in self._parameters
        ]


class _Remembered:
    """The statements for each form; those not used for longest are forgotten."""

    def __init__(self, make: Callable[[Bundle], Sequence[_Statement]]) -> None:
        self._make = make
        self._known: collections.OrderedDict[Any, Sequence[_Statement]] = collections.OrderedDict()

    def of(self, bundle: Bundle) -> Sequence[_Statement]:
        """The statements that store such a bundle."""
        form = bundle.form
        found = self._known.get(form)
        if found is None:
            found = self._known[form] = self._make(bundle)
            if len(self._known) > REMEMBERED_FORMS:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(form)
        return found


# --- SQLite ---
class SqliteStores:
    """One connection, used in the event loop; whoever comes here holds the App's write lock."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: sqlite3.Connection | None = None
        self._statements = _Remembered(self._made)

    async def store(self, bundle: Bundle) -> None:
        """Write all of it, and commit; waits in asyncio while another process writes."""
        statements = self._statements.of(bundle)
        rows = [*bundle.rows, *bundle.ordered]
        parameters = [statement.parameters(row) for statement, (_, row) in zip(statements, rows, strict=True)]
        if self._connection is None:
            self._connection = connect_sqlite(self._engine)
        execute = self._connection.execute
        await sqlite.until_free(lambda: self._execute("BEGIN IMMEDIATE", ()))
        try:
            for statement, values in zip(statements, parameters, strict=True):
                self._execute(statement.sql, values)
            execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise NotStored(str(error)) from error
            raise

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _execute(self, statement: str, values: Sequence[Any]) -> None:
        assert self._connection is not None
        announce_statement(self._engine, statement, values)
        self._connection.execute(statement, values)

    def _made(self, bundle: Bundle) -> Sequence[_Statement]:
        dialect = self._engine.dialect
        return [
            _Statement(sa.insert(table).values({name: sa.bindparam(name) for name in row}), dialect)
            for table, row in [*bundle.rows, *bundle.ordered]
        ]


# --- PostgreSQL ---
class PostgresStores:
    """A few connections of asyncpg; a bundle is one statement, so that no transaction has to be opened or ended.

    It waits for no lock for long: whoever writes step by step takes the lock of a lane last, and must not be waited
    for by somebody who has it already.
    """

    def __init__(self, engine: AsyncEngine, *, is_pooled: bool = False) -> None:
        self._rows = PostgresPool(
            engine, connections=CONNECTIONS, settings={"lock_timeout": LONGEST_WAIT}, is_pooled=is_pooled
        )
        self._statements = _Remembered(self._made)

    async def store(self, bundle: Bundle) -> None:
        """Write all of it, and commit."""
        (statement,) = self._statements.of(bundle)
        parameters = statement.parameters(bundle.values)
        try:
            await self._rows.fetch(statement.sql, parameters)
        except Exception as error:
            # What asyncpg raises has the SQLSTATE that the server gave, if it was the server that spoke.
            if str(getattr(error, "sqlstate", None) or "").startswith(_REFUSALS):
                raise NotStored(str(error)) from error
            raise

    async def close(self) -> None:
        """Close the connections that are not in use."""
        await self._rows.close()

    def _made(self, bundle: Bundle) -> Sequence[_Statement]:
        return [_Statement(statement_of(bundle), self._rows.dialect)]


def statement_of(bundle: Bundle) -> sa.Select[Any]:
    """The one statement that stores a bundle of this form on PostgreSQL; its parameters are `Bundle.values`."""
    keys = sa.func.unnest(_array("locks", sa.Integer())).column_valued("key")
    lock = sa.func.pg_advisory_xact_lock(sa.bindparam("space", type_=sa.Integer()), keys)
    # What is MATERIALIZED is done before the first row that comes of it, and its place is given after that.
    held = sa.select(lock.label("held")).cte("held").prefix_with("MATERIALIZED")
    parts = [
        sa.insert(table).values(_parameters(table, row, at)).cte(f"row_{at}")
        for at, (table, row) in enumerate(bundle.rows)
    ]
    if bundle.ordered:
        parts.append(_placed(bundle, held))
    return sa.select(sa.literal_column("1")).add_cte(*parts)


def _placed(bundle: Bundle, held: sa.CTE) -> sa.CTE:
    """The rows of the one table that keeps an order, inserted in it; each is given its place after the locks."""
    ((table, names),) = {(table, tuple(row)) for table, row in bundle.ordered}
    places = [
        sa.select(
            *(value.label(name) for name, value in _parameters(table, row, at).items()),
            sa.literal_column(str(at)).label("place"),
        )
        for at, (table, row) in enumerate(bundle.ordered, len(bundle.rows))
    ]
    rows = (places[0] if len(places) == 1 else sa.union_all(*places)).subquery("rows")
    locks = sa.select(sa.func.count().label("number")).select_from(held).subquery("locks")
    given = (
        sa.select(*(rows.c[name] for name in names))
        .select_from(locks)
        .join(rows, sa.true())
        .order_by(rows.c.place)
    )
    return sa.insert(table).from_select(list(names), given, include_defaults=False).cte("placed")


def _parameters(table: sa.Table, row: Mapping[str, Any], at: int) -> dict[str, Any]:
    return {name: sa.bindparam(f"{name}_{at}", type_=table.c[name].type) for name in row}


def _array(name: str, of: sa.types.TypeEngine[Any]) -> Any:
    kind: Any = sa.ARRAY(of)
    return sa.cast(sa.bindparam(name, type_=kind), kind)
