"""A plugin with jobs for tests, and what helps to watch them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime

import sqlalchemy as sa

import kehu
from kehu.platform.jobs.backoff import Backoff
from kehu.platform.jobs.models import Job, JobState

PATIENCE_SECONDS = 60.0

# A runner that notices within a fraction of a second what takes a real one many, and one that buries workers soon.
# A machine that is busy with other things may stall for longer than a short lease: few tests can live with one.
QUICK = Backoff(poll=0.02, beat=0.05, lease=30, grace=0.3)
SOON = Backoff(poll=0.02, beat=0.05, lease=1.5, grace=0.3)

JobFunction = Callable[..., Awaitable[None]]


class Workshop:
    """The plugin `shop`. Its jobs note in `done` what they did; `failures` of them fail first, `gate` lets them end."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.begun: list[str] = []
        self.failures = 0
        self.gate = asyncio.Event()
        self.plugin = kehu.Plugin("shop", requires=["core"])
        self.note = self.plugin.job(name="note", retries=2)(self._note)
        self.found_team = self.plugin.job(name="found_team", retries=2)(self._found_team)
        self.found_team_once = self.plugin.job(name="found_once", atomic=True)(self._found_team_once)
        self.wait = self.plugin.job(name="wait", retries=1)(self._wait)
        self.dawdle = self.plugin.job(name="dawdle", retries=1, timeout_seconds=0.5)(self._dawdle)

    async def _note(self, ctx: kehu.Context, word: str) -> None:
        self.begun.append(word)
        if self.failures > 0:
            self.failures -= 1
            raise ValueError(f"{word} went wrong\nwith details for programmers")
        self.done.append(word)

    async def _found_team(self, ctx: kehu.Context, name: str) -> None:
        async with ctx.write():
            ctx.add(kehu.Team(name=name))
        await self._note(ctx, name)

    async def _found_team_once(self, ctx: kehu.Context, name: str) -> None:
        ctx.add(kehu.Team(name=name))
        await self._wait(ctx, name)

    async def _wait(self, ctx: kehu.Context, word: str) -> None:
        self.begun.append(word)
        await self.gate.wait()
        async with ctx.write():
            ctx.add(kehu.Team(name=f"after {word}"))
        self.done.append(word)

    async def _dawdle(self, ctx: kehu.Context, word: str) -> None:
        await self._wait(ctx, word)


async def enqueued(
    app: kehu.App, job: JobFunction, *, key: str | None = None, run_at: datetime | None = None, **args: object
) -> uuid.UUID:
    """The id of a job that the system has enqueued with these arguments."""
    async with app.context() as ctx, ctx.write():
        return await ctx.enqueue(job, args, key=key, run_at=run_at)


async def job_of(app: kehu.App, key: uuid.UUID) -> Job:
    """The job as it is now."""
    async with app.context() as ctx:
        return await ctx.get(Job, key)


async def reached(app: kehu.App, key: uuid.UUID, state: JobState) -> Job:
    """The job once it is in this state."""

    async def is_there() -> bool:
        return (await job_of(app, key)).state is state

    await until(is_there)
    return await job_of(app, key)


async def all_over(app: kehu.App) -> None:
    """Return when no job waits or runs any more."""
    statement = sa.select(sa.func.count()).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)))

    async def are_over() -> bool:
        async with app.engine.connect() as connection:
            return (await connection.scalar(statement)) == 0

    await until(are_over)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return when the condition holds; fails when it does not in time."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():  # noqa: ASYNC110  # What it asks is in the database.
            await asyncio.sleep(0.01)


async def team_names(app: kehu.App) -> list[str]:
    """The names of all teams, sorted."""
    async with app.context() as ctx:
        return sorted((await ctx.session.scalars(sa.select(kehu.Team.name))).all())
