"""From the outbox to those who are to be told: one delivery for each event and receiver."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.platform.outbox.catalogue import EventCatalogue
from kehu.platform.outbox.models import EventDelivery
from kehu.platform.outbox.queue import Queue
from kehu.platform.outbox.rows import OUTBOX

if TYPE_CHECKING:
    from kehu.kernel.app import App

Route = Callable[[Context, Sequence[sa.Row[Any]]], Awaitable[None]]
"""Queues the deliveries of some outbox rows to one kind of receiver."""

BATCH = 500

# Ten attempts within about a quarter of an hour.
HANDLERS = Queue(
    cast(sa.Table, EventDelivery.__table__), "handler", [timedelta(seconds=2**n) for n in range(9)]
)

# Any number that is ours: one node at a time distributes, so that lanes stay in order.
_DISTRIBUTING = 501_724


async def distribute(app: App, routes: Sequence[Route]) -> int:
    """Queue the deliveries of the oldest events that have none yet; returns how many events there were, at most 500."""
    async with app.context() as ctx:
        if await ctx.session.scalar(_waiting(sa.select(OUTBOX.c.position)).limit(1)) is None:
            return 0
        async with ctx.write():
            if not await _alone(ctx):
                return 0
            statement = _waiting(sa.select(OUTBOX)).order_by(OUTBOX.c.position).limit(BATCH)
            events = (await ctx.session.execute(statement)).all()
            for route in routes:
                await route(ctx, events)
            told = sa.update(OUTBOX).where(OUTBOX.c.position.in_([event.position for event in events]))
            await ctx.session.execute(told.values(distributed_at=ctx.now()))
            return len(events)


async def to_handlers(ctx: Context, events: Sequence[sa.Row[Any]]) -> None:
    """The route to the handlers of plugins."""
    catalogue = ctx.app.composition.derived(EventCatalogue)
    await HANDLERS.add(
        ctx,
        (
            handler_delivery(event, handler.name)
            for event in events
            for handler in catalogue.handlers_of(event.name)
        ),
    )


def handler_delivery(event: sa.Row[Any], handler: str) -> dict[str, Any]:
    """The row that queues an event for a handler."""
    return {
        "event_id": event.id,
        "event": event.name,
        "handler": handler,
        "lane": event.lane,
        "position": event.position,
    }


def _waiting(statement: sa.Select[Any]) -> sa.Select[Any]:
    return statement.where(OUTBOX.c.distributed_at.is_(None))


async def _alone(ctx: Context) -> bool:
    if not ctx.app.is_postgresql:
        return True
    lock = sa.select(sa.func.pg_try_advisory_xact_lock(_DISTRIBUTING))
    return bool(await ctx.session.scalar(lock))
