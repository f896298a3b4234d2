"""How much of a quota was reached."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

import kehu
from kehu.crm.products.queries import convert
from kehu_sfa.money.rounding import ZERO, rounded, share_percent
from kehu_sfa.quotas.models import Quota, QuotaHolder
from kehu_sfa.quotas.sales import Sale, Wanted, sales
from kehu_sfa.reports.selection import teams_below


@dataclasses.dataclass(frozen=True, slots=True)
class Attainment:
    """What was to be reached, what was, and that in percent, with two places; in `currency`, or in units."""

    target: Decimal
    actual: Decimal
    percent: Decimal | None
    currency: str | None

    @property
    def missing(self) -> Decimal:
        """What is still to be sold; nothing once the target is reached."""
        return max(self.target - self.actual, ZERO)


async def attainments(ctx: kehu.Context, quotas: Sequence[Quota]) -> list[Attainment]:
    """How far each quota is reached; amounts in other currencies at the rates of their days. Raises NoCurrencyRate."""
    known: dict[Wanted, list[Sale]] = {}
    found = []
    for quota in quotas:
        wanted = Wanted(quota.measure, quota.starts_on, quota.ends_on, quota.product_id)
        if wanted not in known:
            known[wanted] = await sales(ctx, wanted)
        actual = await _counted(ctx, quota, known[wanted])
        found.append(Attainment(quota.target, actual, share_percent(actual, quota.target), quota.currency))
    return found


def together(each: Sequence[Attainment]) -> Attainment | None:
    """Several attainments in one currency as one; None of nothing, or of several currencies."""
    if not each or len({one.currency for one in each}) > 1:
        return None
    target, actual = sum((one.target for one in each), ZERO), sum((one.actual for one in each), ZERO)
    return Attainment(target, actual, share_percent(actual, target), each[0].currency)


async def _counted(ctx: kehu.Context, quota: Quota, sold: Sequence[Sale]) -> Decimal:
    teams: set[uuid.UUID | None] = set()
    if quota.holder is QuotaHolder.TEAM and quota.team_id is not None:
        teams = {*await teams_below(ctx, quota.team_id)}
    total = ZERO
    for sale in sold:
        amount = _part_of(quota, sale, teams)
        if amount and quota.currency is not None and sale.currency is not None:
            worth = await convert(ctx, amount, sale.currency, quota.currency, on=sale.on)
            amount = rounded(worth, quota.currency) if sale.currency != quota.currency else worth
        total += amount
    return total


def _part_of(quota: Quota, sale: Sale, teams: set[uuid.UUID | None]) -> Decimal:
    if quota.holder is QuotaHolder.USER:
        return ZERO if quota.owner_id is None else sale.parts.get(quota.owner_id, ZERO)
    counts = quota.holder is QuotaHolder.FIRM or sale.team_id in teams
    return sale.amount if counts else ZERO
