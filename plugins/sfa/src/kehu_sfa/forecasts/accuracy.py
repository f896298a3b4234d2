"""How good past forecasts were."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.forecasts.models import ForecastSnapshot
from kehu_sfa.forecasts.queries import forecasts
from kehu_sfa.money.rounding import HUNDRED, ZERO, share_percent
from kehu_sfa.periods import PeriodKind
from kehu_sfa.plugin import plugin


@dataclasses.dataclass(frozen=True, slots=True)
class ForecastAccuracy:
    """What one owner was expected to win in a period that is over, and what was won, in one currency.

    accuracyPercent: 100 less the difference in percent of what was won, 0 at least; null where nothing was won.
    """

    owner: kehu.User | None
    starts_on: date
    currency: str
    expected: Decimal
    actual: Decimal
    accuracy_percent: Decimal | None


@plugin.query(permission="sfa.forecast_snapshot:read")
async def forecast_accuracy(
    ctx: kehu.Context,
    period: PeriodKind = PeriodKind.QUARTER,
    since: date | None = None,
    user: kehu.User | None = None,
) -> list[ForecastAccuracy]:
    """Of each period that is over: the first snapshot taken of it against what was won, the latest period first."""
    s = ForecastSnapshot
    over = sa.select(s).where(s.period == period, s.starts_on < period.first_day(ctx.today()))
    if since is not None:
        over = over.where(s.starts_on >= period.first_day(since))
    if user is not None:
        over = over.where(s.owner_id == user.id)
    first: dict[tuple[date, uuid.UUID | None, str], dict[uuid.UUID | None, ForecastSnapshot]] = defaultdict(
        dict
    )
    for each in await ctx.session.scalars(over.order_by(s.taken_at.desc(), s.id)):
        first[each.starts_on, each.owner_id, each.currency][each.team_id] = each
    won = {day: await _won(ctx, period, day) for day in {day for day, _, _ in first}}
    people = sa.select(kehu.User).where(kehu.User.id.in_([owner for _, owner, _ in first if owner]))
    names = {person.id: person for person in await ctx.session.scalars(people)}
    rows = []
    for (day, owner_id, currency), snapshots in first.items():
        expected = sum((each.expected_amount for each in snapshots.values()), ZERO)
        actual = won[day].get((owner_id, currency), ZERO)
        owner = names.get(owner_id) if owner_id else None
        rows.append(ForecastAccuracy(owner, day, currency, expected, actual, accuracy(expected, actual)))
    rows.sort(key=lambda row: (row.owner.name if row.owner else "", row.currency))
    return sorted(rows, key=lambda row: row.starts_on, reverse=True)


def accuracy(expected: Decimal, actual: Decimal) -> Decimal | None:
    """100 less the difference in percent of what was won, 0 at least; None where nothing was won."""
    missed = share_percent(abs(expected - actual), actual)
    return None if missed is None else max(HUNDRED - missed, ZERO)


async def _won(
    ctx: kehu.Context, period: PeriodKind, day: date
) -> dict[tuple[uuid.UUID | None, str], Decimal]:
    won: dict[tuple[uuid.UUID | None, str], Decimal] = defaultdict(lambda: ZERO)
    for (owner_id, _, currency), each in (await forecasts(ctx, period, day, None, None)).items():
        won[owner_id, currency] += each.closed
    return won
