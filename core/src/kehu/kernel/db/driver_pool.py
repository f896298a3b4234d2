"""Rows straight from the driver: how statements that are made once are executed, without a session or a transaction.

SQLAlchemy makes the SQL, the driver executes it. For reads only; nothing that is written goes this way.
"""

from __future__ import annotations

import asyncio
import collections
import importlib.util
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from kehu.kernel.db import sqlite
from kehu.kernel.db.addresses import asyncpg_arguments

CONNECTIONS = 10
REMEMBERED_STATEMENTS = 500
# What SQLite keeps of its file for the connection that reads; with its own 2,000, lists within lists read half again as
# long from 100,000 customers.
CACHE_KIB = 32_000

Row = Sequence[Any]


class Rows(Protocol):
    """Executes statements for rows. `dialect` is what the SQL and the values have to be made for."""

    dialect: sa.Dialect

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        """All rows of a SELECT, in their order."""
        ...

    def kept(self, value: Any) -> Any:
        """A value that is bound again and again, as the driver takes it with the least effort."""
        ...

    async def close(self) -> None:
        """Close every connection; the next statement opens a new one."""
        ...


def open_driver_pool(engine: AsyncEngine, *, is_pooled: bool = False) -> Rows | None:
    """Rows of the database of `engine`; None where its driver is missing, or where only one connection can see it."""
    if engine.dialect.name == "sqlite":
        return None if is_in_memory(engine) else SqlitePool(engine)
    return PostgresPool(engine, is_pooled=is_pooled) if has_asyncpg() else None


def is_in_memory(engine: AsyncEngine) -> bool:
    """Whether a database of SQLite is seen by one connection only."""
    return engine.url.database in (None, "", ":memory:")


def has_asyncpg() -> bool:
    """Whether the driver is there, which the extra `postgres` brings."""
    return importlib.util.find_spec("asyncpg") is not None


class SqlitePool:
    """One connection that only reads, used in the event loop: no statement ever waits for another."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.dialect: sa.Dialect = engine.dialect
        self._engine = engine
        self._connection: sqlite3.Connection | None = None

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        """All rows of a SELECT, in their order."""
        announce_statement(self._engine, statement, values)
        connection = self._connection or self._connect()
        return connection.execute(statement, values).fetchall()

    def kept(self, value: Any) -> Any:
        """The value itself."""
        return value

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        connection = self._connection = connect_sqlite(self._engine)
        connection.execute("PRAGMA query_only=ON")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        return connection


def connect_sqlite(engine: AsyncEngine) -> sqlite3.Connection:
    """A new connection to the file of `engine`, beside its pool."""
    database = engine.url.database
    assert database is not None
    connection = sqlite3.connect(database, cached_statements=REMEMBERED_STATEMENTS, check_same_thread=False)
    sqlite.configure(connection)
    return connection


class PostgresPool:
    """A few connections of asyncpg, each statement prepared once on each; a statement waits while all are in use.

    No transaction is opened and nothing is ever set on a connection after its beginning, so none has to be reset.
    `settings` are those of the server that hold on each.

    Behind a pooler (`is_pooled`) a statement is prepared each time, in a transaction of its own, in which the settings
    are made too: between two transactions the connection of the server is anybody's.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        connections: int = CONNECTIONS,
        settings: Mapping[str, str] | None = None,
        is_pooled: bool = False,
    ) -> None:
        from sqlalchemy.dialects.postgresql.asyncpg import (  # noqa: PLC0415  # nothing for who runs on SQLite
            PGDialect_asyncpg,
        )

        self._most = connections
        self.dialect: sa.Dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
        self._engine = engine
        _, libpq = engine.dialect.create_connect_args(engine.url)
        self._arguments = asyncpg_arguments(libpq, {} if is_pooled else settings or {})
        self._begin = _beginning(settings or {}) if is_pooled else None
        self._idle: list[Any] = []
        self._waiting: collections.deque[asyncio.Future[None]] = collections.deque()
        self._open = 0
        # What the database says no with, as the driver calls it once it is there.
        self._refusals: tuple[type[Exception], ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        """All rows of a SELECT, in their order."""
        announce_statement(self._engine, statement, values)
        connection = await self._take()
        try:
            rows = await self._fetched(connection, statement, values)
        except self._refusals:
            # The database refused, which leaves no trace on the connection.
            self._idle.append(connection)
            self._wake()
            raise
        except BaseException:
            # Whatever state it is in, nobody else shall meet it.
            self._open -= 1
            connection.terminate()
            self._wake()
            raise
        self._idle.append(connection)
        self._wake()
        return rows

    async def _fetched(self, connection: Any, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        if self._begin is None:
            rows: Sequence[Row] = await connection.fetch(statement, *values)
            return rows
        await connection.execute(self._begin)
        try:
            rows = await connection.fetch(statement, *values)
        except self._refusals:
            await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")
        return rows

    def kept(self, value: Any) -> Any:
        """A key as an object of the driver's own class, which has its bytes at hand."""
        from asyncpg.pgproto import pgproto  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

        return pgproto.UUID(value.bytes) if value.__class__ is uuid.UUID else value

    async def close(self) -> None:
        """Close the connections that are not in use."""
        idle, self._idle, self._open = self._idle, [], 0
        for connection in idle:
            if self._loop is asyncio.get_running_loop():
                await connection.close()
            else:
                connection.terminate()

    async def _take(self) -> Any:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            await self.close()
            self._loop = loop
        while True:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    return connection
                self._open -= 1
            if self._open < self._most:
                return await self._connect()
            turn = loop.create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._wake()  # Somebody else's turn, then.
                raise

    async def _connect(self) -> Any:
        import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415  # ships no types; nothing for SQLite

        self._refusals = (asyncpg.PostgresError,)
        self._open += 1
        try:
            return await asyncpg.connect(
                **self._arguments,
                statement_cache_size=REMEMBERED_STATEMENTS if self._begin is None else 0,
                max_cached_statement_lifetime=0,
            )
        except BaseException:
            self._open -= 1
            self._wake()
            raise

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


def _beginning(settings: Mapping[str, str]) -> str:
    """What begins a transaction in which these settings hold."""
    return "; ".join(["BEGIN", *(f"SET LOCAL {name} = '{value}'" for name, value in settings.items())])


def announce_statement(engine: AsyncEngine, statement: str, values: Sequence[Any]) -> None:
    """Whoever listens to the statements of the engine hears of those that go past its pool too."""
    for listener in engine.sync_engine.dispatch.before_cursor_execute:
        listener(None, None, statement, values, None, False)  # noqa: FBT003  # SQLAlchemy's contract
