"""A sales history that is made up by chance, and what a simple count of the records says at each moment."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa import (
    CompetitionOutcome,
    Competitor,
    ForecastCategory,
    ForecastSubmission,
    Opportunity,
    OpportunityCompetitor,
    PeriodKind,
    Stage,
    StageCategory,
)
from tests.kehu.factories import make_user
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages

Fared = dict[str, tuple[int, int, int, int]]
Count = dict[tuple[str | None, str | None], tuple[int, Decimal, Decimal]]
CURRENCIES = ("EUR", "USD", "JPY")
DAY = date(2026, 5, 15)
QUARTER = date(2026, 4, 1), date(2026, 6, 30)


class Firm:
    """Somebody does something every few hours: begins, changes, moves, closes and reopens deals."""

    def __init__(self, app: kehu.App, clock: Clock, stages: Stages, seed: int) -> None:
        self.app, self.clock, self.stages = app, clock, stages
        self.chance = random.Random(seed)
        self.users: Sequence[kehu.User] = []
        self.deals: list[Opportunity] = []
        self.said: dict[str, tuple[Decimal, Decimal | None]] = {}

    async def moments(self, number: int) -> AsyncIterator[datetime]:
        """That many moments, each after another step of the history; the clock shows the moment."""
        self.users = [await make_user(self.app, name) for name in ("Ann", "Bob", "Eve")]
        for _ in range(number):
            self.clock.advance(seconds=self.chance.randint(1, 40_000))
            async with self.app.context() as ctx, ctx.write():
                await self._step(ctx)
            self.clock.advance(seconds=self.chance.randint(0, 5_000))
            yield self.clock.now

    async def _step(self, ctx: kehu.Context) -> None:
        if len(self.deals) < 5 or self.chance.random() < 0.15:
            self.deals.append(ctx.add(self._made(len(self.deals))))
            return
        if self.chance.random() < 0.1:
            await self._forecast(ctx)
            return
        deal = await ctx.get(Opportunity, self.chance.choice(self.deals).id)
        await self._step_of(ctx, deal)
        if self.chance.random() < 0.05:
            stage = await ctx.get(Stage, self.stages.proposal.id)
            stage.default_probability = self.chance.randint(0, 100)

    async def _step_of(self, ctx: kehu.Context, deal: Opportunity) -> None:
        """What happens to a deal that is there."""
        step = self.chance.choice(
            [self._move, self._move, self._change, self._change, self._close, self._hide]
        )
        await step(ctx, deal)

    async def _forecast(self, ctx: kehu.Context) -> None:
        """An owner says what will be won in the quarter of DAY; at times a manager adjusts what was said last."""
        owner = self.chance.choice(self.users)
        said = ctx.add(
            ForecastSubmission(
                owner_id=owner.id,
                period=PeriodKind.QUARTER,
                starts_on=DAY,
                currency="EUR",
                commit_amount=self._amount(),
            )
        )
        await ctx.flush()
        self.said[owner.name] = said.commit_amount, None
        if self.chance.random() < 0.5:
            amount = self._amount()
            ctx.add(said.adjusted(amount, reason="Late", by=None, at=ctx.now()))
            self.said[owner.name] = said.commit_amount, amount

    def _made(self, number: int) -> Opportunity:
        return Opportunity(
            name=f"Deal {number}",
            stage_id=self.chance.choice([self.stages.qualified, self.stages.proposal]).id,
            owner_id=self.chance.choice(self.users).id,
            amount=self._amount(),
            currency=self.chance.choice(CURRENCIES),
            expected_close_on=self._day(),
        )

    async def _move(self, ctx: kehu.Context, deal: Opportunity) -> None:
        chosen = self.chance.choice([self.stages.qualified, self.stages.proposal, self.stages.on_hold])
        target = await ctx.get(Stage, chosen.id)
        if deal.is_closed:
            deal.reopen(target, at=ctx.now())
        else:
            deal.move_to(target, at=ctx.now())

    async def _change(self, _: kehu.Context, deal: Opportunity) -> None:
        deal.amount = self._amount()
        deal.probability = self.chance.choice([None, 0, 33, 77, 100])
        deal.owner_id = self.chance.choice(self.users).id
        deal.expected_close_on = self._day()
        deal.forecast_category = self.chance.choice([None, None, "COMMIT", "BEST_CASE", "OMITTED"])
        deal.currency = self.chance.choice([deal.currency, deal.currency, "EUR"])

    async def _close(self, ctx: kehu.Context, deal: Opportunity) -> None:
        if deal.is_closed:
            return
        if self.chance.random() < 0.6:
            deal.win(self.stages.won, at=ctx.now(), on=ctx.today())
        else:
            deal.lose(self.stages.lost, reason="PRICE", at=ctx.now(), on=ctx.today())

    async def _hide(self, ctx: kehu.Context, deal: Opportunity) -> None:
        if self.chance.random() < 0.5:
            deal.archived_at = None if deal.archived_at else ctx.now()

    def _amount(self) -> Decimal:
        return Decimal(self.chance.randint(0, 9_999))

    def _day(self) -> date:
        return (self.clock.now + timedelta(days=self.chance.randint(-20, 200))).date()


class RivalledFirm(Firm):
    """A firm whose deals others want too: they come, go, are beaten, withdraw, and win."""

    rivals: Sequence[Competitor] = ()

    async def _step_of(self, ctx: kehu.Context, deal: Opportunity) -> None:
        if not self.rivals:
            self.rivals = [ctx.add(Competitor(name=name)) for name in ("Acme", "Bolt", "Cog")]
            await ctx.flush()
        if self.chance.random() < 0.6:
            await self._compete(ctx, deal)
        else:
            await super()._step_of(ctx, deal)

    async def _close(self, ctx: kehu.Context, deal: Opportunity) -> None:
        if not deal.is_closed and self.chance.random() < 0.5:
            deal.lose(self.stages.lost, reason="COMPETITOR", at=ctx.now(), on=ctx.today())
        else:
            await super()._close(ctx, deal)

    async def _compete(self, ctx: kehu.Context, deal: Opportunity) -> None:
        if deal.archived_at is not None:
            # Nothing new is noted of what is archived.
            return
        rival, e = self.chance.choice(self.rivals), OpportunityCompetitor
        found = sa.select(e).where(e.opportunity_id == deal.id)
        entries = {entry.competitor_id: entry for entry in await ctx.session.scalars(found)}
        entry = entries.get(rival.id)
        if entry is None:
            ctx.add(e(opportunity_id=deal.id, competitor_id=rival.id))
        elif self.chance.random() < 0.3:
            await ctx.delete(entry)
        else:
            taken = any(each.outcome is CompetitionOutcome.LOST_TO for each in entries.values())
            entry.outcome = self.chance.choice(
                [None, CompetitionOutcome.WITHDREW, *([] if taken else [CompetitionOutcome.LOST_TO])]
            )


async def fared(ctx: kehu.Context) -> Fared:
    """Where we met each competitor, won, lost, and lost to it, straight from the records."""
    o, e = Opportunity, OpportunityCompetitor
    found = (
        sa.select(Competitor.name, Stage.category, e.outcome)
        .join(e, e.competitor_id == Competitor.id)
        .join(o, o.id == e.opportunity_id)
        .join(Stage, Stage.id == o.stage_id)
        .where(o.archived_at.is_(None))
    )
    seen: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for name, category, outcome in (await ctx.session.execute(found)).all():
        is_lost = category is StageCategory.LOST
        lost_to = is_lost and outcome is CompetitionOutcome.LOST_TO
        for place, counts in enumerate((True, category is StageCategory.WON, is_lost, lost_to)):
            seen[name][place] += counts
    return {name: (met, won, lost, lost_to) for name, (met, won, lost, lost_to) in seen.items()}


async def counted(ctx: kehu.Context) -> Count:
    """Count, amount and weighted amount of what is open now, by stage and currency, straight from the records."""
    found = sa.select(Opportunity, Stage).join(Stage, Stage.id == Opportunity.stage_id)
    counts, amounts = Counter[tuple[str | None, str | None]](), defaultdict[object, Decimal](Decimal)
    weighted = defaultdict[object, Decimal](Decimal)
    for deal, stage in (await ctx.session.execute(found)).all():
        if deal.archived_at is not None or stage.category not in (StageCategory.OPEN, StageCategory.ON_HOLD):
            continue
        key = stage.name, deal.currency
        probability = stage.default_probability if deal.probability is None else deal.probability
        counts[key] += 1
        amounts[key] += deal.amount or 0
        weighted[key] += (deal.amount or 0) * probability / Decimal(100)
    return {key: (counts[key], amounts[key], weighted[key]) for key in counts}


async def foreseen(ctx: kehu.Context) -> dict[tuple[str, str], dict[str, Decimal]]:
    """The amounts by owner, currency and forecast category for the quarter of DAY, straight from the records."""
    found = sa.select(Opportunity, Stage, kehu.User.name).join(Stage, Stage.id == Opportunity.stage_id)
    rows = await ctx.session.execute(found.join(kehu.User, kehu.User.id == Opportunity.owner_id))
    seen: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for deal, stage, owner in rows.all():
        day = deal.closed_on if stage.category is StageCategory.WON else deal.expected_close_on
        if deal.archived_at or stage.category is StageCategory.LOST or not day or deal.currency is None:
            continue
        if QUARTER[0] <= day <= QUARTER[1]:
            probability = stage.default_probability if deal.probability is None else deal.probability
            category = ForecastCategory.of(stage.category, probability, deal.forecast_category)
            seen[owner, deal.currency][category.name.lower()] += deal.amount or 0
    return {key: dict(amounts) for key, amounts in seen.items()}
