"""Running jobs: what a server's lifespan and `kehu worker` open."""

from __future__ import annotations

import contextlib

from kehu.app import App
from kehu.jobs.port import WORKERS_JOBS


def job_runner(app: App, *, jobs_at_once: int = WORKERS_JOBS) -> contextlib.AbstractAsyncContextManager[None]:
    """Run the App's jobs while the context lasts."""
    return app.jobs.running(app, jobs_at_once=jobs_at_once)
