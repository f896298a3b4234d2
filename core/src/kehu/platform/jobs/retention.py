"""Jobs that are over do not stay for ever."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.platform.core import plugin
from kehu.platform.jobs.models import JobState
from kehu.platform.jobs.statements import JOB

KEEP_DONE = timedelta(days=7)
KEEP_FAILED = timedelta(days=90)
AT_ONCE = 1000


@plugin.job(schedule="41 3 * * *")
async def forget_jobs(ctx: Context) -> None:
    """Delete jobs that succeeded or were cancelled a week ago, and those that failed a quarter ago."""
    done = JOB.c.state.in_((JobState.SUCCEEDED, JobState.CANCELLED))
    old = sa.or_(
        sa.and_(done, JOB.c.finished_at < ctx.now() - KEEP_DONE),
        sa.and_(JOB.c.state == JobState.FAILED, JOB.c.finished_at < ctx.now() - KEEP_FAILED),
    )
    some = sa.select(JOB.c.id).where(old).limit(AT_ONCE)
    while True:
        async with ctx.write():
            keys = (await ctx.session.scalars(some)).all()
            forget = sa.delete(JOB).where(JOB.c.id.in_(keys)).execution_options(kehu_unaudited=True)
            await ctx.session.execute(forget)
        if len(keys) < AT_ONCE:
            return
