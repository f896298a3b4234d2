"""How far quotas are reached, on the quota and on its user."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import convert
from kehu_sfa.money.rounding import HUNDRED, ZERO
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.periods import PeriodKind
from kehu_sfa.plugin import plugin, quota
from kehu_sfa.quotas.attaining import Attainment, attainments, together
from kehu_sfa.quotas.models import Quota, QuotaHolder, QuotaMeasure
from kehu_sfa.quotas.sales import whoever_asks
from kehu_sfa.splits.models import OpportunitySplit

_HUNDREDTH = Decimal("0.01")


@quota.batch_field
async def attainment(quotas: Sequence[Quota], ctx: kehu.Context) -> Sequence[Attainment]:
    """How much of it was reached so far; who may see the quota sees all that counts for it."""
    return await attainments(ctx, quotas)


@plugin.batch_field(kehu.User, name="attainment", read="sfa.quota:read")
async def attainment_of_user(
    users: Sequence[kehu.User],
    ctx: kehu.Context,
    period: PeriodKind = PeriodKind.QUARTER,
    measure: QuotaMeasure = QuotaMeasure.WON_AMOUNT,
    on: date | None = None,
) -> Sequence[Attainment | None]:
    """How far the user's quotas of the period around a day, today unless given, are reached together.

    Null without quotas that you may see, or with quotas in several currencies.
    """
    found = await _of_users(ctx, users, period, measure, on or ctx.today())
    return [together(found[user.id]) for user in users]


@plugin.batch_field(kehu.User, read="sfa.quota:read")
async def pipeline_coverage(
    users: Sequence[kehu.User],
    ctx: kehu.Context,
    period: PeriodKind = PeriodKind.QUARTER,
    on: date | None = None,
) -> Sequence[Decimal | None]:
    """Open amount expected in the period against what the user has still to win, such as 3 for three times as much.

    Null without a quota of won amount, and once it is reached.
    """
    day = on or ctx.today()
    found = await _of_users(ctx, users, period, QuotaMeasure.WON_AMOUNT, day)
    open_deals = await _open(ctx, period.first_day(day), period.last_day(day))
    covered: list[Decimal | None] = []
    for user in users:
        reached = together(found[user.id])
        if reached is None or not reached.missing or reached.currency is None:
            covered.append(None)
            continue
        amount = ZERO
        for part, currency in open_deals[user.id]:
            amount += await convert(ctx, part, currency, reached.currency, on=ctx.today())
        covered.append((amount / reached.missing).quantize(_HUNDREDTH))
    return covered


async def _of_users(
    ctx: kehu.Context, users: Sequence[kehu.User], period: PeriodKind, measure: QuotaMeasure, day: date
) -> dict[uuid.UUID, list[Attainment]]:
    found = sa.select(Quota).where(
        Quota.holder == QuotaHolder.USER,
        Quota.owner_id.in_([user.id for user in users]),
        Quota.period == period,
        Quota.measure == measure,
        Quota.starts_on == period.first_day(day),
        Quota.archived_at.is_(None),
    )
    quotas = (await ctx.session.scalars(found)).all()
    by_user: dict[uuid.UUID, list[Attainment]] = defaultdict(list)
    for each, reached in zip(quotas, await attainments(ctx, quotas), strict=True):
        if each.owner_id is not None:
            by_user[each.owner_id].append(reached)
    return by_user


async def _open(
    ctx: kehu.Context, first: date, last: date
) -> dict[uuid.UUID | None, list[tuple[Decimal, str]]]:
    """The part of each user in what is open and expected on these days, whoever may see it."""
    o, s = Opportunity, OpportunitySplit
    found = (
        sa.select(o, s)
        .outerjoin(s, s.opportunity_id == o.id)
        .where(o.closed_at.is_(None), o.archived_at.is_(None), o.amount.is_not(None))
        .where(o.expected_close_on.between(first, last))
    )
    parts: dict[uuid.UUID | None, list[tuple[Decimal, str]]] = defaultdict(list)
    rows: sa.Result[Opportunity, OpportunitySplit | None] = await whoever_asks.execute(ctx, found)
    for deal, share in rows:
        if deal.amount is None or deal.currency is None:
            continue
        if share is None:
            parts[deal.owner_id].append((deal.amount, deal.currency))
        else:
            parts[share.user_id].append((deal.amount * share.percent / HUNDRED, deal.currency))
    return parts
