"""Holders: the orders that reservations and moves belong to; beside their verbs nobody touches them."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import parse_global_id
from kehu_partner_inventory.orders.models import ChannelOrder, ChannelOrderLine, OrderAllocation
from kehu_partner_inventory.reservations.models import HeldForOrder, Reservation
from kehu_partner_inventory.reservations.queries import whoever_asks
from kehu_partner_inventory.stock.models import StockMove


async def check_held_for_no_order(ctx: kehu.Context, reservation: Reservation) -> None:
    """Raise HeldForOrder where an order counts on what is held back."""
    number = await _holder(ctx, reservation.id)
    if number is not None:
        message = kehu.text("It holds goods back for {order}; use the verbs of the order.", order=number)
        raise HeldForOrder(message)


async def check_moved_for_no_order(ctx: kehu.Context, move: StockMove) -> None:
    """Raise HeldForOrder where an order counts on what has left, or come back."""
    number = None if move.reservation_id is None else await _holder(ctx, move.reservation_id)
    if number is None and move.reason == "RETURN":
        number = await order_named(ctx, move.document)
    if number is not None:
        message = kehu.text("It moved for {order}; take the goods back, or order them again.", order=number)
        raise HeldForOrder(message)


async def check_returns_to_no_order(ctx: kehu.Context, document: kehu.GlobalId | None) -> None:
    """Raise HeldForOrder where what comes back is said to be of an order, which takes back itself."""
    number = await order_named(ctx, document)
    if number is not None:
        message = kehu.text("What comes back of {order} is taken back by the order.", order=number)
        raise HeldForOrder(message, field="document")


async def order_named(ctx: kehu.Context, document: kehu.GlobalId | None) -> str | None:
    """The number of the order that an id names, if it names one, as far as it may be told."""
    if document is None:
        return None
    type_name, key = parse_global_id(document)
    if type_name != "ChannelOrder":
        return None
    number = whoever_asks.told(ctx, ChannelOrder.number)
    return await whoever_asks.scalar(ctx, sa.select(number).where(ChannelOrder.id == key))


async def _holder(ctx: kehu.Context, reservation_id: object) -> str | None:
    statement = (
        sa.select(whoever_asks.told(ctx, ChannelOrder.number))
        .join(ChannelOrderLine, ChannelOrderLine.order_id == ChannelOrder.id)
        .join(OrderAllocation, OrderAllocation.line_id == ChannelOrderLine.id)
        .where(OrderAllocation.reservation_id == reservation_id)
    )
    return await whoever_asks.scalar(ctx, statement)
