"""What every back end of jobs must do: schedules, and clocks that jump."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.jobs.runner import job_runner
from kehu.platform.jobs.schedules import Schedules, last_tick
from tests.kehu.conftest import Clock
from tests.kehu.platform.jobs.workshop import Workshop, all_over, enqueued, job_of, reached, until

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def app(app: kehu.App, shop: Workshop) -> kehu.App:
    """With the job `tick`, every five minutes."""

    async def tick(ctx: kehu.Context) -> None:
        shop.done.append(f"{ctx.now():%H:%M}")

    shop.plugin.job(name="tick", schedule="*/5 * * * *")(tick)
    other = kehu.App([core, shop.plugin], engine=app.engine, clock=app.clock)
    other.platform.jobs = app.platform.jobs
    return other


async def ticks(app: kehu.App) -> int:
    async with app.engine.connect() as connection:
        statement = sa.select(sa.func.count()).select_from(Job).where(Job.name == "shop.tick")
        found = await connection.scalar(statement)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("schedule", "now", "tick"),
    [
        ("*/5 * * * *", NINE, NINE),
        ("*/5 * * * *", NINE + timedelta(minutes=4, seconds=59), NINE),
        ("0 3 * * *", NINE, datetime(2026, 3, 2, 3, tzinfo=UTC)),
        ("0 9 * * SUN", NINE, datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("0 0 29 2 *", NINE, datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_the_last_tick_is_the_latest_moment_of_the_schedule(
    schedule: str, now: datetime, tick: datetime
) -> None:
    assert last_tick(schedule, now) == tick


async def test_a_new_schedule_begins_with_its_next_moment(app: kehu.App, clock: Clock) -> None:
    schedules = Schedules(app)
    await schedules.enqueue_due()
    before = await ticks(app)
    clock.advance(minutes=5)
    await schedules.enqueue_due()

    assert (before, await ticks(app)) == (0, 1)


async def test_each_moment_enqueues_once_with_several_workers(
    app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    async with job_runner(app), job_runner(app), job_runner(app):
        await asyncio.sleep(0.2)
        for count in range(1, 4):
            clock.advance(minutes=5)

            async def has_ticked(count: int = count) -> bool:
                return len(shop.done) >= count

            await until(has_ticked)
            await asyncio.sleep(0.1)

    assert shop.done == ["09:05", "09:10", "09:15"]


async def test_moments_missed_while_nobody_worked_count_once(app: kehu.App, clock: Clock) -> None:
    await Schedules(app).enqueue_due()
    clock.advance(hours=3)
    await Schedules(app).enqueue_due()

    assert await ticks(app) == 1


async def test_a_moment_while_the_last_one_still_waits_adds_nothing(app: kehu.App, clock: Clock) -> None:
    schedules = Schedules(app)
    for _ in range(4):
        await schedules.enqueue_due()
        clock.advance(minutes=5)

    assert await ticks(app) == 1


async def test_a_clock_set_back_does_not_repeat_a_moment(app: kehu.App, clock: Clock) -> None:
    schedules = Schedules(app)
    await schedules.enqueue_due()
    clock.advance(minutes=5)
    await schedules.enqueue_due()
    async with job_runner(app):
        await all_over(app)
    clock.advance(minutes=-20)
    for _ in range(5):
        await schedules.enqueue_due()
        clock.advance(minutes=5)

    assert await ticks(app) == 1


async def test_a_schedule_goes_on_after_a_clock_that_was_a_year_ahead(app: kehu.App, clock: Clock) -> None:
    schedules = Schedules(app)
    clock.advance(days=365)
    await schedules.enqueue_due()
    clock.advance(days=-365)
    await schedules.enqueue_due()
    before = await ticks(app)
    clock.advance(minutes=5)
    await schedules.enqueue_due()

    assert (before, await ticks(app)) == (0, 1)


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
async def test_a_clock_that_jumps_takes_no_job_from_its_worker(
    app: kehu.App, shop: Workshop, clock: Clock, jump: timedelta
) -> None:
    async with job_runner(app), job_runner(app):
        key = await enqueued(app, shop.wait, word="a")
        await reached(app, key, JobState.RUNNING)
        clock.now += jump
        await asyncio.sleep(0.5)  # Both look whether the other lives.
        shop.gate.set()
        job = await reached(app, key, JobState.SUCCEEDED)

    assert (job.attempts, shop.begun) == (1, ["a"])


async def test_a_retry_does_not_wait_for_a_clock_that_was_set_back(
    app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    shop.failures = 1
    async with job_runner(app):
        key = await enqueued(app, shop.note, word="a")

        async def has_failed() -> bool:
            return (await job_of(app, key)).last_error is not None

        await until(has_failed)
        clock.advance(days=-30)
        await reached(app, key, JobState.SUCCEEDED)

    assert shop.done == ["a"]


async def test_a_job_for_a_later_day_does_wait_when_the_clock_is_set_back(
    app: kehu.App, shop: Workshop, clock: Clock
) -> None:
    key = await enqueued(app, shop.note, word="a", run_at=clock.now + timedelta(days=1))
    clock.advance(days=-30)
    async with job_runner(app):
        await asyncio.sleep(0.3)

    assert (await job_of(app, key)).state is JobState.QUEUED
