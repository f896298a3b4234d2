"""A worker: claims jobs that are due, runs several at once, and takes over what dead workers left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import structlog

from kehu.kernel.broker import RecordChange
from kehu.kernel.ids import uuid7
from kehu.kernel.jobs import JobTaken
from kehu.platform.jobs.backoff import Backoff, retry_after
from kehu.platform.jobs.execution import execute
from kehu.platform.jobs.leases import Leases
from kehu.platform.jobs.models import Job
from kehu.platform.jobs.schedules import Schedules
from kehu.platform.jobs.store import Claimed, JobStore, WorkerIsTaken

if TYPE_CHECKING:
    from kehu.kernel.app import App

T = TypeVar("T")

log = structlog.get_logger("kehu.platform.jobs")

# Jobs end in bunches; a moment later there is room for several at once.
SECONDS_BETWEEN_CLAIMS = 0.002
SECONDS_BETWEEN_DOUBTS = 0.1
WORKER_ENDED = "The worker ended before the job did."


@contextlib.asynccontextmanager
async def working(
    app: App, *, jobs_at_once: int, pace: Backoff, chance: random.Random
) -> AsyncIterator[None]:
    """Run jobs while the context lasts; at its end wait for those that run, and put back what takes too long."""
    worker = Worker(app, jobs_at_once=jobs_at_once, pace=pace, chance=chance)
    worker.start()
    try:
        yield
    finally:
        await worker.stop()


class Worker:
    """One worker of this process. It gets a new identity when others have declared it dead."""

    def __init__(self, app: App, *, jobs_at_once: int, pace: Backoff, chance: random.Random) -> None:
        self._app, self._pace, self._chance, self._limit = app, pace, chance, jobs_at_once
        self._schedules = Schedules(app)
        self._leases = Leases(pace.lease, longest_step=2 * pace.beat)
        self._running: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._woken, self._doubting, self._over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._claiming, self._registering = asyncio.Lock(), asyncio.Lock()
        self._store: JobStore | None = None
        self._is_stopping = False
        self._looking: list[asyncio.Task[None]] = []
        self._living: list[asyncio.Task[None]] = []
        self._hearing: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look for jobs."""
        self._looking = [asyncio.create_task(self._look_for_jobs())]
        self._hearing = [asyncio.create_task(self._listen())]
        loops = (self._keep_alive(), self._stop_what_is_cancelled())
        self._living = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """Claim nothing more; wait for what runs, put back what does not end in time."""
        self._is_stopping = True
        self._woken.set()
        await self._given_grace(self._looking)
        await self._given_grace(self._running.values())
        self._over.set()
        self._doubting.set()
        await self._given_grace(self._living)
        await _cancelled([*self._looking, *self._living, *self._hearing, *self._running.values()])
        if self._store is not None:
            await self._surviving(self._store.leave, otherwise=None)

    # --- the loops; those that ask the database end between two statements, for a cancelled one costs its connection
    async def _look_for_jobs(self) -> None:
        while not self._is_stopping:
            self._woken.clear()
            is_full = await self._surviving(self._start_jobs, otherwise=False)
            if not is_full or len(self._running) >= self._limit:
                await self._woken_or_polling()

    async def _keep_alive(self) -> None:
        while not await self._is_over_within(self._pace.beat):
            await self._surviving(self._beat, otherwise=None)

    async def _listen(self) -> None:
        while True:
            async for change in self._app.broker.listen(Job):
                if change.key in self._running:
                    self._doubting.set()
                elif change.operation == "create" or "runAt" in change.changed:
                    self._woken.set()

    async def _stop_what_is_cancelled(self) -> None:
        while not await self._is_over_within(SECONDS_BETWEEN_DOUBTS):
            await self._doubting.wait()
            self._doubting.clear()
            await self._surviving(self._stop_lost, otherwise=None)

    async def _is_over_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        return self._over.is_set()

    # --- what they do ---
    async def _start_jobs(self) -> bool:
        """Start what is due; whether there may be more."""
        await self._schedules.enqueue_due()
        store, free = await self._registered(), self._limit - len(self._running)
        if free <= 0:
            return True
        async with self._claiming:
            claimed = await store.claim(free)
            for job in claimed:
                self._running[job.id] = asyncio.create_task(self._run(store, job))
        return len(claimed) == free

    async def _woken_or_polling(self) -> None:
        # Not wait_for(), which may lose a cancellation in Python 3.11.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.poll):
                await self._woken.wait()
        await asyncio.sleep(SECONDS_BETWEEN_CLAIMS)

    async def _beat(self) -> None:
        store = await self._registered()
        await store.beat()
        await self._stop_lost()
        await self._put_back_strays(store)
        dead = self._leases.stood_still(await store.beats())
        if dead:
            log.warning("workers do not answer; their jobs are taken over", workers=len(dead))
            await store.bury(dead)
        for job in await store.adopt():
            await self._note_failure(store, job, WORKER_ENDED, wait=timedelta())
        await store.mend_after_clock_jump()

    async def _stop_lost(self) -> None:
        """Stop the jobs that somebody has cancelled."""
        if self._running:
            running, store = dict(self._running), await self._registered()
            for key in await store.lost(running.keys()):
                running[key].cancel()

    def _tell(self, changes: Sequence[RecordChange]) -> None:
        self._app.broker.publish(changes)
        self._app.cluster.tell(changes)

    async def _put_back_strays(self, store: JobStore) -> None:
        """Those that are this worker's and do not run: the answer to a claim, or the note at the end, got lost."""
        async with self._claiming:
            before = set(self._running)
            for key in await store.mine() - before:
                await store.put_back(key, WORKER_ENDED, wait=timedelta())

    async def _run(self, store: JobStore, job: Claimed) -> None:
        structlog.contextvars.bind_contextvars(request_id=str(job.id), job=job.name)
        try:
            await self._attempt(store, job)
        except JobTaken:
            log.info("a job was cancelled or taken over")
        except Exception:
            log.exception("what came of a job could not be noted; it will run again")
        finally:
            self._running.pop(job.id, None)
            self._woken.set()

    async def _attempt(self, store: JobStore, job: Claimed) -> None:
        error = await execute(self._app, store, job)
        if error is not None:
            await self._note_failure(store, job, error, wait=retry_after(job.attempt, self._chance))

    async def _note_failure(self, store: JobStore, job: Claimed, error: str, *, wait: timedelta) -> None:
        declaration = self._app.composition.jobs.get(job.name)
        if declaration is not None and job.attempt > declaration.retries:
            await store.fail(job.id, error)
            log.error("a job failed for good", failed_job=str(job.id), error=error)
        else:
            await store.put_back(job.id, error, wait=wait)

    # --- staying alive ---
    async def _registered(self) -> JobStore:
        async with self._registering:
            if self._store is None:
                store = JobStore(self._app, uuid7(), self._tell)
                await store.register(f"{socket.gethostname()} {os.getpid()}")
                self._store = store
            return self._store

    async def _given_grace(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        if waiting := list(tasks):
            await asyncio.wait(waiting, timeout=self._pace.grace)

    async def _surviving(self, step: Callable[[], Awaitable[T]], *, otherwise: T) -> T:
        try:
            return await step()
        except WorkerIsTaken:
            log.warning("others took this worker for dead; it starts over")
            self._store = None
            await _cancelled(list(self._running.values()))
        except Exception:
            log.exception("the job runner could not go on; it tries again")
        return otherwise


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
