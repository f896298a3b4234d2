"""Subscriptions, and sending all that is ready."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.crm.customers.models import CustomerKind
from kehu.kernel.access import SYSTEM, Principal
from kehu.platform.deliveries import ROUTES
from kehu.platform.outbox.distributor import distribute
from kehu.platform.webhooks.deliveries import WebhookSender
from kehu.platform.webhooks.models import WebhookDelivery, WebhookSubscription
from kehu.platform.webhooks.sender import Limits, Sender

QUICK = Sender(allow_private=True, limits=Limits(connect_seconds=2, whole_seconds=10, body_seconds=0.5))


async def subscribe(
    app: kehu.App, url: str, *, principal: Principal = SYSTEM, **values: Any
) -> WebhookSubscription:
    wanted: dict[str, Any] = {"name": "Shop", "url": url, "events": ["core.customer.*"]} | values
    async with app.context(principal) as ctx, ctx.write():
        return ctx.add(WebhookSubscription(**wanted))


async def send_all(app: kehu.App) -> None:
    """Distribute and send until nothing is ready any more, one message after the other."""
    postman = WebhookSender(app, QUICK, at_once=1)
    while await distribute(app, ROUTES):
        pass
    while await postman.send():
        await postman.finish()


async def sent(app: kehu.App) -> Sequence[WebhookDelivery]:
    async with app.context() as ctx:
        found = await ctx.session.scalars(sa.select(WebhookDelivery).order_by(WebhookDelivery.position))
        return found.all()


def customer(name: str = "Aster") -> kehu.Customer:
    return kehu.Customer(kind=CustomerKind.ORGANIZATION, name=name)
