"""Connections for migrations: reached or a sentence why not, and alone with the schema."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kehu.kernel.app import App
from kehu.kernel.db.sqlite import begin_immediate
from kehu.kernel.errors import SetupError

# Alembic's `op` is one for the whole process, so two Apps take turns, whichever loops and threads they live in.
_ALEMBIC = threading.Lock()

# An arbitrary number that is ours on every PostgreSQL: two nodes that start together upgrade one after the other.
_ADVISORY_LOCK = 5_017_231_968


@contextlib.asynccontextmanager
async def reached(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection to read from. Raises SetupError for a database that cannot be reached."""
    try:
        connection = await engine.connect()
    except (sa.exc.DBAPIError, sqlite3.Error, OSError) as error:
        raise SetupError(unreachable(engine, error)) from error
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def changing_schema(app: App) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that nobody else migrates in; commits at the end, or rolls everything back."""
    async with reached(app.direct_engine) as connection, _alembic_turn():
        change = _on_postgresql(connection) if app.is_postgresql else _on_sqlite(connection)
        async with change:
            yield connection


def address_of(engine: AsyncEngine) -> str:
    """The address of a database as people write it, without the password."""
    return engine.url.set(drivername=engine.url.get_backend_name()).render_as_string(hide_password=True)


def unreachable(engine: AsyncEngine, error: BaseException) -> str:
    """Why the engine's database cannot be used."""
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if engine.dialect.name == "sqlite":
        advice = (
            "Check that the folder exists, that it may be written to, and that the file is an SQLite database"
        )
    else:
        advice = "Check that the server runs, and user, password and name of the database"
    sentence = f"The database {address_of(engine)} cannot be reached: {reason}."
    return f"{sentence} {advice}; the address comes from KEHU_DATABASE_URL."


@contextlib.asynccontextmanager
async def _alembic_turn() -> AsyncIterator[None]:
    # Whoever holds it may run in another thread, where an asyncio.Event would not wake us.
    while not _ALEMBIC.acquire(blocking=False):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        _ALEMBIC.release()


@contextlib.asynccontextmanager
async def _on_postgresql(connection: AsyncConnection) -> AsyncIterator[None]:
    async with connection.begin():
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        yield


@contextlib.asynccontextmanager
async def _on_sqlite(connection: AsyncConnection) -> AsyncIterator[None]:
    """With foreign keys off, which SQLite allows outside of a transaction only, and checked before the commit.

    SQLite changes a column by making the table anew; dropping the old one would otherwise delete what refers to it.
    """
    _ = await connection.execution_options(kehu_writing=True)
    await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    try:
        await begin_immediate(connection)
        yield
        await _check_foreign_keys(connection)
        await connection.commit()
    finally:
        await connection.rollback()
        await connection.exec_driver_sql("PRAGMA foreign_keys=ON")


async def _check_foreign_keys(connection: AsyncConnection) -> None:
    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).mappings().all()
    if broken:
        pairs = sorted({f"{row['table']} to {row['parent']}" for row in broken})
        raise SetupError(
            f"The migration would leave {len(broken)} row(s) that refer to nothing, from {', '.join(pairs)}; "
            f"nothing was changed. Repair the revision."
        )
