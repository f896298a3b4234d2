"""What other plugins hear of orders."""

from __future__ import annotations

import sqlalchemy as sa

from kehu.platform.outbox.models import OutboxEvent
from tests.kehu_sfa.quotes.conftest import Shop


async def test_a_confirmed_order_is_told_once_to_whoever_listens(shop: Shop) -> None:
    order = await shop.order()
    await shop.call("fulfil", order)

    async with shop.app.context() as ctx:
        found = await ctx.session.execute(
            sa.select(OutboxEvent.customer_id, OutboxEvent.payload["order_id"].as_string()).where(
                OutboxEvent.name == "sfa.order_confirmed"
            )
        )
        assert [tuple(row) for row in found] == [(shop.customer.id, str(order.id))]
