"""The lines of an order, and what is held back for them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.orders.models import ChannelOrder, ChannelOrderLine, OrderAllocation
from kehu_partner_inventory.reservations.models import Reservation, ReservationState

whoever_asks = kehu.Unscoped("an order has all its lines, and takes what is there in its turn")


async def lines_of(ctx: kehu.Context, order: ChannelOrder) -> Sequence[ChannelOrderLine]:
    """All lines; who may see the order may see them."""
    statement = (
        sa.select(ChannelOrderLine)
        .where(ChannelOrderLine.order_id == order.id)
        .order_by(ChannelOrderLine.position)
    )
    return (await whoever_asks.scalars(ctx, statement)).all()


async def held_for(
    ctx: kehu.Context, lines: Sequence[ChannelOrderLine]
) -> Mapping[uuid.UUID, Sequence[Reservation]]:
    """The open reservations of each line, oldest first."""
    statement = (
        sa.select(OrderAllocation.line_id, Reservation)
        .join(Reservation, Reservation.id == OrderAllocation.reservation_id)
        .where(
            OrderAllocation.line_id.in_([line.id for line in lines]),
            Reservation.state == ReservationState.ACTIVE,
        )
        .order_by(Reservation.id)
    )
    found: dict[uuid.UUID, list[Reservation]] = defaultdict(list)
    for line_id, reservation in await whoever_asks.execute(ctx, statement):
        found[line_id].append(reservation)
    return found


async def lock_order(ctx: kehu.Context, order: ChannelOrder) -> None:
    """Read the order as it is now; nobody else changes it until this transaction ends."""
    await ctx.session.refresh(order, with_for_update=True)
