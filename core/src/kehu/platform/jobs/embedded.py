"""The embedded back end: jobs are rows of the business database, SQLite or PostgreSQL."""

from __future__ import annotations

import contextlib
import random
import uuid
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kehu.kernel.broker import RecordChange
from kehu.kernel.ids import uuid7
from kehu.kernel.jobs import NewJob
from kehu.platform.jobs.backoff import Backoff
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.jobs.worker import working

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.kernel.context import Context

JOB = cast(sa.Table, Job.__table__)
_UNAUDITED = {"kehu_unaudited": True}


class EmbeddedJobs:
    """Needs nothing but the database that is there anyway."""

    def __init__(self, pace: Backoff | None = None) -> None:
        self._pace = pace or Backoff()

    async def enqueue(self, ctx: Context, job: NewJob) -> uuid.UUID:
        """Store the job in the transaction of `ctx`; see the port."""
        row = _row(ctx, job)
        if job.key is None:
            await ctx.session.execute(sa.insert(JOB), row, execution_options=_UNAUDITED)
            stored: uuid.UUID = row["id"]
        else:
            joined = await ctx.session.execute(_insert_or_join(ctx, row), execution_options=_UNAUDITED)
            stored = joined.scalar_one()
        ctx.announce(RecordChange(Job, stored, "create" if stored == row["id"] else "update", ()))
        return stored

    def running(self, app: App, *, jobs_at_once: int) -> contextlib.AbstractAsyncContextManager[None]:
        """Run jobs while the context lasts; see the port."""
        return working(app, jobs_at_once=jobs_at_once, pace=self._pace, chance=random.SystemRandom())


def _row(ctx: Context, job: NewJob) -> dict[str, Any]:
    now = ctx.now()
    return {
        "id": uuid7(),
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "custom": {},
        "name": job.declaration.name,
        "state": JobState.QUEUED,
        "arguments": dict(job.arguments),
        "key": job.key,
        "waiting_key": job.key,
        "run_at": job.run_at,
        "attempts": 0,
        "progress": 0,
        "request_id": ctx.request_id,
        "enqueued_by_id": ctx.principal.id,
    }


def _insert_or_join(ctx: Context, row: dict[str, Any]) -> Any:
    """Insert, or lock the job that waits under this key, so that it cannot begin before this transaction is over.

    Without the lock it might begin now, read what was before, and what is written here would never be worked on.
    """
    insert: Any = postgresql.insert if ctx.app.is_postgresql else sqlite.insert
    statement = insert(JOB).values(row)
    sooner = sa.and_(JOB.c.attempts == 0, statement.excluded.run_at < JOB.c.run_at)
    return statement.on_conflict_do_update(
        index_elements=[JOB.c.waiting_key],
        set_={"run_at": sa.case((sooner, statement.excluded.run_at), else_=JOB.c.run_at)},
    ).returning(JOB.c.id)
