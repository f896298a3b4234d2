"""Telling again: everything from a moment on, also what happened before the handler was there."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.kernel.errors import NotFound
from kehu.platform.outbox.catalogue import EventCatalogue
from kehu.platform.outbox.distributor import HANDLERS, handler_delivery
from kehu.platform.outbox.rows import OUTBOX

BATCH = 1000


async def replay(ctx: Context, handler: str, since: datetime) -> int:
    """Tell a handler again of every event since a moment, in order; returns how many. Inside `ctx.write()`.

    Events under way are left alone. Raises NotFound for a handler that no enabled plugin has.
    """
    found = ctx.app.composition.derived(EventCatalogue).handlers.get(handler)
    if found is None:
        known = ", ".join(ctx.app.composition.derived(EventCatalogue).handlers) or "none"
        raise NotFound(f"There is no handler {handler!r}; there are: {known}.", field="handler")
    t = HANDLERS.table.c
    events = sa.and_(OUTBOX.c.name == found.event.name, OUTBOX.c.created_at >= since)
    repeated = await HANDLERS.repeat(
        ctx, t.handler == handler, t.event_id.in_(sa.select(OUTBOX.c.id).where(events))
    )
    missed = sa.and_(
        events,
        OUTBOX.c.distributed_at.is_not(None),
        OUTBOX.c.id.not_in(sa.select(t.event_id).where(t.handler == handler)),
    )
    added = 0
    while rows := (
        await ctx.session.execute(sa.select(OUTBOX).where(missed).order_by(OUTBOX.c.position).limit(BATCH))
    ).all():
        added += await HANDLERS.add(ctx, (handler_delivery(row, handler) for row in rows))
    return repeated + added
