"""Orders that wait for goods: who comes first, and how much the others miss."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.orders.models import ChannelOrder, ChannelOrderLine, ChannelOrderStatus
from kehu_partner_inventory.orders.queries import whoever_asks
from kehu_partner_inventory.stock.models import QUANTITY

WAITING = (ChannelOrderStatus.CONFIRMED, ChannelOrderStatus.PARTLY_SHIPPED)
_l = ChannelOrderLine
_MISSING = _l.quantity - _l.allocated - _l.shipped - _l.cancelled


async def waiting_for(ctx: kehu.Context, products: Sequence[uuid.UUID]) -> Sequence[uuid.UUID]:
    """The orders that one may see and that miss some of these products: by priority, then who was confirmed first."""
    order = ChannelOrder
    statement = (
        sa.select(order.id)
        .where(order.status.in_(WAITING), _misses(products))
        .order_by(order.priority.desc(), order.confirmed_at, order.number)
    )
    return (await ctx.session.scalars(statement)).all()


async def anybody_waits_for(ctx: kehu.Context, products: Sequence[uuid.UUID]) -> bool:
    """Whether any order misses any of these products."""
    order = ChannelOrder
    statement = sa.select(order.id).where(order.status.in_(WAITING), _misses(products)).limit(1)
    return await whoever_asks.exists(ctx, statement)


async def missing_before(
    ctx: kehu.Context, order: ChannelOrder, products: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Decimal]:
    """How much the orders miss that come before this one, by product."""
    other, line = ChannelOrder, ChannelOrderLine
    is_before = sa.or_(
        other.priority > order.priority,
        sa.and_(
            other.priority == order.priority,
            sa.tuple_(other.confirmed_at, other.number) < sa.tuple_(order.confirmed_at, order.number),
        ),
    )
    statement = (
        sa.select(line.product_id, sa.func.sum(sa.type_coerce(_MISSING, QUANTITY)))
        .join(other, other.id == line.order_id)
        .where(line.product_id.in_(products), other.status.in_(WAITING), other.id != order.id, is_before)
        .group_by(line.product_id)
    )
    found: dict[uuid.UUID, Decimal] = defaultdict(Decimal)
    if products:
        found.update({row[0]: row[1] for row in await whoever_asks.execute(ctx, statement)})
    return found


def _misses(products: Sequence[uuid.UUID]) -> sa.ColumnElement[bool]:
    """Looked at order by order: few wait, however many there have been."""
    line = ChannelOrderLine
    return sa.exists().where(line.order_id == ChannelOrder.id, line.product_id.in_(products), _MISSING > 0)
