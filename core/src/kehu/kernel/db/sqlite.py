"""SQLite inside the event loop.

Threads and aiosqlite double the CPU of nested reads and let a write wait for seconds behind them, so the driver is
called where we are: the dialect says it is asynchronous, and simply never has to wait. What would wait, the lock of
another writer, is waited for in asyncio (see `begin_writing`), never inside SQLite.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Generator
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

from kehu.kernel.errors import Conflict
from kehu.kernel.text.folding import fold
from kehu.kernel.texts import text

WAIT_SECONDS = 30.0


class InLoopCursor(sqlite3.Cursor):
    """A cursor whose rows are read where we are."""

    async def _async_soft_close(self) -> None:
        """SQLAlchemy calls this after each statement; rows not read yet stay to be read."""


class InLoopConnection(sqlite3.Connection):
    """A connection that makes such cursors."""

    def cursor(self, factory: Any = InLoopCursor) -> Any:
        """A new cursor."""
        return super().cursor(factory)


class InLoopSqlite(SQLiteDialect_pysqlite):
    """pysqlite under SQLAlchemy's asyncio API, without a thread."""

    driver = "kehu"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: sa.URL) -> Any:
        return AsyncAdaptedQueuePool

    def create_connect_args(self, url: sa.URL) -> Any:
        positional, keywords = super().create_connect_args(url)
        keywords["factory"] = InLoopConnection
        return positional, keywords

    def get_driver_connection(self, connection: Any) -> Any:
        return connection

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        await_only(_AT_ONCE)
        cursor.execute(statement, parameters)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        await_only(_AT_ONCE)
        cursor.executemany(statement, parameters)


class _AtOnce(Awaitable[None]):
    """Something to await that is ready: SQLAlchemy insists that an asynchronous driver awaits something."""

    def __await__(self) -> Generator[Any, Any, None]:
        yield from ()


_AT_ONCE = _AtOnce()


registry.register("sqlite.kehu", __name__, "InLoopSqlite")


class WriteLock(asyncio.Lock):
    """One writer at a time within a process. A task that waits for itself would wait for ever, so it is told."""

    _holder: asyncio.Task[Any] | None = None

    async def acquire(self) -> Literal[True]:
        if self.locked() and self._holder is asyncio.current_task():
            raise RuntimeError(
                "The same task is writing already, in another context; SQLite has one writer. Use the outer context."
            )
        await super().acquire()
        self._holder = asyncio.current_task()
        return True

    def release(self) -> None:
        self._holder = None
        super().release()


def prepare(engine: AsyncEngine) -> None:
    """Make every connection of the engine keep foreign keys, use WAL, and leave BEGIN to us."""
    sa.event.listen(engine.sync_engine, "connect", _configure)
    sa.event.listen(engine.sync_engine, "begin", _begin)


async def begin_immediate(connection: AsyncConnection, *, wait_seconds: float = WAIT_SECONDS) -> None:
    """Take SQLite's write lock; waits in asyncio while another process has it. Raises Conflict after `wait_seconds`."""

    async def begin() -> None:
        try:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        except sa.exc.OperationalError as error:
            raise error.orig or error from error

    await until_free(begin, wait_seconds=wait_seconds)


async def until_free(
    begin: Callable[[], Awaitable[None] | None], *, wait_seconds: float = WAIT_SECONDS
) -> None:
    """Call `begin` until no other process has the write lock. Raises Conflict after `wait_seconds`."""
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + wait_seconds, 0.001
    while True:
        try:
            waiting = begin()
            if waiting is not None:
                await waiting
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or loop.time() > deadline:
                busy = text("The database is busy with another writer; try again.")
                raise Conflict(busy, code="BUSY") from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.05)
        else:
            return


def _configure(connection: sqlite3.Connection, record: Any) -> None:
    configure(connection)


def configure(connection: sqlite3.Connection) -> None:
    """Give a new connection what kehu's SQL relies on; transactions are begun by hand."""
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=0")
    connection.create_function("kehu_bucket", 3, bucket, deterministic=True)
    connection.create_function("kehu_units", 2, units, deterministic=True)
    connection.create_function("lower", 1, lower, deterministic=True)
    connection.create_function("kehu_fold", 1, folded, deterministic=True)
    connection.create_aggregate("kehu_nth", 3, Nth)  # type: ignore[arg-type]  # typeshed knows no such step


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("kehu_writing"):
        connection.exec_driver_sql("BEGIN")


class Nth:
    """The value at the place of a percentage of all that are not NULL, rounded down or up; see reading.percentiles."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._percent, self._end = Decimal(0), "floor"

    def step(self, value: Any, percent: str, end: str) -> None:
        """Take one more value."""
        self._percent, self._end = Decimal(percent), end
        if value is not None:
            self._values.append(value)

    def finalize(self) -> Any:
        """The value; none of none."""
        if not self._values:
            return None
        place = self._percent * (len(self._values) - 1) / 100
        rounding = ROUND_FLOOR if self._end == "floor" else ROUND_CEILING
        return sorted(self._values)[int(place.to_integral_value(rounding))]


def lower(value: Any) -> Any:
    """Lower case of every alphabet, as on PostgreSQL; SQLite's own function knows ASCII only."""
    return value.lower() if isinstance(value, str) else value


def folded(value: Any) -> Any:
    """The text of a column as what it is compared with is folded."""
    return fold(value) if isinstance(value, str) else value


def units(value: str | None, places: int) -> int | None:
    """The decimal number in `value` as a count of its smallest unit, which is how SQLite keeps `ExactDecimal`."""
    if value is None:
        return None
    return int(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN).scaleb(places))


def bucket(value: str | None, unit: str, zone: str) -> str | None:
    """The first day of the year, quarter, month, week (Monday) or the day that `value` falls in, as ISO text.

    `value` is SQLite's text of a date, which has no zone, or of a UTC moment, which is first moved to `zone`.
    """
    if value is None:
        return None
    day = date.fromisoformat(value) if len(value) == 10 else _local_day(value, zone)
    if unit == "YEAR":
        day = day.replace(month=1, day=1)
    elif unit == "QUARTER":
        day = day.replace(month=day.month - (day.month - 1) % 3, day=1)
    elif unit == "MONTH":
        day = day.replace(day=1)
    elif unit == "WEEK":
        day = date.fromordinal(day.toordinal() - day.weekday())
    return day.isoformat()


# Nearer to the ends of the calendar not every time zone has a day; PostgreSQL is asked for the same.
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)


def _local_day(value: str, zone: str) -> date:
    moment = datetime.fromisoformat(value).replace(tzinfo=UTC)
    return min(max(moment, _FIRST), _LAST).astimezone(ZoneInfo(zone)).date()
