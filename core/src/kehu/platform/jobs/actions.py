"""What people do with jobs."""

from __future__ import annotations

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.kernel.db import Unscoped
from kehu.kernel.texts import text
from kehu.platform.jobs.models import Job, JobIsNotOver
from kehu.platform.jobs.resources import job

whoever_asks = Unscoped("one job of a key waits")


@job.action
async def cancel(record: Job, ctx: Context) -> None:
    """Let it not run; one that runs is stopped, and what it has not committed is undone."""
    record.cancel(at=ctx.now())


@job.action
async def retry(record: Job, ctx: Context) -> None:
    """Run a failed or cancelled job again, now, with all of its attempts."""
    record.retry(at=ctx.now())
    waiting = sa.select(Job.id).where(Job.waiting_key == record.key)
    if record.key is not None and await whoever_asks.exists(ctx, waiting):
        raise JobIsNotOver(
            text("Another job waits already to do the same, {key}.", key=record.key), field="key"
        )
    record.waiting_key = record.key
