"""Which subscription is told of which event, and how often it is tried."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.platform.outbox.catalogue import EventCatalogue
from kehu.platform.outbox.queue import Queue
from kehu.platform.outbox.rows import OUTBOX
from kehu.platform.webhooks.models import WebhookDelivery, WebhookSubscription

BATCH = 1000

# Source: the schedule that the Standard Webhooks specification proposes, within a day.
_DELAYS = [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)] + [
    timedelta(hours=hours) for hours in (2, 5, 6, 7)
]
WEBHOOKS = Queue(
    cast(sa.Table, WebhookDelivery.__table__), "subscription_id", _DELAYS, window=timedelta(hours=24)
)


async def to_webhooks(ctx: Context, events: Sequence[sa.Row[Any]]) -> None:
    """The route to subscriptions: by the name of the event; rights and filter are asked when it is sent."""
    active = sa.select(WebhookSubscription).where(
        WebhookSubscription.is_active, WebhookSubscription.archived_at.is_(None)
    )
    subscriptions = (await ctx.session.scalars(active)).all()
    await WEBHOOKS.add(
        ctx,
        (
            webhook_delivery_row(event, subscription.id)
            for event in events
            for subscription in subscriptions
            if subscription.matches(event.name)
        ),
    )


def webhook_delivery_row(event: sa.Row[Any], subscription_id: uuid.UUID) -> dict[str, Any]:
    """The row that queues an event for a subscription."""
    return {
        "event_id": event.id,
        "event": event.name,
        "subscription_id": subscription_id,
        "lane": event.lane,
        "position": event.position,
        "log": {},
    }


async def replay_to(ctx: Context, subscription: WebhookSubscription, since: datetime) -> int:
    """Queue every event since a moment that the subscription wants, once more or for the first time; how many."""
    t = WEBHOOKS.table.c
    names = [name for name in ctx.app.composition.derived(EventCatalogue).names if subscription.matches(name)]
    events = sa.and_(OUTBOX.c.name.in_(names), OUTBOX.c.created_at >= since)
    mine = t.subscription_id == subscription.id
    repeated = await WEBHOOKS.repeat(ctx, mine, t.event_id.in_(sa.select(OUTBOX.c.id).where(events)))
    missed = sa.and_(
        events, OUTBOX.c.distributed_at.is_not(None), OUTBOX.c.id.not_in(sa.select(t.event_id).where(mine))
    )
    batch = sa.select(OUTBOX).where(missed).order_by(OUTBOX.c.position).limit(BATCH)
    added = 0
    while rows := (await ctx.session.execute(batch)).all():
        added += await WEBHOOKS.add(ctx, (webhook_delivery_row(row, subscription.id) for row in rows))
    return repeated + added
