"""Opening a database by its address."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from kehu.database import sqlite
from kehu.errors import SetupError

_DRIVERS = {"sqlite": "sqlite+kehu", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def open_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite:///file.db` or `postgresql://user@host/name`; nothing is connected yet.

    Raises SetupError for an address that is not understood or whose driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise SetupError(
            f"KEHU_DATABASE_URL {url!r} is no database address; write sqlite:///kehu.db or postgresql://user@host/name."
        ) from None
    backend = parsed.drivername.partition("+")[0]
    if backend not in _DRIVERS:
        raise SetupError(
            f"kehu runs on SQLite and PostgreSQL, not on {backend!r}; correct KEHU_DATABASE_URL."
        )
    parsed = parsed.set(drivername=_DRIVERS[backend])
    try:
        engine = create_async_engine(
            parsed, **({} if backend == "sqlite" else {"pool_size": 10, "max_overflow": 20})
        )
    except ModuleNotFoundError:
        raise SetupError("The PostgreSQL driver is not installed: pip install 'kehu[postgres]'.") from None
    if backend == "sqlite":
        sqlite.prepare(engine)
    return engine
