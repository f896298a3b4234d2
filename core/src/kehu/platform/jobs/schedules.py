"""Jobs that come again and again: each moment of a cron line enqueues the job once, however many workers there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa
from cronsim import CronSim
from sqlalchemy.dialects import postgresql, sqlite

from kehu.kernel.plugin.declarations import JobDeclaration
from kehu.platform.jobs.models import JobSchedule
from kehu.platform.jobs.store import changes_one

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.kernel.context import Context

SCHEDULE = cast(sa.Table, JobSchedule.__table__)

# A tick that lies further ahead than clocks of different machines do was taken under a clock that has been set back.
CLOCKS_DIFFER = timedelta(hours=1)


def last_tick(schedule: str, now: datetime) -> datetime:
    """The latest moment of a cron line that is not after `now` (UTC)."""
    minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return next(CronSim(schedule, minute, reverse=True))


class Schedules:
    """The schedules of an App, as one worker follows them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._jobs = [job for job in app.composition.jobs.values() if job.schedule is not None]
        self._looked_at: datetime | None = None
        self._done: dict[str, datetime] = {}

    async def enqueue_due(self) -> None:
        """Enqueue the jobs whose moment has come; moments missed while nobody worked count once."""
        minute = self._app.clock().replace(second=0, microsecond=0)
        if minute == self._looked_at:
            return
        for job in self._jobs:
            assert job.schedule is not None
            tick = last_tick(job.schedule, minute)
            if self._done.get(job.name) != tick:
                await self._take(job, tick)
                self._done[job.name] = tick
        self._looked_at = minute

    async def _take(self, job: JobDeclaration, tick: datetime) -> None:
        async with self._app.context(request_id=f"schedule {job.name}"[:64]) as ctx, ctx.write():
            if await _is_first_to_take(ctx, job.name, tick):
                await ctx.enqueue(job.function, key=f"schedule:{job.name}")


async def _is_first_to_take(ctx: Context, name: str, tick: datetime) -> bool:
    """Whether this transaction moves the schedule to the tick; a schedule never seen before starts with the next."""
    latest = ctx.now() + CLOCKS_DIFFER
    advance = sa.update(SCHEDULE).where(SCHEDULE.c.name == name, SCHEDULE.c.last_tick < tick)
    if await changes_one(ctx, advance.values(last_tick=tick)):
        return True
    strayed = sa.update(SCHEDULE).where(SCHEDULE.c.name == name, SCHEDULE.c.last_tick > latest)
    if not await changes_one(ctx, strayed.values(last_tick=tick)):
        insert = postgresql.insert if ctx.app.is_postgresql else sqlite.insert
        first = insert(SCHEDULE).values(name=name, last_tick=tick).on_conflict_do_nothing()
        await ctx.session.execute(first)
    return False
