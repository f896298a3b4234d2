"""How it ended between competitors and us, on both databases."""

from __future__ import annotations

import kehu
from kehu_sfa import CompetitionOutcome, Competitor, Opportunity, OpportunityCompetitor
from tests.kehu.factories import saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity


async def met(app: kehu.App, deal: Opportunity, *names: str) -> list[OpportunityCompetitor]:
    made = []
    for name in names:
        rival = await saved(app, Competitor(name=name))
        made.append(await saved(app, OpportunityCompetitor(opportunity_id=deal.id, competitor_id=rival.id)))
    return made


async def outcomes(app: kehu.App, entries: list[OpportunityCompetitor]) -> list[CompetitionOutcome | None]:
    return [(await stored(app, entry)).outcome for entry in entries]


async def test_winning_beats_all_competitors_and_reopening_forgets(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    deal = await saved_opportunity(app, stages.qualified)
    entries = await met(app, deal, "Acme", "Globex")

    async with app.context() as ctx, ctx.write():
        (await ctx.get(Opportunity, deal.id)).win(stages.won, at=clock.now)
    assert await outcomes(app, entries) == [CompetitionOutcome.BEATEN] * 2

    async with app.context() as ctx, ctx.write():
        (await ctx.get(Opportunity, deal.id)).reopen(stages.qualified, at=clock.now)
    assert await outcomes(app, entries) == [None, None]


async def test_a_loss_to_a_competitor_is_one_to_the_only_one(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    one, two = [await saved_opportunity(app, stages.qualified) for _ in range(2)]
    alone, many = await met(app, one, "Acme"), await met(app, two, "Globex", "Initech")

    async with app.context() as ctx, ctx.write():
        for deal in (one, two):
            (await ctx.get(Opportunity, deal.id)).lose(stages.lost, reason="COMPETITOR", at=clock.now)

    assert await outcomes(app, alone + many) == [CompetitionOutcome.LOST_TO, None, None]
