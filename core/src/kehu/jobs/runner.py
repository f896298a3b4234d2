"""Running jobs: what a server's lifespan and `kehu worker` open."""

from __future__ import annotations

import contextlib

from kehu.app import App
from kehu.jobs.port import JOBS_AT_ONCE


def job_runner(app: App, *, jobs_at_once: int = JOBS_AT_ONCE) -> contextlib.AbstractAsyncContextManager[None]:
    """Run the App's jobs while the context lasts; none with `jobs_at_once=0`, where another process does."""
    if jobs_at_once == 0:
        return contextlib.nullcontext()
    return app.jobs.running(app, jobs_at_once=jobs_at_once)
