"""SQLite's online backup: a copy of one moment, while others go on writing."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from kehu.kernel.errors import SetupError


def database_file(engine: AsyncEngine) -> Path:
    """Where the database is. Raises SetupError for one in memory."""
    name = engine.url.database
    if not name or name == ":memory:":
        raise SetupError("A database in memory has nothing to back up or to restore.")
    return Path(name)


def copy_out(database: Path, copy: Path) -> None:
    """Copy the database into a new file. Raises SetupError for a database that is not there, or is damaged."""
    if not database.is_file():
        raise SetupError(f"There is no database {database}.")
    with (
        contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    check_whole(copy)


def copy_in(copy: Path, database: Path) -> None:
    """Replace what the database has by the copy: all of it, or nothing. Raises SetupError while another has it."""
    check_whole(copy)
    with (
        contextlib.closing(sqlite3.connect(copy)) as source,
        contextlib.closing(sqlite3.connect(database, timeout=5)) as target,
    ):
        try:
            source.backup(target)
        except sqlite3.OperationalError as error:
            raise SetupError(
                f"The database {database} cannot be replaced: {error}. Stop the servers."
            ) from error
    check_whole(database)


def check_whole(file: Path) -> None:
    """Raise SetupError for a database file that is damaged, or whose rows refer to nothing."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        try:
            [(verdict,), *_] = connection.execute("PRAGMA integrity_check").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            raise SetupError(f"{file} is no database, or it is damaged: {error}.") from error
    if verdict != "ok" or broken:
        raise SetupError(f"{file} is damaged: {verdict if verdict != 'ok' else broken[:3]}.")
