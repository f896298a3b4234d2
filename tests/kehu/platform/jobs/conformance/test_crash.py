"""What every back end of jobs must do: survive SIGKILL. benchmarks/faults.py does the same for longer."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.jobs.runner import job_runner
from tests.kehu.platform.jobs.worker_process import found, found_once, make_app
from tests.kehu.platform.jobs.workshop import all_over, team_names

MOMENTS = 5
JOBS = 200
ROOT = Path(__file__).parents[5]


class Workers:
    """Two worker processes, of which one is killed again and again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._processes = [self._started(), self._started()]

    def kill_one(self) -> None:
        """SIGKILL the older one, and start another."""
        victim = self._processes.pop(0)
        victim.kill()
        victim.communicate()
        self._processes.append(self._started())

    def wait_until_one_runs(self) -> None:
        assert self._processes[0].stdout is not None
        assert self._processes[0].stdout.readline() == b"running\n"

    def kill_all(self) -> None:
        while self._processes:
            process = self._processes.pop()
            process.kill()
            process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.kehu.platform.jobs.worker_process", self._url]
        return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[kehu.App]:
    app = make_app(database_url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


@pytest.fixture
def workers(app: kehu.App) -> Iterator[Workers]:
    workers = Workers(app.engine.url.render_as_string(hide_password=False))
    yield workers
    workers.kill_all()


@pytest.mark.slow(reason="workers are killed, and others wait for what they had")
async def test_no_job_is_lost_and_no_atomic_job_done_twice_when_workers_are_killed(
    app: kehu.App, workers: Workers
) -> None:
    chance = random.Random(1)
    for moment in range(MOMENTS):
        await enqueue_some(app, range(moment * JOBS // MOMENTS, (moment + 1) * JOBS // MOMENTS))
        await asyncio.to_thread(workers.wait_until_one_runs)
        await asyncio.sleep(chance.uniform(0, 0.2))
        await asyncio.to_thread(workers.kill_one)
    workers.kill_all()
    async with job_runner(app):
        await all_over(app)

    times = Counter(await team_names(app))
    assert [name for name in names("once") if times[name] != 1] == []
    assert [name for name in names("often") if times[name] == 0] == []
    assert await states(app) == {JobState.SUCCEEDED: 2 * JOBS}


def names(kind: str) -> list[str]:
    return [f"{kind} {number}" for number in range(JOBS)]


async def enqueue_some(app: kehu.App, numbers: range) -> None:
    async with app.context() as ctx, ctx.write():
        for number in numbers:
            for job, name in ((found_once, f"once {number}"), (found, f"often {number}")):
                await ctx.enqueue(job, {"name": name}, key=name)


async def states(app: kehu.App) -> dict[JobState, int]:
    """How many of the test's jobs got how far; the core's own, such as one every quarter of an hour, run besides."""
    async with app.engine.connect() as connection:
        counts = sa.select(Job.state, sa.func.count()).group_by(Job.state)
        rows = await connection.execute(counts.where(Job.name.startswith("shop.")))
        return {row[0]: row[1] for row in rows}
