"""What people do with webhooks."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.kernel.ids import uuid7
from kehu.platform.outbox.rows import OUTBOX
from kehu.platform.webhooks.models import WebhookDelivery, WebhookSubscription
from kehu.platform.webhooks.payloads import PING
from kehu.platform.webhooks.resources import webhook_delivery, webhook_subscription
from kehu.platform.webhooks.routing import WEBHOOKS, replay_to, webhook_delivery_row


@webhook_subscription.action
async def ping(record: WebhookSubscription, ctx: Context) -> WebhookDelivery:
    """Send a test message, also to an inactive subscription; the answer stands in the delivery's log."""
    key = uuid7()
    row = {"id": key, "name": PING, "version": 1, "lane": key, "payload": {}, "depth": 0}
    now = ctx.now()
    statement = sa.insert(OUTBOX).values(**row, created_at=now, distributed_at=now, request_id=ctx.request_id)
    await ctx.session.execute(statement)
    event = (await ctx.session.execute(sa.select(OUTBOX).where(OUTBOX.c.id == key))).one()
    await WEBHOOKS.add(ctx, [webhook_delivery_row(event, record.id)])
    made = sa.select(WebhookDelivery).where(WebhookDelivery.event_id == key)
    return (await ctx.session.scalars(made)).one()


@webhook_subscription.action
async def rotate_secret(record: WebhookSubscription, ctx: Context, overlap_hours: int = 24) -> str:
    """A new secret, which is returned; messages are signed with the old one too for some hours, at most a week."""
    return record.rotate_secret(at=ctx.now(), overlap_hours=overlap_hours)


@webhook_subscription.action
async def reveal_secret(record: WebhookSubscription, ctx: Context) -> str:
    """The secret that the receiver checks signatures with."""
    return record.secrets_at(ctx.now())[0]


@webhook_subscription.action
async def replay(record: WebhookSubscription, ctx: Context, since: datetime) -> int:
    """Send again every event since a moment, in order, each with the id it had; also those before the subscription."""
    return await replay_to(ctx, record, since)


@webhook_delivery.action
async def resend(record: WebhookDelivery, ctx: Context) -> None:
    """Send it again, now, with all attempts and the same id."""
    record.repeat(at=ctx.now())
