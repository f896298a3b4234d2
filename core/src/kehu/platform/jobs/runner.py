"""Running jobs: what a server's lifespan and `kehu worker` open."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from kehu.kernel.app import App
from kehu.kernel.jobs import JOBS_AT_ONCE


@contextlib.asynccontextmanager
async def job_runner(app: App, *, jobs_at_once: int = JOBS_AT_ONCE) -> AsyncIterator[None]:
    """Run the App's jobs and deliver its events while the context lasts.

    With `jobs_at_once=0` it does neither, because another process does.
    """
    if jobs_at_once == 0:
        yield
        return
    async with app.platform.jobs.running(app, jobs_at_once=jobs_at_once), app.platform.deliveries.running():
        yield
