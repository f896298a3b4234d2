"""The history says the probability that holds, whoever else writes at the same time."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa import Opportunity, OpportunityChange, Stage
from kehu_sfa.reports.pipeline import pipeline_report
from kehu_sfa.reports.selection import DealSelection, Dimension
from tests.kehu.factories import changed, saved
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity

A_WHILE = 0.3  # seconds; long enough for the other writer to come to where it has to wait


async def told(app: kehu.App, deal: Opportunity) -> list[int]:
    """The probability that the history says the deal has now."""
    c = OpportunityChange
    present = sa.select(c.probability).where(c.opportunity_id == deal.id, c.valid_until.is_(None))
    async with app.context() as ctx:
        return list(await ctx.session.scalars(present))


async def move(app: kehu.App, deal: Opportunity, stage: Stage) -> None:
    async with app.context() as ctx, ctx.write():
        moving = await ctx.get(Opportunity, deal.id)
        moving.move_to(await ctx.get(Stage, stage.id), at=ctx.now())


async def test_a_stage_that_changes_while_a_deal_enters_it(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.qualified)

    async with app.context() as ctx, ctx.write():
        moving = await ctx.get(Opportunity, deal.id)
        moving.move_to(await ctx.get(Stage, stages.proposal.id), at=ctx.now())
        await ctx.flush()
        other = asyncio.create_task(changed(app, stages.proposal, default_probability=77))
        await asyncio.sleep(A_WHILE)
    await other

    assert await told(app, deal) == [77]


async def test_a_deal_that_enters_a_stage_while_it_changes(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.qualified)

    async with app.context() as ctx, ctx.write():
        stage = await ctx.get(Stage, stages.proposal.id)
        stage.default_probability = 77
        await ctx.flush()
        other = asyncio.create_task(move(app, deal, stages.proposal))
        await asyncio.sleep(A_WHILE)
    await other

    assert await told(app, deal) == [77]


async def test_deals_of_a_stage_and_the_stage_change_without_a_circle(app: kehu.App, stages: Stages) -> None:
    deals = [await saved_opportunity(app, stages.proposal, amount=1, currency="EUR") for _ in range(4)]

    await asyncio.gather(
        *(changed(app, deal, amount=2) for deal in deals),
        changed(app, stages.proposal, default_probability=55),
    )

    assert [await told(app, deal) for deal in deals] == [[55]] * 4


async def test_a_deal_was_in_the_sector_that_its_customer_was_in_then(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    mill = await saved(app, kehu.Customer(name="Mill", industry="food"))
    other = await saved(app, kehu.Customer(name="Other", industry="steel"))
    deal = await saved_opportunity(app, stages.qualified, customer_id=mill.id)
    moments = [clock.now]
    for record, values in (
        (mill, {"industry": "energy"}),
        (stages.qualified, {"default_probability": 11}),
        (deal, {"amount": Decimal(5), "currency": "EUR"}),
        (deal, {"customer_id": other.id}),
        (mill, {"industry": "paper"}),
        (deal, {"customer_id": None}),
    ):
        clock.advance(hours=1)
        await changed(app, record, **values)
        moments.append(clock.now)

    async with app.context() as ctx:
        told = [
            [group.label for group in await pipeline_report(ctx, by=Dimension.SECTOR, as_of=moment)]
            for moment in moments
        ]
        chosen = await pipeline_report(ctx, selection=DealSelection(sector="food"), as_of=moments[0])

    assert told == [["food"], ["energy"], ["energy"], ["energy"], ["steel"], ["steel"], [None]]
    assert [group.count for group in chosen] == [1]
