"""What a worker of the embedded runner does to the database: short transactions, past hooks and audit."""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kehu.kernel.broker import RecordChange
from kehu.kernel.db.sqlite import begin_immediate
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.jobs.statements import JOB, LONGEST_RETRY, WORKER, Statements, free_key

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.kernel.context import Context


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

    def __init__(self, app: App, worker: uuid.UUID, tell: Callable[[Sequence[RecordChange]], None]) -> None:
        self._app, self._worker, self._tell_all = app, worker, tell
        self._statements = Statements(worker, sorted(app.composition.jobs))
        self._were_enough = False

    # --- the worker ---
    async def register(self, name: str) -> None:
        """Let the others know that this worker lives."""
        row = {"id": self._worker, "name": name, "started_at": self._app.clock(), "beats": 0}
        async with self._transaction() as connection:
            await connection.execute(sa.insert(WORKER), row)

    async def beat(self) -> None:
        """Show that this worker lives. Raises WorkerIsTaken when the others do not believe it any more."""
        async with self._transaction() as connection:
            await self._beat(connection)

    async def beats(self) -> dict[uuid.UUID, int]:
        """The beats of all workers."""
        rows = await self._rows(sa.select(WORKER.c.id, WORKER.c.beats))
        return {row.id: row.beats for row in rows}

    async def bury(self, dead: Mapping[uuid.UUID, int]) -> None:
        """Remove the workers that still have these beats; what they ran can then be adopted."""
        async with self._transaction() as connection:
            for worker, beats in dead.items():
                still = (WORKER.c.id == worker, WORKER.c.beats == beats)
                await connection.execute(sa.delete(WORKER).where(*still))

    async def leave(self) -> None:
        """End this worker; what it has not finished waits again, as if it had not been begun."""
        for job in await self.mine():
            await self._release(
                job, state=JobState.QUEUED, attempts=JOB.c.attempts - 1, progress=0, started_at=None
            )
        async with self._transaction() as connection:
            await connection.execute(self._statements.leave)

    # --- its jobs ---
    async def claim(self, limit: int) -> list[Claimed]:
        """At most `limit` jobs that are due, which are this worker's from now on."""
        given = {"now": self._app.clock(), "limit": limit}
        if not self._were_enough and not await self._rows(self._statements.due, given | {"limit": 1}):
            return []
        async with self._single_statement() as connection:
            rows = (await connection.execute(self._statements.claim, given)).all()
        self._were_enough = len(rows) == limit
        self._tell([row.id for row in rows], "state", "attempts", "startedAt", "progress")
        return _claimed(rows)

    async def mine(self) -> set[uuid.UUID]:
        """The jobs that are this worker's to run."""
        return {row.id for row in await self._rows(self._statements.mine)}

    async def lost(self, running: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """Those of the jobs that run here which were cancelled or given to another worker."""
        has_ended = JOB.c.state.in_((JobState.SUCCEEDED, JobState.FAILED))
        conditions = (JOB.c.id.in_(running), ~has_ended, ~self._statements.is_mine)
        return {row.id for row in await self._rows(sa.select(JOB.c.id).where(*conditions))}

    async def progress(self, job: uuid.UUID, percent: int) -> bool:
        """Keep how much is done."""
        return await self._run(self._statements.change.values(progress=percent), job, "progress")

    async def succeed(self, job: uuid.UUID) -> bool:
        """Note that the job is done."""
        return await self._run(self._statements.succeed, job, "state", "progress", "finishedAt")

    async def fail(self, job: uuid.UUID, error: str) -> bool:
        """Note that the job failed for good: a dead letter."""
        failed = {"state": JobState.FAILED, "last_error": error, "finished_at": self._app.clock()}
        statement = self._statements.change.values(worker_id=None, **failed)
        return await self._run(statement, job, "state", "lastError", "finishedAt")

    async def put_back(self, job: uuid.UUID, error: str, *, wait: timedelta) -> bool:
        """Let the job be tried again after a while."""
        run_at = self._app.clock() + wait
        return await self._release(job, state=JobState.QUEUED, last_error=error, run_at=run_at)

    # --- its jobs, within their own transactions ---
    async def confirm_within(self, ctx: Context, job: uuid.UUID) -> bool:
        """Whether the job is still this worker's, which it then is until the transaction of `ctx` ends."""
        return (await ctx.session.execute(self._statements.confirm, {"job": job})).first() is not None

    async def succeed_within(self, ctx: Context, job: uuid.UUID) -> bool:
        """Note in the transaction of `ctx` that the job is done."""
        ctx.announce(RecordChange(Job, job, "update", ("state", "progress", "finishedAt")))
        return await changes_one(ctx, self._statements.succeed, {"job": job, "now": ctx.now()})

    async def progress_within(self, ctx: Context, job: uuid.UUID, percent: int) -> bool:
        """Keep in the transaction of `ctx` how much is done."""
        ctx.announce(RecordChange(Job, job, "update", ("progress",)))
        statement = self._statements.change.values(progress=percent)
        return await changes_one(ctx, statement, {"job": job, "now": ctx.now()})

    # --- what dead workers and clocks left behind ---
    async def adopt(self) -> list[Claimed]:
        """Jobs that ran on workers that are gone: this worker's now, to be put back. Raises WorkerIsTaken."""
        if not await self._rows(self._statements.abandoned.limit(1)):
            return []
        async with self._transaction() as connection:
            await self._beat(connection)
            return _claimed((await connection.execute(self._statements.adopt)).all())

    async def mend_after_clock_jump(self) -> None:
        """Bring retries closer that are further away than any retry can be: somebody has set the clock back."""
        now = self._app.clock()
        given = {"now": now, "latest": now + LONGEST_RETRY}
        if await self._rows(self._statements.strayed.limit(1), given):
            async with self._transaction() as connection:
                await connection.execute(self._statements.bring_closer, given)

    # --- how statements are run ---
    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        if self._app.write_lock is None:
            async with self._app.engine.begin() as connection:
                yield connection
            return
        async with self._app.write_lock, self._app.engine.connect() as connection:
            _ = await connection.execution_options(kehu_writing=True)
            await begin_immediate(connection)
            yield connection
            await connection.commit()

    @contextlib.asynccontextmanager
    async def _single_statement(self) -> AsyncIterator[AsyncConnection]:
        """A transaction of one statement; PostgreSQL then needs one message each way instead of three."""
        if self._app.write_lock is not None:
            async with self._transaction() as connection:
                yield connection
            return
        async with self._app.engine.connect() as connection:
            _ = await connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    async def _rows(
        self, statement: sa.Select[Any], given: Mapping[str, Any] | None = None
    ) -> Sequence[sa.Row[Any]]:
        async with self._app.engine.connect() as connection:
            rows: Sequence[sa.Row[Any]] = (await connection.execute(statement, given)).all()
            return rows

    async def _run(self, statement: sa.Update, job: uuid.UUID, *changed: str) -> bool:
        async with self._single_statement() as connection:
            result = await connection.execute(statement, {"job": job, "now": self._app.clock()})
        if result.rowcount == 1:
            self._tell([job], *changed)
        return result.rowcount == 1

    async def _release(self, job: uuid.UUID, **values: Any) -> bool:
        """Put the job back, with its key where no other job waits under it."""
        released = self._statements.change.values(worker_id=None, **values)
        changed = ("state", "attempts", "runAt", "lastError")
        try:
            return await self._run(released.values(waiting_key=free_key()), job, *changed)
        except sa.exc.IntegrityError:
            # Another job took the key at this very moment. Then both run, and neither is lost.
            return await self._run(released, job, *changed)

    async def _beat(self, connection: AsyncConnection) -> None:
        if (await connection.execute(self._statements.beat)).rowcount == 0:
            raise WorkerIsTaken

    def _tell(self, jobs: Sequence[uuid.UUID], *changed: str) -> None:
        self._tell_all([RecordChange(Job, job, "update", changed) for job in jobs])


async def changes_one(ctx: Context, statement: sa.Update, given: Mapping[str, Any] | None = None) -> bool:
    """Run a statement on rows that are no records, or whose changes are not audited; whether it changed one."""
    result = await ctx.session.execute(statement.execution_options(kehu_unaudited=True), given)
    return cast(sa.CursorResult[Any], result).rowcount == 1


def _claimed(rows: Sequence[sa.Row[Any]]) -> list[Claimed]:
    in_order = sorted(rows, key=lambda row: (row.run_at, row.id))
    return [Claimed(row.id, row.name, row.arguments, row.attempts) for row in in_order]
