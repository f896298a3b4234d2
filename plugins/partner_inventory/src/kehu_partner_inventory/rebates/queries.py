"""Which lines of invoices count for a programme, what they earn, and what they would earn."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.rebates.counting import Counted, Period, billed_in, counted_in, whoever_asks
from kehu_partner_inventory.rebates.models import NoMember, RebateProgramme, RebateTier
from kehu_partner_inventory.rebates.reckoning import RebateBase, Reckoned, Terms, reckon

BILLED = (RebateBase.SELL_IN, RebateBase.GROWTH, RebateBase.MIX)
"""What these reward stands on invoices and credit notes."""


@dataclasses.dataclass(frozen=True, slots=True)
class SimulatedRebate:
    """What a partner would have earned."""

    partner: Partner
    currency: str
    bought: Decimal
    before: Decimal
    counted: Decimal
    earned: Decimal
    is_capped: bool


@plugin.query(permission="partner_inventory.rebate_programme:simulate")
async def simulate_rebate(
    ctx: kehu.Context, programme: RebateProgramme, partners: list[Partner], from_on: date, until_on: date
) -> list[SimulatedRebate]:
    """What these partners would have earned had the programme held from one day to another; members or not."""
    period = Period.of(programme, from_on, until_on)
    rows = []
    for each in partners:
        check_currency(programme, each)
        _, result = await earned_in(ctx, programme, each, period)
        figures = (result.bought, result.before, result.counted, result.earned, result.is_capped)
        rows.append(SimulatedRebate(each, programme.currency, *figures))
    return rows


async def earned_in(
    ctx: kehu.Context, programme: RebateProgramme, partner: Partner, period: Period
) -> tuple[Sequence[Counted], Reckoned]:
    """What counts, and what it earns."""
    lines = await counted_in(ctx, programme, partner, period)
    before: list[Decimal] = []
    if programme.base is RebateBase.GROWTH:
        before = [each.amount for each in await counted_in(ctx, programme, partner, period.year_before())]
    focus = sum((each.amount for each in lines if each.is_focus), Decimal(0))
    terms = await _terms(ctx, programme)
    return lines, reckon(terms, [each.amount for each in lines], before, focus)


async def earned_by(
    ctx: kehu.Context, programme: RebateProgramme, partner: Partner, period: Period
) -> Decimal:
    """The same without the lines; what was billed is summed up by the database."""
    if programme.base not in BILLED:
        return (await earned_in(ctx, programme, partner, period))[1].earned
    total, focus = await billed_in(ctx, programme, partner, period)
    before = []
    if programme.base is RebateBase.GROWTH:
        before = [(await billed_in(ctx, programme, partner, period.year_before()))[0]]
    return reckon(await _terms(ctx, programme), [total], before, focus).earned


async def _terms(ctx: kehu.Context, programme: RebateProgramme) -> Terms:
    statement = sa.select(RebateTier).where(RebateTier.programme_id == programme.id)
    tiers = [each.tier for each in await whoever_asks.scalars(ctx, statement)]
    return Terms(programme.base, programme.kind, tiers, programme.currency, programme.cap_amount)


def check_currency(programme: RebateProgramme, partner: Partner) -> None:
    """Raise NoMember for a partner that owes in another currency."""
    if programme.currency != partner.currency:
        message = kehu.text(
            "{partner} does not owe in {currency}.", partner=partner.code, currency=programme.currency
        )
        raise NoMember(message, field="partner")
