"""What every back end of jobs must do: run, retry, give up, stop."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import sqlalchemy as sa

import kehu
from kehu.platform.audit.models import AuditEntry
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.jobs.runner import job_runner
from tests.kehu.conftest import Clock
from tests.kehu.platform.jobs.workshop import Workshop, all_over, enqueued, job_of, reached, team_names, until


async def test_what_a_job_writes_goes_through_the_write_path(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app):
        key = await enqueued(app, shop.found_team, name="North")
        await reached(app, key, JobState.SUCCEEDED)

    async with app.context() as ctx:
        [entry] = (await ctx.session.scalars(sa.select(AuditEntry).where(AuditEntry.entity == "Team"))).all()
    assert (entry.principal, entry.request_id) == ("system", str(key))


async def test_a_failed_job_waits_longer_and_longer(app: kehu.App, shop: Workshop, clock: Clock) -> None:
    shop.failures = 2
    key = await enqueued(app, shop.note, word="a")
    waits: list[float] = []
    async with job_runner(app):
        for _ in range(2):
            job = await waiting_for_retry(app, key, len(waits) + 1)
            waits.append((job.run_at - clock.now).total_seconds())
            clock.now = job.run_at
        job = await reached(app, key, JobState.SUCCEEDED)

    assert 5 <= waits[0] <= 10 <= waits[1] <= 20
    assert (job.attempts, job.last_error, shop.begun) == (3, None, ["a", "a", "a"])


async def waiting_for_retry(app: kehu.App, key: uuid.UUID, attempts: int) -> Job:
    async def is_waiting() -> bool:
        job = await job_of(app, key)
        return job.state is JobState.QUEUED and job.attempts == attempts

    await until(is_waiting)
    return await job_of(app, key)


async def test_a_job_that_always_fails_becomes_a_dead_letter(
    app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    shop.failures = 99
    key = await enqueued(app, shop.note, word="a")
    async with job_runner(app):
        for attempt in (1, 2):
            clock.now = (await waiting_for_retry(app, key, attempt)).run_at
        job = await reached(app, key, JobState.FAILED)
        clock.advance(days=3)
        await asyncio.sleep(0.1)

    assert (job.attempts, len(shop.begun), shop.done) == (3, 3, [])
    assert job.last_error == "ValueError: a went wrong"
    assert job.finished_at is not None


async def test_a_dead_letter_can_be_replayed(app: kehu.App, shop: Workshop, clock: Clock) -> None:
    shop.failures = 3
    key = await enqueued(app, shop.note, word="a", key="k")
    async with job_runner(app):
        for attempt in (1, 2):
            clock.now = (await waiting_for_retry(app, key, attempt)).run_at
        await reached(app, key, JobState.FAILED)
        async with app.context() as ctx, ctx.write():
            (await ctx.get(Job, key)).retry(at=ctx.now())
        job = await reached(app, key, JobState.SUCCEEDED)

    assert (job.attempts, shop.done) == (1, ["a"])


async def test_a_retry_keeps_its_key(app: kehu.App, shop: Workshop) -> None:
    shop.failures = 1
    key = await enqueued(app, shop.note, word="a", key="k")
    async with job_runner(app):
        await waiting_for_retry(app, key, 1)

        assert await enqueued(app, shop.note, word="b", key="k") == key


async def test_a_retry_whose_key_another_job_took_meanwhile_is_not_lost(
    app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    async def stumble(_: kehu.Context) -> None:
        shop.begun.append("stumble")
        await shop.gate.wait()
        if len(shop.begun) == 1:
            raise ValueError("the first time")

    shop.plugin.job(name="stumble")(stumble)
    app = again(app, shop)
    async with job_runner(app):
        first = await enqueued(app, stumble, key="k")
        await reached(app, first, JobState.RUNNING)
        second = await enqueued(app, stumble, key="k", run_at=clock.now + timedelta(hours=1))
        shop.gate.set()
        await waiting_for_retry(app, first, 1)
        clock.advance(hours=2)
        await all_over(app)

    assert first != second
    assert len(shop.begun) == 3


def again(app: kehu.App, shop: Workshop) -> kehu.App:
    """The App on the same database, with the jobs that the test has declared."""
    other = kehu.App([app.composition.plugins[0], shop.plugin], engine=app.engine, clock=app.clock)
    other.platform.jobs = app.platform.jobs
    return other


async def test_a_job_that_takes_too_long_is_stopped_and_tried_again(
    app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    async with job_runner(app):
        key = await enqueued(app, shop.dawdle, word="a")
        job = await waiting_for_retry(app, key, 1)
        clock.now = job.run_at
        await reached(app, key, JobState.FAILED)

    assert job.last_error == "It took longer than 0.5 seconds and was stopped."
    assert (shop.begun, shop.done, await team_names(app)) == (["a", "a"], [], [])


async def test_an_atomic_job_writes_and_succeeds_in_one_transaction(app: kehu.App, shop: Workshop) -> None:
    shop.gate.set()
    async with job_runner(app):
        key = await enqueued(app, shop.found_team_once, name="North")
        job = await reached(app, key, JobState.SUCCEEDED)

    assert (job.attempts, job.progress) == (1, 100)
    assert await team_names(app) == ["North", "after North"]


async def test_an_atomic_job_that_fails_has_written_nothing(app: kehu.App, shop: Workshop) -> None:
    async def half(ctx: kehu.Context) -> None:
        async with ctx.write():
            ctx.add(kehu.Team(name="North"))
        await ctx.flush()
        raise ValueError("no further")

    shop.plugin.job(name="half", retries=0, atomic=True)(half)
    app = again(app, shop)
    async with job_runner(app):
        job = await reached(app, await enqueued(app, half), JobState.FAILED)

    assert job.last_error == "ValueError: no further"
    assert await team_names(app) == []


async def test_a_running_job_that_is_cancelled_stops_and_commits_nothing_more(
    app: kehu.App, shop: Workshop
) -> None:
    async with job_runner(app):
        key = await enqueued(app, shop.wait, word="a")
        await reached(app, key, JobState.RUNNING)
        async with app.context() as ctx, ctx.write():
            (await ctx.get(Job, key)).cancel(at=ctx.now())
        shop.gate.set()
        await asyncio.sleep(0.2)
        job = await job_of(app, key)

    assert (job.state, shop.done, await team_names(app)) == (JobState.CANCELLED, [], [])


async def test_a_waiting_job_that_is_cancelled_never_begins(app: kehu.App, shop: Workshop) -> None:
    key = await enqueued(app, shop.note, word="a", key="k")
    async with app.context() as ctx, ctx.write():
        (await ctx.get(Job, key)).cancel(at=ctx.now())
    other = await enqueued(app, shop.note, word="b", key="k")
    async with job_runner(app):
        await all_over(app)

    assert key != other
    assert shop.done == ["b"]


async def test_progress_is_seen_while_the_job_runs(app: kehu.App, shop: Workshop) -> None:
    async def climb(ctx: kehu.Context) -> None:
        await ctx.progress(3, 4)
        await shop.gate.wait()

    shop.plugin.job(name="climb")(climb)
    app = again(app, shop)
    async with job_runner(app):
        key = await enqueued(app, climb)

        async def has_climbed() -> bool:
            return (await job_of(app, key)).progress == 75

        await until(has_climbed)
        shop.gate.set()
        await reached(app, key, JobState.SUCCEEDED)


async def test_progress_outside_of_a_job_is_told_to_nobody(app: kehu.App) -> None:
    async with app.context() as ctx:
        await ctx.progress(1, 2)


async def test_no_more_jobs_run_at_once_than_allowed(app: kehu.App, shop: Workshop) -> None:
    for number in range(5):
        await enqueued(app, shop.wait, word=str(number))
    async with job_runner(app, jobs_at_once=2):
        await asyncio.sleep(0.3)
        begun = list(shop.begun)
        shop.gate.set()
        await all_over(app)

    assert begun == ["0", "1"]
    assert sorted(shop.done) == ["0", "1", "2", "3", "4"]


async def test_jobs_of_a_plugin_that_is_not_enabled_wait_for_it(app: kehu.App, shop: Workshop) -> None:
    key = await enqueued(app, shop.note, word="a")
    without = kehu.App([app.composition.plugins[0]], engine=app.engine, clock=app.clock)
    without.platform.jobs = app.platform.jobs
    async with job_runner(without):
        await asyncio.sleep(0.2)
    waiting = await job_of(app, key)
    async with job_runner(app):
        await all_over(app)

    assert waiting.state is JobState.QUEUED
    assert shop.done == ["a"]


async def test_several_runners_share_jobs_without_a_double_run(app: kehu.App, shop: Workshop) -> None:
    async with app.context() as ctx, ctx.write():
        for number in range(200):
            await ctx.enqueue(shop.note, {"word": f"{number}"})
    async with job_runner(app), job_runner(app), job_runner(app):
        await all_over(app)

    assert sorted(shop.done, key=int) == [f"{number}" for number in range(200)]
