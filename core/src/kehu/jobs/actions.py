"""What people do with jobs."""

from __future__ import annotations

from kehu.context import Context
from kehu.core_declarations import job
from kehu.jobs.models import Job


@job.action
async def cancel(record: Job, ctx: Context) -> None:
    """Let it not run; one that runs is stopped, and what it has not committed is undone."""
    record.cancel(at=ctx.now())


@job.action
async def retry(record: Job, ctx: Context) -> None:
    """Run a failed or cancelled job again, now, with all of its attempts."""
    record.retry(at=ctx.now())
