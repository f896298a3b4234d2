"""The demo data of sfa."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import sqlalchemy as sa

import kehu
from kehu_sfa import Opportunity, Stage
from tests.kehu_sfa.conftest import Clock


async def demo(app: kehu.App, seed: int) -> None:
    async with app.context() as ctx, ctx.write():
        for implementation in app.hooks.of("kehu_demo_data"):
            if implementation.plugin == "sfa":
                await implementation.call({"ctx": ctx, "chance": random.Random(seed)})


async def test_kehu_demo_data_shows_a_pipeline_at_work(sqlite_app: kehu.App, clock: Clock) -> None:
    await demo(sqlite_app, 1)

    found = sa.select(Stage.name, Opportunity.opened_on).join(Stage, Stage.id == Opportunity.stage_id)
    async with sqlite_app.context() as ctx:
        deals = [(name, day) for name, day in await ctx.session.execute(found) if day]
    by_stage = Counter(name for name, _ in deals)
    assert len(deals) == 120
    assert set(by_stage) == {"Qualified", "Proposal", "Negotiation", "Won", "Lost"}
    assert by_stage["Won"] > 20
    assert by_stage["Qualified"] > 10
    assert min(day for _, day in deals) > (clock.now - timedelta(days=541)).date()
    assert max(day for _, day in deals) <= clock.now.date()


async def test_the_same_seed_gives_the_same_deals(sqlite_app: kehu.App) -> None:
    await demo(sqlite_app, 7)
    await demo(sqlite_app, 7)

    found = sa.select(Opportunity).order_by(Opportunity.id)
    async with sqlite_app.context() as ctx:
        deals = [
            (deal.name, deal.amount, deal.opened_on, deal.closed_at, deal.lost_reason, deal.next_step_on)
            for deal in await ctx.session.scalars(found)
        ]
    assert deals[:120] == deals[120:]
