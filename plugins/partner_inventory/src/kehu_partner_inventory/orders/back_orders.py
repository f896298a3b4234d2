"""Back-orders: when goods come in, become free or are expected, those who wait for them get them in their turn."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.orders.allocating import allocate_lines
from kehu_partner_inventory.orders.models import ChannelOrder
from kehu_partner_inventory.orders.queries import lines_of, lock_order, whoever_asks
from kehu_partner_inventory.orders.rules import partner_of
from kehu_partner_inventory.orders.waiting import WAITING, anybody_waits_for, waiting_for
from kehu_partner_inventory.plugin import expected_receipt, plugin, reservation, stock_move
from kehu_partner_inventory.receipts.models import ExpectedReceipt
from kehu_partner_inventory.reservations.models import Reservation, ReservationState
from kehu_partner_inventory.stock.models import StockMove

_FREE = (ReservationState.RELEASED, ReservationState.EXPIRED)


@plugin.job()
async def allocate_back_orders(ctx: kehu.Context, product_id: str) -> None:
    """Hold goods back for the orders that miss a product: the highest priority first, then the oldest.

    Each order by itself, so that nobody waits for all of them; a second run finds less to do.
    """
    for key in await waiting_for(ctx, [uuid.UUID(product_id)]):
        async with ctx.write():
            order = (await ctx.session.scalars(sa.select(ChannelOrder).where(ChannelOrder.id == key))).one()
            await lock_order(ctx, order)
            if order.status in WAITING:
                lines = await lines_of(ctx, order)
                await allocate_lines(ctx, order, await partner_of(ctx, order), lines)


@stock_move.after_write
async def arrivals_meet_back_orders(ctx: kehu.Context, change: kehu.Change[StockMove]) -> None:
    """What comes in to a location of ours is for those who wait for it."""
    if change.creating and await _is_ours(ctx, change.obj.to_location_id):
        await _retry(ctx, change.obj.product_id)


@reservation.after_write
async def what_is_free_meets_back_orders(ctx: kehu.Context, change: kehu.Change[Reservation]) -> None:
    """What nobody is promised any more is for those who wait for it."""
    if change.obj.state in _FREE and change.touches(Reservation.state):
        await _retry(ctx, change.obj.product_id)


@expected_receipt.after_write
async def promises_follow_what_is_on_order(ctx: kehu.Context, change: kehu.Change[ExpectedReceipt]) -> None:
    """When more, less, or something at another time is on order, those who wait are told another day."""
    await _retry(ctx, change.obj.product_id)


async def _is_ours(ctx: kehu.Context, location_id: uuid.UUID) -> bool:
    statement = sa.select(Location.usage).where(Location.id == location_id)
    return await whoever_asks.scalar(ctx, statement) is LocationUsage.INTERNAL


async def _retry(ctx: kehu.Context, product_id: uuid.UUID) -> None:
    if await anybody_waits_for(ctx, [product_id]):
        key = f"back-orders-{product_id}"
        await ctx.enqueue(allocate_back_orders, {"product_id": str(product_id)}, key=key)
