"""How well orders are met: how much at once, and how long it takes; by partner."""

from __future__ import annotations

import dataclasses
import statistics
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

import kehu
from kehu_partner_inventory.orders.models import ZERO, ChannelOrder, ChannelOrderLine
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.partners.queries import subtree_of
from kehu_partner_inventory.plugin import plugin

_TENTH = Decimal("0.1")


@dataclasses.dataclass(frozen=True, slots=True)
class FillRate:
    """How much of what a partner's orders wanted could be held back at once when they were confirmed.

    The percentages are of the quantity, of the lines and of the orders that were met in full.
    """

    partner: Partner
    orders: int
    lines: int
    ordered: Decimal
    filled: Decimal
    quantity_percent: Decimal
    lines_percent: Decimal
    orders_percent: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class CycleTime:
    """Hours from ordering until the last of it had left: over a partner's orders that were shipped in a period."""

    partner: Partner
    orders: int
    mean_hours: Decimal
    median_hours: Decimal
    longest_hours: Decimal
    late: int


@plugin.query(permission="partner_inventory.channel_order:read")
async def fill_rates(
    ctx: kehu.Context, from_on: date, until_on: date, partner: Partner | None = None
) -> list[FillRate]:
    """How well orders were met that were confirmed in a period: of a partner and all below it, or of all."""
    order, line = ChannelOrder, ChannelOrderLine
    statement = (
        sa.select(order.partner_id, order.id, line.quantity, line.filled)
        .join(line, line.order_id == order.id)
        .where(*_within(ctx, order.confirmed_at, from_on, until_on), *_of(partner))
    )
    found: dict[uuid.UUID, dict[uuid.UUID, list[tuple[Decimal, Decimal]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for partner_id, order_id, quantity, filled in await ctx.session.execute(statement):
        found[partner_id][order_id].append((quantity, filled))
    return [_fill_rate(each, list(found[each.id].values())) for each in await _partners(ctx, list(found))]


@plugin.query(permission="partner_inventory.channel_order:read")
async def cycle_times(
    ctx: kehu.Context, from_on: date, until_on: date, partner: Partner | None = None
) -> list[CycleTime]:
    """How long orders took that were shipped in a period: of a partner and all below it, or of all."""
    order = ChannelOrder
    statement = sa.select(order.partner_id, order.submitted_at, order.shipped_at, order.wanted_on).where(
        *_within(ctx, order.shipped_at, from_on, until_on), *_of(partner), order.submitted_at.is_not(None)
    )
    zone = ZoneInfo(ctx.principal.time_zone)
    found: dict[uuid.UUID, list[tuple[Decimal, bool]]] = defaultdict(list)
    for partner_id, submitted_at, shipped_at, wanted_on in await ctx.session.execute(statement):
        assert submitted_at is not None
        assert shipped_at is not None
        is_late = wanted_on is not None and shipped_at.astimezone(zone).date() > wanted_on
        found[partner_id].append(
            (Decimal((shipped_at - submitted_at) // timedelta(seconds=1)) / 3600, is_late)
        )
    return [_cycle_time(each, found[each.id]) for each in await _partners(ctx, list(found))]


def _fill_rate(partner: Partner, orders: Sequence[Sequence[tuple[Decimal, Decimal]]]) -> FillRate:
    lines = [line for order in orders for line in order]
    ordered = sum((quantity for quantity, _ in lines), ZERO)
    filled = sum((part for _, part in lines), ZERO)
    whole = sum(quantity == part for quantity, part in lines)
    at_once = sum(all(quantity == part for quantity, part in order) for order in orders)
    return FillRate(
        partner,
        len(orders),
        len(lines),
        ordered,
        filled,
        percent(filled, ordered),
        percent(Decimal(whole), Decimal(len(lines))),
        percent(Decimal(at_once), Decimal(len(orders))),
    )


def _cycle_time(partner: Partner, shipped: Sequence[tuple[Decimal, bool]]) -> CycleTime:
    hours = [each for each, _ in shipped]
    return CycleTime(
        partner,
        len(hours),
        _rounded(statistics.mean(hours)),
        _rounded(statistics.median(hours)),
        _rounded(max(hours)),
        sum(is_late for _, is_late in shipped),
    )


def _rounded(hours: Decimal) -> Decimal:
    return hours.quantize(_TENTH, ROUND_HALF_EVEN)


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """A share in percent with one decimal; 0 of nothing."""
    return (part * 100 / whole).quantize(_TENTH, ROUND_HALF_EVEN) if whole else ZERO


def _of(partner: Partner | None) -> list[sa.ColumnElement[bool]]:
    return [] if partner is None else [ChannelOrder.partner_id.in_(subtree_of(partner.id))]


def _within(
    ctx: kehu.Context, column: InstrumentedAttribute[datetime | None], first: date, last: date
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """From the first day to the last, as days are where who asks is."""
    zone = ZoneInfo(ctx.principal.time_zone)
    begins, ends = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + timedelta(days=1))
    )
    return column >= begins, column < ends


async def _partners(ctx: kehu.Context, keys: Sequence[uuid.UUID]) -> Sequence[Partner]:
    statement = sa.select(Partner).where(Partner.id.in_(keys)).order_by(Partner.code)
    return (await ctx.session.scalars(statement)).all()
