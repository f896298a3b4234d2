"""Which lines of invoices count for a programme, what they earn, and what they would earn."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerInvoiceLine
from kehu_partner_inventory.orders.models import ChannelOrderLine
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.product_groups.queries import group_of
from kehu_partner_inventory.rebates.models import NoMember, RebateProgramme, RebateTier
from kehu_partner_inventory.rebates.reckoning import RebateBase, Reckoned, Terms, reckon


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day; returns of what was billed in it count until `grace_until`."""

    first: date
    last: date
    grace_until: date

    @classmethod
    def of(cls, programme: RebateProgramme, first: date, last: date) -> Period:
        """A period with the programme's days of grace."""
        return cls(first, last, last + timedelta(days=programme.grace_days))

    def year_before(self) -> Period:
        """The same days a year earlier; 29 February becomes the 28th."""
        return Period(*(_year_before(day) for day in (self.first, self.last, self.grace_until)))


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
) -> tuple[Sequence[uuid.UUID], Reckoned]:
    """The lines of invoices that count, and what they earn."""
    rows = await _counting(ctx, programme, partner, period)
    before: list[Decimal] = []
    if programme.base is RebateBase.GROWTH:
        before = [row[1] for row in await _counting(ctx, programme, partner, period.year_before())]
    statement = sa.select(RebateTier).where(RebateTier.programme_id == programme.id)
    tiers = [each.tier for each in await ctx.session.scalars(kehu.unscoped(statement))]
    terms = Terms(programme.base, programme.kind, tiers, programme.currency, programme.cap_amount)
    return [row[0] for row in rows], reckon(terms, [row[1] for row in rows], before)


def check_currency(programme: RebateProgramme, partner: Partner) -> None:
    """Raise NoMember for a partner that owes in another currency."""
    if programme.currency != partner.currency:
        message = kehu.text(
            "{partner} does not owe in {currency}.", partner=partner.code, currency=programme.currency
        )
        raise NoMember(message, field="partner")


async def _counting(
    ctx: kehu.Context, programme: RebateProgramme, partner: Partner, period: Period
) -> Sequence[tuple[uuid.UUID, Decimal]]:
    """Lines that were billed in the period, and what came back of them until the days of grace are over."""
    line, invoice = PartnerInvoiceLine, PartnerInvoice
    first = sa.orm.aliased(line)
    billed = sa.orm.aliased(invoice)
    begun = (
        sa.select(sa.func.min(billed.issued_on))
        .join(first, first.invoice_id == billed.id)
        .where(first.order_line_id == line.order_line_id)
        .scalar_subquery()
    )
    counted_on: Any = sa.case((line.quantity > 0, invoice.issued_on), else_=begun)
    statement = (
        sa.select(line.id, line.amount)
        .join(invoice, invoice.id == line.invoice_id)
        .join(ChannelOrderLine, ChannelOrderLine.id == line.order_line_id)
        .join(kehu.Product, kehu.Product.id == ChannelOrderLine.product_id)
        .where(
            invoice.partner_id == partner.id,
            counted_on.between(period.first, period.last),
            invoice.issued_on <= period.grace_until,
            *_of_category(programme),
        )
        .order_by(invoice.number, line.id)
    )
    return [(row[0], row[1]) for row in await ctx.session.execute(kehu.unscoped(statement))]


def _of_category(programme: RebateProgramme) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if programme.category_id is not None:
        conditions.append(kehu.Product.category_id.in_(group_of(programme.category_id)))
    if programme.excluded_category_id is not None:
        within = kehu.Product.category_id.in_(group_of(programme.excluded_category_id))
        conditions.append(sa.or_(kehu.Product.category_id.is_(None), sa.not_(within)))
    return conditions


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
