"""One attempt of one job: its context, its time-out, and what came of it."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import TYPE_CHECKING

import structlog

from kehu.kernel.access import SYSTEM
from kehu.kernel.context import Context
from kehu.kernel.errors import KehuError
from kehu.kernel.jobs import JobTaken
from kehu.kernel.plugin.declarations import JobDeclaration
from kehu.platform.jobs.store import Claimed, JobStore

if TYPE_CHECKING:
    from kehu.kernel.app import App

LONGEST_ERROR = 500
SECONDS_BETWEEN_PROGRESS = 1.0

log = structlog.get_logger("kehu.platform.jobs")


async def execute(app: App, store: JobStore, job: Claimed) -> str | None:
    """Run one attempt; the sentence that says why it failed, or None when it succeeded.

    Raises JobTaken when the job was cancelled or taken over meanwhile: then there is nothing to note.
    """
    declaration = app.composition.jobs[job.name]
    try:
        async with asyncio.timeout(declaration.timeout_seconds) as limit:
            await _call(app, store, declaration, job)
    except JobTaken:
        raise
    except Exception as error:
        log.warning("a job failed", job=job.name, attempt=job.attempt, exc_info=True)
        if limit.expired():
            return f"It took longer than {declaration.timeout_seconds:g} seconds and was stopped."
        return _sentence(error)
    return None


async def _call(app: App, store: JobStore, declaration: JobDeclaration, job: Claimed) -> None:
    holding = _AtomicJob(store, job.id) if declaration.atomic else _HeldJob(store, job.id)
    async with Context(app, SYSTEM, request_id=str(job.id), running_job=holding) as ctx:
        if not declaration.atomic:
            await declaration.function(ctx, **job.arguments)
            if not await store.succeed(job.id):
                raise JobTaken
            return
        async with ctx.write():
            await declaration.function(ctx, **job.arguments)


class _HeldJob:
    """A job that a context runs: what it writes is committed only while the job is its worker's."""

    def __init__(self, store: JobStore, job: uuid.UUID) -> None:
        self._store, self._job = store, job
        self._told_at, self._percent = -SECONDS_BETWEEN_PROGRESS, 0

    async def confirm(self, ctx: Context) -> None:
        """Raise JobTaken unless the job is this worker's; see the port."""
        if not await self._store.confirm_within(ctx, self._job):
            raise JobTaken(_TAKEN)

    async def progress(self, ctx: Context, percent: int) -> None:
        """Keep how much is done; see the port."""
        percent, now = min(max(percent, 0), 100), time.monotonic()
        if percent == self._percent or now - self._told_at < SECONDS_BETWEEN_PROGRESS:
            return
        self._percent, self._told_at = percent, now
        if ctx.is_writing:
            is_mine = await self._store.progress_within(ctx, self._job, percent)
        else:
            is_mine = await self._store.progress(self._job, percent)
        if not is_mine:
            raise JobTaken(_TAKEN)


class _AtomicJob(_HeldJob):
    """A job that is one transaction: it has succeeded if that is committed, and never happened otherwise."""

    async def confirm(self, ctx: Context) -> None:
        """Note the success in the same transaction."""
        if not await self._store.succeed_within(ctx, self._job):
            raise JobTaken(_TAKEN)


_TAKEN = "The job was cancelled, or given to another worker; nothing of this transaction is kept."


def _sentence(error: Exception) -> str:
    told = str(error).strip().partition("\n")[0]
    text = told if isinstance(error, KehuError) else f"{type(error).__name__}: {told}"
    return text if len(text) <= LONGEST_ERROR else f"{text[: LONGEST_ERROR - 1]}…"
