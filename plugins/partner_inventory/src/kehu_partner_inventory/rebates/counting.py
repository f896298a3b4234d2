"""Which lines of invoices, and which goods sold on, count for a programme."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import kehu
from kehu_partner_inventory.billing.models import (
    PartnerInvoice,
    PartnerInvoiceLine,
    PartnerPayment,
    PaymentShare,
)
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.orders.models import ChannelOrderLine, amount_of
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.product_groups.queries import group_of
from kehu_partner_inventory.rebates.models import RebateExclusion, RebateProgramme
from kehu_partner_inventory.rebates.reckoning import RebateBase
from kehu_partner_inventory.stock.models import StockMove

whoever_asks = kehu.Unscoped("a rebate counts all that was bought and paid")


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
class Counted:
    """An amount that counts, and the line of an invoice that it goes back to; of which goods, where they were sold on.

    `is_focus`: it is of the category whose share decides.
    """

    invoice_line_id: uuid.UUID
    amount: Decimal
    is_focus: bool = False
    move_id: uuid.UUID | None = None


async def counted_in(
    ctx: kehu.Context, programme: RebateProgramme, partner: Partner, period: Period
) -> Sequence[Counted]:
    """What counts of a partner in a period, by the base of the programme, whoever asks."""
    if programme.base is RebateBase.SELL_OUT:
        return await _sold_on(ctx, programme, partner, period)
    rows = (await whoever_asks.execute(ctx, _billed(programme, partner, period))).all()
    if programme.base is RebateBase.ON_TIME_PAYMENT:
        paid = await _paid_in_time(ctx, programme, partner)
        rows = [row for row in rows if row.begun_id in paid]
    focus: set[uuid.UUID] = set()
    if programme.mix_category_id is not None:
        within = group_of(programme.mix_category_id)
        focus = set((await whoever_asks.scalars(ctx, within)).all())
    return [Counted(row.id, row.amount, row.category_id in focus) for row in rows]


async def billed_in(
    ctx: kehu.Context, programme: RebateProgramme, partner: Partner, period: Period
) -> tuple[Decimal, Decimal]:
    """What was billed in a period, less what came back, and what of that decides the mix: sums, whoever asks."""
    rows = _billed(programme, partner, period).order_by(None).subquery()
    is_focus: Any = sa.false()
    if programme.mix_category_id is not None:
        is_focus = rows.c.category_id.in_(group_of(programme.mix_category_id))
    focus = sa.func.sum(sa.case((is_focus, rows.c.amount), else_=sa.literal(Decimal(0), rows.c.amount.type)))
    found = (await whoever_asks.execute(ctx, sa.select(sa.func.sum(rows.c.amount), focus))).one()
    return found[0] or Decimal(0), found[1] or Decimal(0)


def _billed(programme: RebateProgramme, partner: Partner, period: Period) -> sa.Select[Any]:
    """Lines that were billed in the period, and what came back of them until the days of grace are over."""
    line, invoice = PartnerInvoiceLine, PartnerInvoice
    first, billed = aliased(line), aliased(invoice)
    begun = (
        sa.select(billed.id)
        .join(first, first.invoice_id == billed.id)
        .where(first.order_line_id == line.order_line_id)
        .order_by(billed.issued_on, billed.number)
        .limit(1)
        .correlate(line)
        .scalar_subquery()
    )
    day = sa.select(billed.issued_on).where(billed.id == begun).correlate(line).scalar_subquery()
    counted_on: Any = sa.case((line.quantity > 0, invoice.issued_on), else_=day)
    begun_id: Any = sa.case((line.quantity > 0, invoice.id), else_=begun)
    return (
        sa.select(line.id, line.amount, kehu.Product.category_id, begun_id.label("begun_id"))
        .join(invoice, invoice.id == line.invoice_id)
        .join(ChannelOrderLine, ChannelOrderLine.id == line.order_line_id)
        .join(kehu.Product, kehu.Product.id == ChannelOrderLine.product_id)
        .where(
            invoice.partner_id == partner.id,
            counted_on.between(period.first, period.last),
            invoice.issued_on <= period.grace_until,
            *_countable(programme),
        )
        .order_by(invoice.number, line.id)
    )


async def _paid_in_time(ctx: kehu.Context, programme: RebateProgramme, partner: Partner) -> set[uuid.UUID]:
    """Invoices that were paid, or set off, until their day and the days of grace for payments."""
    i, share = PartnerInvoice, PaymentShare
    statement = (
        sa.select(i.id, i.amount, i.due_on, share.amount, PartnerPayment.received_on)
        .join(share, share.invoice_id == i.id)
        .join(PartnerPayment, PartnerPayment.id == share.payment_id)
        .where(i.partner_id == partner.id, i.amount > 0)
    )
    owed: dict[uuid.UUID, Decimal] = {}
    grace = timedelta(days=programme.payment_grace_days)
    for key, amount, due_on, paid, received_on in await whoever_asks.execute(ctx, statement):
        in_time = received_on <= due_on + grace
        owed[key] = owed.get(key, amount) - (paid if in_time else Decimal(0))
    return {key for key, amount in owed.items() if amount <= 0}


async def _sold_on(
    ctx: kehu.Context, programme: RebateProgramme, partner: Partner, period: Period
) -> Sequence[Counted]:
    """Goods that went from the partner's own locations to customers, and back, at what it last paid for them."""
    moved = (await whoever_asks.execute(ctx, _moves(programme, partner, period))).all()
    prices = await _prices(ctx, partner, {row.product_id for row in moved})
    found = []
    for row in moved:
        known = prices.get(row.product_id)
        if known is None:
            continue
        day = row.counted_at.date()
        key, price = [*known[:1], *(each for each in known if each[0] <= day)][-1][1:]
        amount = amount_of(row.quantity, price, programme.currency)
        found.append(Counted(key, amount if row.is_out else -amount, move_id=row.id))
    return found


def _moves(programme: RebateProgramme, partner: Partner, period: Period) -> Any:
    m, undone = StockMove, aliased(StockMove)
    source, target = aliased(Location), aliased(Location)
    own = {"holder": partner.customer_id, "usage": LocationUsage.PARTNER}
    is_out = sa.and_(
        source.holder_id == own["holder"],
        source.usage == own["usage"],
        target.usage == LocationUsage.CUSTOMER,
    )
    is_back = sa.and_(
        target.holder_id == own["holder"],
        target.usage == own["usage"],
        source.usage == LocationUsage.CUSTOMER,
    )
    counted_at = sa.func.coalesce(undone.moved_at, m.moved_at, type_=m.moved_at.type)
    return (
        sa.select(m.id, m.product_id, m.quantity, counted_at.label("counted_at"), is_out.label("is_out"))
        .join(source, source.id == m.from_location_id)
        .join(target, target.id == m.to_location_id)
        .join(kehu.Product, kehu.Product.id == m.product_id)
        .outerjoin(undone, undone.id == m.reverses_id)
        .where(
            sa.or_(is_out, is_back),
            counted_at >= _start_of(period.first),
            counted_at < _start_of(period.last + timedelta(days=1)),
            m.moved_at < _start_of(period.grace_until + timedelta(days=1)),
            *_countable(programme),
        )
        .order_by(m.moved_at, m.id)
    )


Price = tuple[date, uuid.UUID, Decimal]


async def _prices(
    ctx: kehu.Context, partner: Partner, products: set[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Price]]:
    """What was billed of each product: day, line of the invoice, and price of a unit, oldest first."""
    line, invoice, ordered = PartnerInvoiceLine, PartnerInvoice, ChannelOrderLine
    statement = (
        sa.select(ordered.product_id, invoice.issued_on, line.id, ordered.unit_price)
        .join(invoice, invoice.id == line.invoice_id)
        .join(ordered, ordered.id == line.order_line_id)
        .where(invoice.partner_id == partner.id, ordered.product_id.in_(products), line.quantity > 0)
        .order_by(invoice.issued_on, invoice.number, line.id)
    )
    found: dict[uuid.UUID, list[Price]] = defaultdict(list)
    for product, day, key, price in await whoever_asks.execute(ctx, statement):
        found[product].append((day, key, price))
    return found


def _countable(programme: RebateProgramme) -> list[sa.ColumnElement[bool]]:
    excluded = sa.select(RebateExclusion.product_id).where(RebateExclusion.programme_id == programme.id)
    conditions: list[sa.ColumnElement[bool]] = [kehu.Product.id.not_in(excluded)]
    if programme.category_id is not None:
        conditions.append(kehu.Product.category_id.in_(group_of(programme.category_id)))
    if programme.excluded_category_id is not None:
        within = kehu.Product.category_id.in_(group_of(programme.excluded_category_id))
        conditions.append(sa.or_(kehu.Product.category_id.is_(None), sa.not_(within)))
    return conditions


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
