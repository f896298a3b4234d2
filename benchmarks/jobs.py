"""Jobs per second and the cost of enqueuing, on both databases, and against procrastinate used bare.

`./uv run --group bench python -m benchmarks.jobs` takes about a minute. PostgreSQL is the one that KEHU_TEST_POSTGRES
names, or one that is started for it. Everything is measured in turns, several times; what is printed are medians.
"""

from __future__ import annotations

import asyncio
import collections
import importlib.util
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.jobs.runner import job_runner
from tests.kehu.platform.jobs.worker_process import found_once, make_app
from tests.postgres import Postgres, running_postgres

AT_ONCE = 10
plugin = kehu.Plugin("bench", requires=["core"])
Figures = dict[str, list[float]]
Way = Callable[[str, int], Coroutine[Any, Any, tuple[float, float]]]


@plugin.job()
async def nothing(ctx: kehu.Context) -> None:
    """Do nothing."""


@plugin.job(atomic=True)
async def nothing_once(ctx: kehu.Context) -> None:
    """Do nothing, exactly once."""


@click.command()
@click.option("--jobs", default=1000, show_default=True, help="How many jobs a turn has.")
@click.option("--turns", default=5, show_default=True)
@click.option("--shared", default=10_000, show_default=True, help="How many jobs two workers share.")
def main(jobs: int, turns: int, shared: int) -> None:
    """Measure, and print two tables."""
    logging.disable(logging.WARNING)
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        figures = measured(postgres, Path(folder), jobs, turns)
        show("Enqueue in a transaction of the business, microseconds a job", figures["enqueue"], is_cost=True)
        show(f"Run jobs that do nothing, {AT_ONCE} at once in one process, jobs a second", figures["run"])
        if shared:
            click.echo(asyncio.run(share(postgres.create_database(), shared)))


def measured(postgres: Postgres, folder: Path, jobs: int, turns: int) -> dict[str, Figures]:
    """Everything, in turns, so that what else the machine does slows all of it alike."""
    figures: dict[str, Figures] = {
        "enqueue": collections.defaultdict(list),
        "run": collections.defaultdict(list),
    }
    for turn in range(turns):
        ways: list[tuple[str, str, Way]] = [
            ("kehu on SQLite", f"sqlite:///{folder}/{turn}.db", with_kehu),
            ("kehu on SQLite, atomic", f"sqlite:///{folder}/{turn}-atomic.db", with_atomic_kehu),
            ("kehu on PostgreSQL", postgres.create_database(), with_kehu),
            ("kehu on PostgreSQL, atomic", postgres.create_database(), with_atomic_kehu),
        ]
        if importlib.util.find_spec("procrastinate"):
            ways.append((BARE, postgres.create_database(), with_procrastinate))
        for name, url, way in ways:
            enqueue, run = asyncio.run(way(url, jobs))
            figures["enqueue"][name].append(enqueue / jobs * 1e6)
            figures["run"][name].append(jobs / run)
    return figures


BARE = "procrastinate, bare"


async def with_kehu(
    url: str, jobs: int, job: Callable[..., Awaitable[None]] = nothing
) -> tuple[float, float]:
    """Seconds to enqueue and to run."""
    app = await fresh(kehu.App([core, plugin], url))
    started = time.perf_counter()
    async with app.context() as ctx, ctx.write():
        for _ in range(jobs):
            await ctx.enqueue(job)
    enqueued = time.perf_counter()
    async with job_runner(app, jobs_at_once=AT_ONCE):
        await all_over(app)
        ended = time.perf_counter()
    await app.close()
    return enqueued - started, ended - enqueued


async def with_atomic_kehu(url: str, jobs: int) -> tuple[float, float]:
    """Seconds to enqueue and to run jobs that happen exactly once."""
    return await with_kehu(url, jobs, nothing_once)


async def with_procrastinate(url: str, jobs: int) -> tuple[float, float]:
    """The same with procrastinate: its SQL function within SQLAlchemy's transaction, its own worker."""
    import procrastinate  # noqa: PLC0415  # Not installed unless somebody measures.

    address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, max_size=AT_ONCE + 2))

    @app.task(name="nothing")
    async def _nothing() -> None: ...

    engine = create_async_engine(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        started = time.perf_counter()
        async with engine.begin() as connection:
            for _ in range(jobs):
                await connection.execute(DEFER)
        enqueued = time.perf_counter()
        await app.run_worker_async(concurrency=AT_ONCE, wait=False, install_signal_handlers=False)
        ended = time.perf_counter()
    await engine.dispose()
    return enqueued - started, ended - enqueued


DEFER = sa.text(
    "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW("
    "'default', 'nothing', 0, NULL, NULL, '{}', NULL)]::procrastinate_job_to_defer_v1[]))"
)


async def share(url: str, jobs: int) -> str:
    """Two worker processes on one PostgreSQL share jobs that each write a record; what came of it."""
    app = await fresh(make_app(url))
    async with app.context() as ctx, ctx.write():
        for number in range(jobs):
            await ctx.enqueue(found_once, {"name": f"{number}"})
    command = [sys.executable, "-m", "tests.kehu.platform.jobs.worker_process", url]
    started = time.perf_counter()
    workers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]  # noqa: ASYNC220, S603
    try:
        await all_over(app)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    seconds = time.perf_counter() - started
    async with app.engine.connect() as connection:
        written = await connection.scalar(sa.select(sa.func.count(kehu.Team.name.distinct())))
        records = await connection.scalar(sa.select(sa.func.count()).select_from(kehu.Team))
        again = await connection.scalar(sa.select(sa.func.count()).where(Job.attempts > 1))
    await app.close()
    return (
        f"Two workers shared {jobs} jobs in {seconds:.1f} s ({jobs / seconds:.0f} jobs a second, start included): "
        f"{records} records, {written} of them different, {again} jobs begun twice."
    )


async def fresh(app: kehu.App) -> kehu.App:
    """The App with its tables."""
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    return app


async def all_over(app: kehu.App) -> None:
    """Return when no job waits or runs."""
    statement = sa.select(Job.id).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING))).limit(1)
    while True:
        async with app.engine.connect() as connection:
            if (await connection.execute(statement)).first() is None:
                return
        await asyncio.sleep(0.02)


def show(title: str, figures: Figures, *, is_cost: bool = False) -> None:
    """A table: median, slowest and fastest turn, and how many times better than procrastinate."""
    bare = statistics.median(figures[BARE]) if BARE in figures else None
    click.echo(f"\n{title}\n{'':30}{'median':>9}{'least':>9}{'most':>9}{'against bare':>15}")
    for name, found in figures.items():
        median = statistics.median(found)
        ratio = "" if bare is None else f"{(bare / median if is_cost else median / bare):.2f} x"
        click.echo(f"{name:30}{median:9.0f}{min(found):9.0f}{max(found):9.0f}{ratio:>15}")
    if bare is None:
        click.echo("Without procrastinate: ./uv run --group bench python -m benchmarks.jobs")


if __name__ == "__main__":
    main()
