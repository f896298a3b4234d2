"""Opening a database by its address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from kehu.kernel.db import sqlite
from kehu.kernel.db.addresses import check_address
from kehu.kernel.errors import SetupError

_DRIVERS = {"sqlite": "sqlite+kehu", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def open_engine(url: str, *, is_pooled: bool = False) -> AsyncEngine:
    """An engine for `sqlite:///file.db` or `postgresql://user@host/name`; nothing is connected yet.

    Behind a pooler (`is_pooled`) each transaction may come to another connection of the server, so that no statement
    can be prepared on one.
    Raises SetupError for an address that is not understood or whose driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise SetupError(
            f"KEHU_DATABASE_URL {url!r} is no database address; write sqlite:///kehu.db or postgresql://user@host/name."
        ) from None
    backend = parsed.drivername.partition("+")[0]
    if backend not in _DRIVERS:
        raise SetupError(
            f"kehu runs on SQLite and PostgreSQL, not on {backend!r}; correct KEHU_DATABASE_URL."
        )
    if backend != "sqlite":
        check_address(parsed)
    parsed = parsed.set(drivername=_DRIVERS[backend])
    try:
        engine = create_async_engine(parsed, **({} if backend == "sqlite" else _options(is_pooled=is_pooled)))
    except ModuleNotFoundError:
        raise SetupError("The PostgreSQL driver is not installed: pip install 'kehu[postgres]'.") from None
    if backend == "sqlite":
        sqlite.prepare(engine)
    return engine


def open_direct(url: str, through: AsyncEngine) -> AsyncEngine:
    """An engine for the way around a pooler that `through` leads through. Raises SetupError as open_engine does."""
    direct = open_engine(url)
    if "sqlite" in (direct.dialect.name, through.dialect.name):
        raise SetupError(
            "KEHU_DATABASE_DIRECT_URL is the way around a pooler, to the same PostgreSQL as the database."
        )
    return direct


def _options(*, is_pooled: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"pool_size": 10, "max_overflow": 20}
    return options | {"connect_args": {"prepare_threshold": None}} if is_pooled else options


def forget_statements(engine: AsyncEngine, models: Iterable[type[Any]]) -> None:
    """Give free what mappers compiled for this engine.

    SQLAlchemy keeps it with each mapper, for as long as the process lives, and by the dialect all tables of the App.
    """
    for model in models:
        cache = sa.inspect(model).base_mapper._compiled_cache
        for key in [key for key in list(cache) if key[0] is engine.dialect]:
            cache.pop(key, None)
