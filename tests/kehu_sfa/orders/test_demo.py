"""The demo data of selling."""

from __future__ import annotations

import random
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_sfa import CommissionEntry, Order, Payment, Quote
from kehu_sfa.orders.models import OrderStatus


async def demo(app: kehu.App, seed: int) -> None:
    """A few customers, and what sfa makes of them."""
    async with app.context() as ctx, ctx.write():
        for number in range(5):
            ctx.add(kehu.Customer(name=f"Foundry {number}"))
        ctx.add(kehu.User(name="Ann"))
        await ctx.flush()
        chance = random.Random(seed)
        for implementation in app.hooks.of("kehu_demo_data"):
            if implementation.plugin == "sfa":
                await implementation.call({"ctx": ctx, "chance": chance})


async def all_of(app: kehu.App, model: type[Any]) -> list[Any]:
    async with app.context() as ctx:
        return list((await ctx.session.scalars(sa.select(model).order_by(model.id))).all())


async def test_kehu_demo_data_shows_quotes_orders_and_commissions(sqlite_app: kehu.App) -> None:
    await demo(sqlite_app, 1)

    quotes, orders = await all_of(sqlite_app, Quote), await all_of(sqlite_app, Order)
    payments, entries = await all_of(sqlite_app, Payment), await all_of(sqlite_app, CommissionEntry)
    assert (len(quotes), len(orders) > 3, len(payments) > 0) == (40, True, True)
    assert {quote.status.name for quote in quotes} == {"DRAFT", "SENT", "ACCEPTED"}
    assert {order.status for order in orders} == {OrderStatus.CONFIRMED}
    assert sum(payment.amount for payment in payments) == sum(order.paid_amount for order in orders)
    assert sum(entry.base_amount for entry in entries) == sum(order.net_amount for order in orders)
