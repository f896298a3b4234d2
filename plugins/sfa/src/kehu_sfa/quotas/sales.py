"""What was sold, piece by piece, with who gets the credit for it."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.money.rounding import HUNDRED, ZERO, rounded, split
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.opportunity_lines.models import OpportunityLine
from kehu_sfa.orders.models import Order, OrderLine, OrderStatus, Payment
from kehu_sfa.pipelines.models import Stage, StageCategory
from kehu_sfa.quotas.models import QuotaMeasure
from kehu_sfa.splits.models import OpportunitySplit

whoever_asks = kehu.Unscoped("who may see a quota sees all that counts for it")

Parts = dict[uuid.UUID, Decimal]


@dataclasses.dataclass(frozen=True, slots=True)
class Sale:
    """So much on a day; `amount` is in `currency`, or in units where there is none.

    `parts` is who gets how much of it: those who share the opportunity, else the owner.
    """

    on: date
    amount: Decimal
    currency: str | None
    team_id: uuid.UUID | None
    parts: Parts


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """Which sales are looked at: of what, on which days, both included, of which product if not of all."""

    measure: QuotaMeasure
    first: date
    last: date
    product_id: uuid.UUID | None = None


async def sales(ctx: kehu.Context, wanted: Wanted) -> list[Sale]:
    """All sales, whoever may see them: a quota counts what was sold, not what its reader sees of it."""
    if wanted.measure is QuotaMeasure.WON_AMOUNT:
        return await _won(ctx, wanted)
    if wanted.measure is QuotaMeasure.CASH:
        return await _paid(ctx, wanted)
    return await _ordered(ctx, wanted)


async def _won(ctx: kehu.Context, wanted: Wanted) -> list[Sale]:
    o = Opportunity
    found = (
        sa.select(o)
        .join(Stage, Stage.id == o.stage_id)
        .where(Stage.category == StageCategory.WON, o.closed_on.between(wanted.first, wanted.last))
        .where(o.archived_at.is_(None), o.amount.is_not(None))
        .order_by(o.id)
    )
    deals = (await whoever_asks.scalars(ctx, found)).all()
    lines = await _of_product(ctx, _DEAL_LINES, wanted)
    shares = await _shares(ctx)
    made = []
    for deal in deals:
        amount = deal.amount
        if wanted.product_id is not None:
            whole = deal.amount if deal.product_id == wanted.product_id else None
            own = lines.of.get(deal.id, ZERO)
            amount = own if deal.id in lines.having else whole
        if amount is not None and deal.closed_on is not None:
            parts = parts_of(amount, deal.currency, shares.get(deal.id), deal.owner_id)
            made.append(Sale(deal.closed_on, amount, deal.currency, deal.team_id, parts))
    return made


async def _ordered(ctx: kehu.Context, wanted: Wanted) -> list[Sale]:
    bound = (OrderStatus.CONFIRMED, OrderStatus.FULFILLED)
    found = (
        sa.select(Order, OrderLine)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.status.in_(bound), Order.ordered_on.between(wanted.first, wanted.last))
        .where(Order.archived_at.is_(None))
        .order_by(Order.id, OrderLine.position)
    )
    if wanted.product_id is not None:
        found = found.where(OrderLine.product_id == wanted.product_id)
    amounts: dict[Order, Decimal] = defaultdict(lambda: ZERO)
    for order, line in (await whoever_asks.execute(ctx, found)).all():
        amounts[order] += _of_line(line, wanted.measure)
    shares, made = await _shares(ctx), []
    for order, amount in amounts.items():
        currency = order.currency if wanted.measure.is_money else None
        kept = amount if currency is None else _kept(order, amount)
        parts = parts_of(kept, currency, shares.get(order.opportunity_id), order.owner_id)
        made.append(Sale(order.ordered_on, kept, currency, order.team_id, parts))
    return made


async def _paid(ctx: kehu.Context, wanted: Wanted) -> list[Sale]:
    found = (
        sa.select(Payment, Order)
        .join(Order, Order.id == Payment.order_id)
        .where(Payment.received_on.between(wanted.first, wanted.last))
        .order_by(Payment.id)
    )
    lines = await _of_product(ctx, _ORDER_LINES, wanted)
    shares, made = await _shares(ctx), []
    for payment, order in (await whoever_asks.execute(ctx, found)).all():
        amount = payment.amount
        if wanted.product_id is not None:
            share = lines.of.get(order.id, ZERO)
            amount = rounded(amount * share / order.net_amount, order.currency) if order.net_amount else ZERO
        parts = parts_of(amount, order.currency, shares.get(order.opportunity_id), order.owner_id)
        made.append(Sale(payment.received_on, amount, order.currency, order.team_id, parts))
    return made


def _of_line(line: OrderLine, measure: QuotaMeasure) -> Decimal:
    if measure is QuotaMeasure.UNITS:
        return line.quantity
    if measure is QuotaMeasure.MARGIN:
        return line.margin_amount or ZERO
    return line.net_amount


def _kept(order: Order, amount: Decimal) -> Decimal:
    """What is left of an amount after what came back, which takes as much of it as of the total."""
    if not order.returned_amount:
        return amount
    left = order.total_amount - order.returned_amount
    return rounded(amount * left / order.total_amount, order.currency)


_DEAL_LINES = sa.select(OpportunityLine.opportunity_id, OpportunityLine.product_id, OpportunityLine.amount)
_ORDER_LINES = sa.select(OrderLine.order_id, OrderLine.product_id, OrderLine.net_amount)


@dataclasses.dataclass(frozen=True, slots=True)
class _ProductLines:
    """What lines of the product come to by what they belong to, and what has lines at all."""

    of: dict[uuid.UUID, Decimal]
    having: set[uuid.UUID]


async def _of_product(
    ctx: kehu.Context, lines: sa.Select[uuid.UUID, uuid.UUID | None, Decimal], wanted: Wanted
) -> _ProductLines:
    if wanted.product_id is None:
        return _ProductLines({}, set())
    found = (await whoever_asks.execute(ctx, lines)).all()
    of: dict[uuid.UUID, Decimal] = defaultdict(lambda: ZERO)
    for key, product_id, value in found:
        if product_id == wanted.product_id:
            of[key] += value
    return _ProductLines(dict(of), {key for key, _, _ in found})


async def _shares(ctx: kehu.Context) -> dict[uuid.UUID | None, list[tuple[uuid.UUID, Decimal]]]:
    s = OpportunitySplit
    found = sa.select(s.opportunity_id, s.user_id, s.percent).order_by(s.opportunity_id, s.id)
    shares: dict[uuid.UUID | None, list[tuple[uuid.UUID, Decimal]]] = defaultdict(list)
    for key, user_id, percent in (await whoever_asks.execute(ctx, found)).all():
        shares[key].append((user_id, percent))
    return dict(shares)


def parts_of(
    amount: Decimal,
    currency: str | None,
    shares: Sequence[tuple[uuid.UUID, Decimal]] | None,
    owner_id: uuid.UUID | None,
) -> Parts:
    """Who gets how much; the parts always sum to the amount, in the smallest unit of its currency."""
    if not shares:
        return {} if owner_id is None else {owner_id: amount}
    percents = [percent for _, percent in shares]
    if currency is None:
        parts = [amount * percent / HUNDRED for percent in percents]
    else:
        parts = split(rounded(amount, currency), percents, currency)
    return {user_id: part for (user_id, _), part in zip(shares, parts, strict=True)}
