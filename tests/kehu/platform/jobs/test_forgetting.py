from __future__ import annotations

from datetime import timedelta

import pytest

import kehu
from kehu.platform.jobs import retention
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.jobs.retention import forget_jobs
from tests.kehu.conftest import Clock
from tests.kehu.factories import saved

DAYS_KEPT = {JobState.SUCCEEDED: 7, JobState.CANCELLED: 7, JobState.FAILED: 90}


async def ended(app: kehu.App, state: JobState, days_ago: float) -> Job:
    at = app.clock() - timedelta(days=days_ago)
    return await saved(app, Job(name="shop.note", state=state, arguments={}, run_at=at, finished_at=at))


async def is_kept(app: kehu.App, job: Job) -> bool:
    async with app.context() as ctx:
        return await ctx.find(Job, job.id) is not None


@pytest.mark.parametrize(("state", "days"), list(DAYS_KEPT.items()))
async def test_jobs_that_are_over_are_kept_for_a_while(
    app: kehu.App, monkeypatch: pytest.MonkeyPatch, state: JobState, days: int
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    old = [await ended(app, state, days + 0.1) for _ in range(5)]
    young = await ended(app, state, days - 0.1)

    async with app.context() as ctx:
        await forget_jobs(ctx)

    assert [await is_kept(app, job) for job in [*old, young]] == [False] * 5 + [True]


async def test_a_job_that_waits_is_kept_however_old_it_is(app: kehu.App, clock: Clock) -> None:
    job = await saved(app, Job(name="shop.note", arguments={}, run_at=clock.now))
    clock.advance(days=1000)

    async with app.context() as ctx:
        await forget_jobs(ctx)

    assert await is_kept(app, job)
