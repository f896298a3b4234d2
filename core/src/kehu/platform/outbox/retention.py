"""Clearing away events, and what is queued for somebody, once nobody needs it any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.platform.core import CoreSettings
from kehu.platform.outbox.models import DeliveryStatus
from kehu.platform.outbox.queue import Queue
from kehu.platform.outbox.rows import OUTBOX

BATCH = 5000


async def clear_queue(ctx: Context, queue: Queue) -> None:
    """Delete what was done or skipped before the days that settings say, and what was parked before theirs."""
    settings, t = ctx.app.settings_of(CoreSettings), queue.table.c
    done = ctx.now() - timedelta(days=settings.event_retention_days)
    parked = ctx.now() - timedelta(days=settings.parked_retention_days)
    await _clear(
        ctx,
        queue.table,
        t.id,
        sa.or_(
            sa.and_(t.status.in_([DeliveryStatus.DONE, DeliveryStatus.SKIPPED]), t.finished_at < done),
            sa.and_(t.status == DeliveryStatus.PARKED, t.finished_at < parked),
        ),
    )


async def clear_events(ctx: Context, *queues: Queue) -> None:
    """Delete events that are older than the days that settings say and that no delivery in `queues` still needs."""
    settings = ctx.app.settings_of(CoreSettings)
    old = ctx.now() - timedelta(days=settings.event_retention_days)
    needed = [~sa.exists().where(queue.table.c.event_id == OUTBOX.c.id) for queue in queues]
    told = sa.and_(OUTBOX.c.distributed_at.is_not(None), OUTBOX.c.created_at < old, *needed)
    await _clear(ctx, OUTBOX, OUTBOX.c.position, told)


async def _clear(ctx: Context, table: sa.Table, key: sa.Column[Any], which: sa.ColumnElement[bool]) -> None:
    """Delete some thousand rows in a transaction, until there are none: others write in between."""
    batch = sa.select(key).where(which).limit(BATCH)
    while True:
        async with ctx.write():
            keys = (await ctx.session.scalars(batch)).all()
            statement = sa.delete(table).where(key.in_(keys))
            await ctx.session.execute(statement, execution_options={"kehu_unaudited": True})
        if len(keys) < BATCH:
            return
