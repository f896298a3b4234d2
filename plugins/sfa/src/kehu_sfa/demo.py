"""What `kehu demo` shows of sales: one pipeline, and the deals of the last 18 months on their way along it."""

from __future__ import annotations

import dataclasses
import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Membership
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.plugin import plugin

DEALS = 120
DAYS = 540
CURRENCY = "EUR"
STAGES = (
    ("Qualified", StageCategory.OPEN, 10, 30),
    ("Proposal", StageCategory.OPEN, 40, 30),
    ("Negotiation", StageCategory.OPEN, 70, 14),
    ("Won", StageCategory.WON, 100, None),
    ("Lost", StageCategory.LOST, 0, None),
)
DAYS_IN_STAGE = (7, 60)
DROP_PERCENT = 15
WIN_PERCENT = 60
LOST_REASONS = ("PRICE", "PRICE", "COMPETITOR", "NO_BUDGET", "NO_DECISION", "NOT_A_FIT")
SOURCES = ("WEBSITE", "REFERRAL", "TRADE_SHOW", "COLD_CALL", "EXISTING_CUSTOMER")
SUBJECTS = ("Pilot", "First order", "Yearly contract", "Replacement", "Extension", "Second site")
NEXT_STEPS = ("Call back", "Send the proposal", "Visit with a sample", "Talk to the decision maker")

T = TypeVar("T")

plugin.example(
    "The open pipeline, by stage",
    """
    {
      opportunitiesAggregate(
        filter: {stage: {category: {eq: OPEN}}}, groupBy: [{field: STAGE_ID}, {field: CURRENCY}]
      ) {
        key { stage { name } currency } count sum { amount weightedAmount }
      }
    }
    """,
)
plugin.example(
    "Deals won by quarter, and how many of the closed ones",
    """
    {
      opportunitiesAggregate(
        filter: {stage: {category: {eq: WON}}}, groupBy: [{field: CLOSED_ON, bucket: QUARTER}]
      ) { key { closedOn } count sum { amount } }
      winRate { percent }
    }
    """,
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Cast:
    """Who and what takes part in the deals."""

    stages: Sequence[Stage]
    customers: Sequence[uuid.UUID]
    products: Sequence[uuid.UUID]
    owners: Sequence[tuple[uuid.UUID, uuid.UUID | None]]


class DemoData:
    """The demo data of sfa."""

    @kehu.hookimpl
    async def kehu_demo_data(self, ctx: kehu.Context, chance: random.Random) -> None:
        """A pipeline of five stages with its deals, on the customers, products and users that are there."""
        cast = await _cast(ctx, await _stages(ctx))
        for _ in range(DEALS):
            ctx.add(_deal(cast, chance, ctx.now()))


plugin.hookimpl(DemoData())


async def _stages(ctx: kehu.Context) -> list[Stage]:
    pipeline = ctx.add(Pipeline(name="Sales"))
    await ctx.flush()
    stages = [
        Stage(
            pipeline_id=pipeline.id,
            name=name,
            position=10 * position,
            category=category,
            default_probability=probability,
            rotting_days=days,
        )
        for position, (name, category, probability, days) in enumerate(STAGES, start=1)
    ]
    for stage in stages:
        ctx.add(stage)
    await ctx.flush()
    return stages


async def _cast(ctx: kehu.Context, stages: Sequence[Stage]) -> _Cast:
    session = ctx.session
    users = (await session.scalars(sa.select(kehu.User.id).order_by(kehu.User.id))).all()
    memberships = sa.select(Membership.user_id, Membership.team_id).order_by(Membership.id)
    teams = dict((await session.execute(memberships)).all())
    return _Cast(
        stages,
        customers=(await session.scalars(sa.select(kehu.Customer.id).order_by(kehu.Customer.id))).all(),
        products=(await session.scalars(sa.select(kehu.Product.id).order_by(kehu.Product.id))).all(),
        owners=[(user, teams.get(user)) for user in users],
    )


def _deal(cast: _Cast, chance: random.Random, now: datetime) -> Opportunity:
    # The square makes recent deals more frequent: business grows, and there is a pipeline to look at.
    began = now - timedelta(days=1 + (DAYS - 1) * chance.random() ** 2)
    owner, team = chance.choice(cast.owners) if cast.owners else (None, None)
    deal = Opportunity(
        name=chance.choice(SUBJECTS),
        customer_id=_some(chance, cast.customers),
        product_id=_some(chance, cast.products),
        pipeline_id=cast.stages[0].pipeline_id,
        amount=Decimal(chance.randrange(20, 800)) * 50,
        currency=CURRENCY,
        source=chance.choice(SOURCES),
        owner_id=owner,
        team_id=team,
        opened_on=began.date(),
        created_at=began,
    )
    _send_along(deal, cast.stages, chance, began, now)
    return deal


def _send_along(
    deal: Opportunity, stages: Sequence[Stage], chance: random.Random, began: datetime, now: datetime
) -> None:
    """From stage to stage until the decision, or until today; some are lost on the way."""
    open_stages = [stage for stage in stages if not stage.category.is_closed]
    deal.start_in(open_stages[0], at=began)
    at = began
    for stage in open_stages[1:]:
        at += timedelta(days=chance.randrange(*DAYS_IN_STAGE), hours=chance.randrange(24))
        if at > now:
            return _plan(deal, chance, now)
        if chance.randrange(100) < DROP_PERCENT:
            return _lose(deal, stages, chance, at)
        deal.move_to(stage, at=at)
    at += timedelta(days=chance.randrange(*DAYS_IN_STAGE), hours=chance.randrange(24))
    if at > now:
        return _plan(deal, chance, now)
    if chance.randrange(100) < WIN_PERCENT:
        return deal.win(_of(stages, StageCategory.WON), at=at)
    return _lose(deal, stages, chance, at)


def _lose(deal: Opportunity, stages: Sequence[Stage], chance: random.Random, at: datetime) -> None:
    deal.lose(_of(stages, StageCategory.LOST), reason=chance.choice(LOST_REASONS), at=at)


def _plan(deal: Opportunity, chance: random.Random, now: datetime) -> None:
    """What an open deal has to come; some dates have passed, as they do."""
    expected = (now + timedelta(days=chance.randrange(-10, 75))).date()
    deal.expected_close_on = max(expected, deal.opened_on or expected)
    deal.next_step = chance.choice(NEXT_STEPS)
    deal.next_step_on = (now + timedelta(days=chance.randrange(-3, 14))).date()


def _some(chance: random.Random, choices: Sequence[T]) -> T | None:
    return chance.choice(choices) if choices else None


def _of(stages: Sequence[Stage], category: StageCategory) -> Stage:
    return next(stage for stage in stages if stage.category is category)
