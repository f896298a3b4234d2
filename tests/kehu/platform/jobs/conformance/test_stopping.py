"""What every back end of jobs must do: stop gracefully, and survive workers that do not."""

from __future__ import annotations

import asyncio
import contextlib
import random
import uuid

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.jobs.backoff import Backoff
from kehu.platform.jobs.embedded import EmbeddedJobs
from kehu.platform.jobs.models import JobState, JobWorker
from kehu.platform.jobs.runner import job_runner
from kehu.platform.jobs.worker import Worker
from tests.kehu.platform.jobs.workshop import (
    SOON,
    Workshop,
    all_over,
    enqueued,
    job_of,
    reached,
    team_names,
    until,
)


@pytest.fixture
def hurried(app: kehu.App) -> kehu.App:
    """Its runners bury others soon."""
    app.platform.jobs = EmbeddedJobs(SOON)
    return app


async def workers(app: kehu.App) -> int:
    async with app.engine.connect() as connection:
        found = await connection.scalar(sa.select(sa.func.count()).select_from(JobWorker))
    assert found is not None
    return found


class FrozenWorker(Worker):
    """A worker whose machine sleeps: it runs what it has begun, and does not beat."""

    async def _keep_alive(self) -> None:
        await asyncio.Event().wait()


def frozen(app: kehu.App) -> FrozenWorker:
    worker = FrozenWorker(app, jobs_at_once=10, pace=SOON, chance=random.Random(1))
    worker.start()
    return worker


async def test_a_runner_that_stops_lets_jobs_end(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app):
        key = await enqueued(app, shop.wait, word="a")
        await reached(app, key, JobState.RUNNING)
        asyncio.get_running_loop().call_later(0.1, shop.gate.set)

    assert (shop.done, (await job_of(app, key)).state) == (["a"], JobState.SUCCEEDED)
    assert await workers(app) == 0


async def test_a_runner_that_stops_puts_back_what_does_not_end_in_time(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app):
        key = await enqueued(app, shop.wait, word="a")
        await reached(app, key, JobState.RUNNING)
    job = await job_of(app, key)

    assert (job.state, job.attempts, job.worker_id, job.started_at) == (JobState.QUEUED, 0, None, None)
    assert (shop.done, await team_names(app), await workers(app)) == ([], [], 0)


async def test_a_runner_that_stops_begins_nothing_new(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app):
        await reached(app, await enqueued(app, shop.wait, word="a"), JobState.RUNNING)
    key = await enqueued(app, shop.note, word="b")
    await asyncio.sleep(0.1)

    assert (await job_of(app, key)).state is JobState.QUEUED


async def test_the_jobs_of_a_worker_that_does_not_answer_are_run_by_another(
    hurried: kehu.App, shop: Workshop
) -> None:
    app, sleeper = hurried, frozen(hurried)
    key = await enqueued(app, shop.wait, word="a")
    await reached(app, key, JobState.RUNNING)
    async with job_runner(app):
        await until(lambda: has_begun_twice(shop))
        shop.gate.set()
        job = await reached(app, key, JobState.SUCCEEDED)
        await asyncio.sleep(0.1)
    await sleeper.stop()

    assert job.attempts == 2
    assert await team_names(app) == ["after a"]  # What the sleeper wrote after its lease was refused.


async def test_a_worker_registers_once_however_slow_that_is(app: kehu.App) -> None:
    restless = Backoff(poll=0, beat=0, lease=30, grace=1)
    worker = Worker(app, jobs_at_once=1, pace=restless, chance=random.Random(1))
    worker.start()
    await asyncio.sleep(0.3)

    assert await workers(app) == 1
    await worker.stop()
    assert await workers(app) == 0


async def test_a_worker_that_others_took_for_dead_starts_over(app: kehu.App, shop: Workshop) -> None:
    async with job_runner(app):
        await reached(app, await enqueued(app, shop.wait, word="a"), JobState.RUNNING)
        async with app.engine.begin() as connection:
            await connection.execute(sa.delete(JobWorker))
        shop.gate.set()
        key = await enqueued(app, shop.note, word="b")
        await reached(app, key, JobState.SUCCEEDED)
        await all_over(app)

    assert sorted(set(shop.done)) == ["a", "b"]
    assert set(await team_names(app)) == {"after a"}


async def test_a_job_that_kills_its_workers_becomes_a_dead_letter(app: kehu.App, shop: Workshop) -> None:
    key = await enqueued(app, shop.wait, word="a")
    for _ in range(2):
        sleeper = frozen(app)
        await reached(app, key, JobState.RUNNING)
        await asyncio.sleep(0.05)
        for task in [*sleeper._looking, *sleeper._living, *sleeper._running.values()]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await taken_over(app, key)
    job = await job_of(app, key)

    assert (job.state, job.attempts) == (JobState.FAILED, 2)
    assert job.last_error == "The worker ended before the job did."


async def taken_over(app: kehu.App, key: uuid.UUID) -> None:
    """A worker that only looks after the others has given the job to the next."""
    undertaker = Worker(app, jobs_at_once=0, pace=SOON, chance=random.Random(1))
    undertaker.start()
    await until(lambda: is_ownerless(app, key))
    await undertaker.stop()


async def is_ownerless(app: kehu.App, key: uuid.UUID) -> bool:
    return (await job_of(app, key)).worker_id is None


async def has_begun_twice(shop: Workshop) -> bool:
    return len(shop.begun) == 2
