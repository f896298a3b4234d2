"""Win rate and history as far as the reader may see them, on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

import kehu
from kehu_sfa import Opportunity, Pipeline, StageChange, WinRate
from kehu_sfa.opportunities.queries import win_rate
from tests.kehu.factories import make_user
from tests.kehu_sfa.factories import Stages, saved_opportunity, saved_stages, user


async def closed(app: kehu.App, stages: Stages, *, won: int, lost: int, **values: object) -> None:
    for _ in range(won):
        await saved_opportunity(app, stages.won, **values)
    for _ in range(lost):
        await saved_opportunity(app, stages.lost, lost_reason="PRICE", **values)


@pytest.mark.parametrize(
    ("won", "lost", "percent"),
    [(0, 0, None), (0, 3, "0.00"), (2, 1, "66.67"), (1, 2, "33.33"), (1, 799, "0.12"), (3, 797, "0.38")],
)
def test_a_win_rate_is_rounded_half_to_even(won: int, lost: int, percent: str | None) -> None:
    assert WinRate.of(won, lost) == WinRate(won, lost, None if percent is None else Decimal(percent))


async def test_the_win_rate_counts_closed_opportunities_only(app: kehu.App, stages: Stages) -> None:
    await closed(app, stages, won=2, lost=1)
    await saved_opportunity(app, stages.proposal)
    await saved_opportunity(app, stages.on_hold)

    async with app.context() as ctx:
        assert await win_rate(ctx) == WinRate(2, 1, Decimal("66.67"))


async def test_the_win_rate_of_some_days_has_both_ends_in_it(app: kehu.App, stages: Stages) -> None:
    for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1)):
        await closed(app, stages, won=1, lost=0, closed_on=day)

    async with app.context() as ctx:
        february = await win_rate(ctx, closed_from=date(2026, 2, 1), closed_until=date(2026, 2, 28))

    assert february == WinRate(2, 0, Decimal(100))


async def test_the_win_rate_can_be_that_of_one_owner_or_pipeline(app: kehu.App, stages: Stages) -> None:
    ann, others = await make_user(app), await saved_stages(app, "Service contracts")
    await closed(app, stages, won=1, lost=0, owner_id=ann.id)
    await closed(app, others, won=0, lost=1)

    async with app.context() as ctx:
        assert await win_rate(ctx, owner=ann) == WinRate(1, 0, Decimal(100))
        pipeline = await ctx.get(Pipeline, others.pipeline_id)
        assert await win_rate(ctx, pipeline=pipeline) == WinRate(0, 1, Decimal(0))


async def test_everybody_sees_the_win_rate_of_what_they_may_see(app: kehu.App, stages: Stages) -> None:
    ann = await make_user(app)
    await closed(app, stages, won=1, lost=1, owner_id=ann.id)
    await closed(app, stages, won=4, lost=0)
    seller = user(ann.id, opportunity__read=kehu.Level.OWN, stage__read=kehu.Level.ALL)

    async with app.context(seller) as ctx:
        assert await win_rate(ctx) == WinRate(1, 1, Decimal(50))


async def test_a_stage_change_is_as_visible_as_its_opportunity(app: kehu.App, stages: Stages) -> None:
    ann = await make_user(app)
    mine = await saved_opportunity(app, stages.proposal, owner_id=ann.id)
    await saved_opportunity(app, stages.proposal)
    own = kehu.Level.OWN
    seller = user(ann.id, opportunity__read=own, stage_change__read=own, stage__read=kehu.Level.ALL)

    async with app.context(seller) as ctx:
        changes = (await ctx.session.scalars(sa.select(StageChange))).all()
        opportunities = (await ctx.session.scalars(sa.select(Opportunity.id))).all()

    assert [change.opportunity_id for change in changes] == [mine.id] == list(opportunities)
