"""Telling handlers: each in a transaction of its own, which also notes that it was told."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from kehu.kernel.context import Context
from kehu.kernel.errors import KehuError
from kehu.kernel.ports import Cause
from kehu.platform.outbox.catalogue import EventCatalogue, UnknownEvent
from kehu.platform.outbox.distributor import HANDLERS
from kehu.platform.outbox.queue import Queue
from kehu.platform.outbox.rows import OUTBOX, EventsGoInCircles

if TYPE_CHECKING:
    from kehu.kernel.app import App

LONGEST_SECONDS = 60.0
BATCH = 50
# How many handlers run at once where the database allows more than one writer.
AT_ONCE = 8

Call = Callable[[Context, "sa.Row[Any]"], Awaitable[None]]
Warn = Callable[["sa.Row[Any]", Exception], None]

log = structlog.get_logger("kehu.platform.outbox")


class EventIsGone(KehuError):
    """The event was cleared away before its handler succeeded."""


async def handle(app: App) -> int:
    """Run the handlers of the deliveries that are ready, some hundred at most; returns how many there were."""
    async with app.context() as ctx:
        if not await HANDLERS.has_ready(ctx):
            return 0
    width = AT_ONCE if app.is_postgresql else 1
    return sum(await asyncio.gather(*(_handle_some(app) for _ in range(width))))


async def _handle_some(app: App) -> int:
    return await work_off(app, HANDLERS, _call, _warn)


async def work_off(app: App, queue: Queue, call: Call, warn: Warn) -> int:
    """Call for each row of the queue that is ready, fifty at most, in a transaction that also notes that it is done.

    A failure is warned of and noted, for a later attempt. Returns how many rows there were.
    """
    for done in range(BATCH):
        if not await _work_off_next(app, queue, call, warn):
            return done
    return BATCH


async def _work_off_next(app: App, queue: Queue, call: Call, warn: Warn) -> bool:
    row = None
    try:
        async with asyncio.timeout(LONGEST_SECONDS), app.context() as ctx, ctx.write():
            row = await queue.take_next(ctx)
            if row is None:
                return False
            await call(ctx, row)
            await ctx.flush()
            await queue.finish(ctx, row)
    except Exception as error:
        if row is None:
            raise
        warn(row, error)
        await note_failure(app, queue, row.id, error)
    return True


def _warn(row: sa.Row[Any], error: Exception) -> None:
    log.warning("an event handler failed", handler=row.handler, event_id=str(row.event_id), exc_info=error)


async def _call(ctx: Context, row: sa.Row[Any]) -> None:
    handler = ctx.app.composition.derived(EventCatalogue).handlers.get(row.handler)
    if handler is None:
        raise UnknownEvent(f"No enabled plugin has the handler {row.handler} any more.")
    event = (await ctx.session.execute(sa.select(OUTBOX).where(OUTBOX.c.id == row.event_id))).one_or_none()
    if event is None:
        raise EventIsGone(f"Event {row.event_id} has been cleared away.")
    ctx.cause = Cause(event.id, event.depth)
    ctx.request_id = event.request_id or ctx.request_id
    await handler.function(ctx, handler.event.decode(event.payload, event.version))


async def note_failure(app: App, queue: Queue, key: uuid.UUID, error: Exception) -> None:
    """Note in a transaction of its own that an attempt failed, unless another worker has dealt with it meanwhile."""
    is_final = isinstance(error, (EventsGoInCircles, EventIsGone))
    async with app.context() as ctx, ctx.write():
        row = await queue.take(ctx, key)
        if row is not None:
            await queue.fail(ctx, row, f"{type(error).__name__}: {error}", is_final=is_final)
