"""Tracing: where goods of a lot came from, the way they took, and who has them."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.stock.models import StockBalance, StockMove

whoever_asks = kehu.Unscoped("a number is given once for each product")


@dataclasses.dataclass(frozen=True, slots=True)
class LotTrace:
    """The way of a lot or piece: its moves, oldest first, where it is now, who delivered it, who has it.

    `suppliers` delivered more than went back to them, `customers` got more than they brought back.
    """

    lot: Lot
    moves: list[StockMove]
    whereabouts: list[StockBalance]
    suppliers: list[kehu.Customer]
    customers: list[kehu.Customer]


@plugin.query(permission="partner_inventory.stock_move:read")
async def trace_lot(ctx: kehu.Context, lot: Lot) -> LotTrace:
    """From the supplier to the end customer, as far as you may see."""
    moved = sa.select(StockMove).where(StockMove.lot_id == lot.id).order_by(StockMove.moved_at, StockMove.id)
    moves = list((await ctx.session.scalars(moved)).all())
    there = sa.select(StockBalance).where(StockBalance.lot_id == lot.id, StockBalance.on_hand > 0)
    usages = await _usages(ctx, moves)
    delivered = _net(moves, usages, LocationUsage.SUPPLIER, sign=-1)
    sold = _net(moves, usages, LocationUsage.CUSTOMER, sign=1)
    whereabouts = list((await ctx.session.scalars(there)).all())
    return LotTrace(lot, moves, whereabouts, await _customers(ctx, delivered), await _customers(ctx, sold))


def _net(
    moves: list[StockMove], usages: Mapping[uuid.UUID, LocationUsage], usage: LocationUsage, *, sign: int
) -> list[uuid.UUID]:
    """Who got, or with sign -1 delivered, more than came back, in the order of the first move."""
    net: dict[uuid.UUID, Decimal] = defaultdict(Decimal)
    for move in moves:
        if move.customer_id is None:
            continue
        if usages.get(move.to_location_id) is usage:
            net[move.customer_id] += sign * move.quantity
        if usages.get(move.from_location_id) is usage:
            net[move.customer_id] -= sign * move.quantity
    return [key for key, quantity in net.items() if quantity > 0]


async def _usages(ctx: kehu.Context, moves: list[StockMove]) -> dict[uuid.UUID, LocationUsage]:
    keys = {key for move in moves for key in (move.from_location_id, move.to_location_id)}
    rows = await whoever_asks.execute(
        ctx, sa.select(Location.id, Location.usage).where(Location.id.in_(keys))
    )
    return {row[0]: row[1] for row in rows}


async def _customers(ctx: kehu.Context, keys: list[uuid.UUID]) -> list[kehu.Customer]:
    """Those of them who may be seen, in the same order."""
    rows = await ctx.session.scalars(sa.select(kehu.Customer).where(kehu.Customer.id.in_(keys)))
    found = {customer.id: customer for customer in rows}
    return [found[key] for key in keys if key in found]
