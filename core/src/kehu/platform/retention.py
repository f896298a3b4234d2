"""What core clears away each night."""

from __future__ import annotations

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.platform.core import plugin
from kehu.platform.idempotency.keys import KEYS, LIFETIME
from kehu.platform.inbound.handlers import MESSAGES
from kehu.platform.outbox.distributor import HANDLERS
from kehu.platform.outbox.retention import clear_events, clear_queue
from kehu.platform.webhooks.routing import WEBHOOKS


@plugin.job(schedule="17 3 * * *", timeout_seconds=3600)
async def clear_what_is_done(ctx: Context) -> None:
    """Delete events, deliveries, messages and idempotency keys that nobody can need any more."""
    for queue in (HANDLERS, WEBHOOKS, MESSAGES):
        await clear_queue(ctx, queue)
    await clear_events(ctx, HANDLERS, WEBHOOKS)
    async with ctx.write():
        await ctx.session.execute(sa.delete(KEYS).where(KEYS.c.created_at < ctx.now() - LIFETIME))
