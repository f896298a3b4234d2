"""Running a command's coroutine: connections are closed, and the database's complaints become advice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Coroutine
from typing import Any, TypeVar

import sqlalchemy as sa

from kehu.kernel.app import App
from kehu.ops.migrations import require_current

T = TypeVar("T")


def run_explained(app: App, work: Coroutine[Any, Any, T]) -> T:
    """Run `work` and close the App. When the database refuses, look whether it is there and up to date.

    Raises SetupError for a database that cannot be reached or lacks revisions; otherwise what `work` raised.
    """
    return asyncio.run(_explained(app, work))


async def _explained(app: App, work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    except (sa.exc.DBAPIError, sqlite3.Error):
        await require_current(app)
        raise
    finally:
        await app.close()
