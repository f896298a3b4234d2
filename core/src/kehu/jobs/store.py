"""The statements of the embedded runner: each is one transaction, past hooks and audit, and right for many workers."""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kehu.broker import RecordChange
from kehu.database.sqlite import begin_immediate
from kehu.jobs.models import Job, JobState, JobWorker
from kehu.jobs.pace import LONGEST_RETRY_SECONDS

if TYPE_CHECKING:
    from kehu.app import App
    from kehu.context import Context

JOB = cast(sa.Table, Job.__table__)
WORKER = cast(sa.Table, JobWorker.__table__)

# Literal, because neither database uses a partial index for a parameter.
_IS_QUEUED: sa.ColumnElement[bool] = sa.literal_column("core_job.state = 'QUEUED'", sa.Boolean())
_IS_RUNNING: sa.ColumnElement[bool] = JOB.c.state == JobState.RUNNING


class WorkerIsTaken(Exception):
    """The others have declared this worker dead; what it runs is theirs."""


@dataclasses.dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker has to run; `attempt` counts from 1."""

    id: uuid.UUID
    name: str
    arguments: Mapping[str, Any]
    attempt: int


class JobStore:
    """The rows of core_job and core_job_worker, as one worker reads and writes them.

    What changes a job answers whether it could: False when the job is not this worker's any more.
    """

    def __init__(self, app: App, worker: uuid.UUID) -> None:
        self._app, self.worker = app, worker
        self._names = sorted(app.composition.jobs)

    # --- the worker ---
    async def register(self, name: str) -> None:
        """Let the others know that this worker lives."""
        row = {"id": self.worker, "name": name, "started_at": self._app.clock(), "beats": 0}
        async with self._transaction() as connection:
            await connection.execute(sa.insert(WORKER), row)

    async def beat(self) -> None:
        """Show that this worker lives. Raises WorkerIsTaken when the others do not believe it any more."""
        async with self._transaction() as connection:
            await self._beat(connection)

    async def beats(self) -> dict[uuid.UUID, int]:
        """The beats of all workers."""
        async with self._app.engine.connect() as connection:
            rows = await connection.execute(sa.select(WORKER.c.id, WORKER.c.beats))
            return {row.id: row.beats for row in rows}

    async def bury(self, dead: Mapping[uuid.UUID, int]) -> None:
        """Remove the workers that still have these beats; what they ran is then adopted."""
        async with self._transaction() as connection:
            for worker, beats in dead.items():
                await connection.execute(
                    sa.delete(WORKER).where(WORKER.c.id == worker, WORKER.c.beats == beats)
                )

    async def leave(self) -> None:
        """End this worker; what it has not finished waits again, as if it had not been begun."""
        values = {"state": JobState.QUEUED, "attempts": JOB.c.attempts - 1, "started_at": None}
        for job in await self.mine():
            await self._release(job, **values)
        async with self._transaction() as connection:
            await connection.execute(sa.delete(WORKER).where(WORKER.c.id == self.worker))

    # --- its jobs ---
    async def claim(self, limit: int) -> list[Claimed]:
        """At most `limit` jobs that are due, which are this worker's from now on. Raises WorkerIsTaken."""
        due = self._due(limit)
        if await self._is_empty(due):
            return []
        async with self._transaction() as connection:
            await self._beat(connection)
            rows = (await connection.execute(self._claiming(due))).all()
        self._tell([row.id for row in rows], "state", "attempts", "startedAt", "progress")
        return [Claimed(row.id, row.name, row.arguments, row.attempts) for row in rows]

    async def mine(self) -> set[uuid.UUID]:
        """The jobs that are this worker's to run."""
        async with self._app.engine.connect() as connection:
            return set((await connection.execute(sa.select(JOB.c.id).where(self._is_mine()))).scalars())

    async def lost(self, running: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """Those of the jobs that run here which were cancelled or given to another worker."""
        is_over = JOB.c.state.in_((JobState.SUCCEEDED, JobState.FAILED))
        lost = sa.select(JOB.c.id).where(JOB.c.id.in_(running), ~is_over, ~self._is_mine())
        async with self._app.engine.connect() as connection:
            return set((await connection.execute(lost)).scalars())

    async def progress(self, job: uuid.UUID, percent: int) -> bool:
        """Keep how much is done."""
        return await self._run(self.changing(job).values(progress=percent), job, "progress")

    async def succeed(self, job: uuid.UUID) -> bool:
        """Note that the job is done."""
        return await self._run(self.succeeding(job), job, "state", "progress", "finishedAt")

    async def fail(self, job: uuid.UUID, error: str) -> bool:
        """Note that the job failed for good: a dead letter."""
        statement = self.changing(job).values(
            state=JobState.FAILED, worker_id=None, last_error=error, finished_at=self._app.clock()
        )
        return await self._run(statement, job, "state", "lastError", "finishedAt")

    async def put_back(self, job: uuid.UUID, error: str, *, wait: timedelta) -> bool:
        """Let the job be tried again after a while."""
        return await self._release(
            job, state=JobState.QUEUED, last_error=error, run_at=self._app.clock() + wait
        )

    # --- what dead workers and clocks left behind ---
    async def orphans(self) -> list[Claimed]:
        """Running jobs whose worker is gone, now this worker's, to be put back or failed. Raises WorkerIsTaken."""
        gone = JOB.c.worker_id.not_in(sa.select(WORKER.c.id))
        orphans = sa.select(JOB.c.id).where(_IS_RUNNING, gone)
        if await self._is_empty(orphans):
            return []
        columns = (JOB.c.id, JOB.c.name, JOB.c.arguments, JOB.c.attempts)
        statement = sa.update(JOB).where(_IS_RUNNING, gone).values(worker_id=self.worker).returning(*columns)
        async with self._transaction() as connection:
            await self._beat(connection)
            rows = (await connection.execute(statement)).all()
        return [Claimed(row.id, row.name, row.arguments, row.attempts) for row in rows]

    async def mend_after_clock_jump(self) -> None:
        """Bring retries closer that are further away than any retry can be: somebody has set the clock back."""
        now = self._app.clock()
        latest = now + timedelta(seconds=LONGEST_RETRY_SECONDS)
        strayed = (_IS_QUEUED, JOB.c.attempts > 0, JOB.c.run_at > latest)
        if not await self._is_empty(sa.select(JOB.c.id).where(*strayed)):
            async with self._transaction() as connection:
                await connection.execute(sa.update(JOB).where(*strayed).values(run_at=now, **self._touched()))

    # --- statements for the transaction of a job ---
    def confirming(self, job: uuid.UUID) -> sa.Select[Any]:
        """Finds the job if it is still this worker's, and holds it so until the transaction ends."""
        return sa.select(JOB.c.id).where(JOB.c.id == job, self._is_mine()).with_for_update(read=True)

    def succeeding(self, job: uuid.UUID) -> sa.Update:
        """Notes that the job is done."""
        return self.changing(job).values(
            state=JobState.SUCCEEDED,
            progress=100,
            worker_id=None,
            last_error=None,
            finished_at=self._app.clock(),
        )

    def changing(self, job: uuid.UUID) -> sa.Update:
        """Changes the job if it is still this worker's."""
        return sa.update(JOB).where(JOB.c.id == job, self._is_mine()).values(self._touched())

    # --- how they are made and run ---
    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with contextlib.AsyncExitStack() as stack:
            if self._app.write_lock is not None:
                await stack.enter_async_context(self._app.write_lock)
            connection = await stack.enter_async_context(self._app.engine.connect())
            if self._app.write_lock is not None:
                _ = await connection.execution_options(kehu_writing=True)
                await begin_immediate(connection)
            yield connection
            await connection.commit()

    async def _is_empty(self, statement: sa.Select[Any]) -> bool:
        async with self._app.engine.connect() as connection:
            return (await connection.execute(statement.limit(1))).first() is None

    async def _run(self, statement: sa.Update, job: uuid.UUID, *changed: str) -> bool:
        async with self._transaction() as connection:
            is_done = (await connection.execute(statement)).rowcount == 1
        if is_done:
            self._tell([job], *changed)
        return is_done

    async def _release(self, job: uuid.UUID, **values: Any) -> bool:
        """Put the job back, with its key where no other job waits under it."""
        released = self.changing(job).values(worker_id=None, **values)
        changed = ("state", "attempts", "runAt", "lastError")
        try:
            return await self._run(released.values(waiting_key=_free_key()), job, *changed)
        except (
            sa.exc.IntegrityError
        ):  # Another job took the key at this moment; then both run, and none is lost.
            return await self._run(released, job, *changed)

    async def _beat(self, connection: AsyncConnection) -> None:
        statement = sa.update(WORKER).where(WORKER.c.id == self.worker).values(beats=WORKER.c.beats + 1)
        if (await connection.execute(statement)).rowcount == 0:
            raise WorkerIsTaken

    def _due(self, limit: int) -> sa.Select[Any]:
        conditions = (_IS_QUEUED, JOB.c.run_at <= self._app.clock(), JOB.c.name.in_(self._names))
        return sa.select(JOB.c.id).where(*conditions).order_by(JOB.c.run_at, JOB.c.id).limit(limit)

    def _claiming(self, due: sa.Select[Any]) -> Any:
        chosen = sa.select(due.with_for_update(skip_locked=True).cte("due").c.id)
        return (
            sa.update(JOB)
            .where(JOB.c.id.in_(chosen))
            .values(
                state=JobState.RUNNING,
                worker_id=self.worker,
                waiting_key=None,
                attempts=JOB.c.attempts + 1,
                progress=0,
                started_at=self._app.clock(),
                **self._touched(),
            )
            .returning(JOB.c.id, JOB.c.name, JOB.c.arguments, JOB.c.attempts)
        )

    def _is_mine(self) -> sa.ColumnElement[bool]:
        return sa.and_(JOB.c.worker_id == self.worker, _IS_RUNNING)

    def _touched(self) -> dict[str, Any]:
        return {"version": JOB.c.version + 1, "updated_at": self._app.clock()}

    def _tell(self, jobs: Sequence[uuid.UUID], *changed: str) -> None:
        self._app.broker.publish([RecordChange(Job, job, "update", changed) for job in jobs])


async def changes_one(ctx: Context, statement: sa.Update) -> bool:
    """Run a statement on rows that are no records, or whose changes are not audited; whether it changed one."""
    result = await ctx.session.execute(statement.execution_options(kehu_unaudited=True))
    return cast(sa.CursorResult[Any], result).rowcount == 1


def _free_key() -> sa.Case[Any]:
    other = JOB.alias()
    is_taken = sa.exists(sa.select(other.c.id).where(other.c.waiting_key == JOB.c.key))
    return sa.case((is_taken, sa.null()), else_=JOB.c.key)
