"""Running a command's coroutine: connections are closed, and the database's complaints become advice."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import sqlalchemy as sa

from kehu.app import App
from kehu.migrating import require_current


@contextlib.asynccontextmanager
async def explained(app: App) -> AsyncIterator[None]:
    """Close the App at the end. When the database refuses, look first whether it is there and up to date.

    Raises SetupError for a database that cannot be reached or lacks revisions; otherwise what was raised.
    """
    try:
        yield
    except sa.exc.DBAPIError:
        await require_current(app)
        raise
    finally:
        await app.close()
