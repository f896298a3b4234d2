"""What must hold of units, classes and profiles, and of products that are in stock."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.plugin import count_class, plugin, stock_profile, stock_unit
from kehu_partner_inventory.stock.models import StockMove
from kehu_partner_inventory.stocking.models import (
    CountClass,
    ImpossibleNumber,
    StockProfile,
    StockUnit,
    TrackingFixed,
)
from kehu_partner_inventory.stocking.quantities import whoever_asks


@stock_unit.before_write
async def check_unit(ctx: kehu.Context, change: kehu.Change[StockUnit]) -> None:
    """A unit has 0 to 4 decimals, and no fewer than before while goods are counted in it."""
    if change.deleting or change.obj.decimals is None:
        return
    change.obj.name = change.obj.name and change.obj.name.strip()
    with change.noting():
        change.obj.check()
        before = change.old(StockUnit.decimals)
        if before is not None and change.obj.decimals < before and await _in_stock(ctx, change.obj.name):
            message = kehu.text(
                "Goods are counted in {unit} with {n} decimals.", unit=change.obj.name, n=before
            )
            raise ImpossibleNumber(message, field=StockUnit.decimals)


@count_class.before_write
async def check_class(_ctx: kehu.Context, change: kehu.Change[CountClass]) -> None:
    """An interval of a day or more, and no tolerance below zero."""
    if change.deleting or None in (change.obj.interval_days, change.obj.tolerance_percent):
        return
    with change.noting():
        change.obj.check()


@stock_profile.before_write
async def keep_lots(ctx: kehu.Context, change: kehu.Change[StockProfile]) -> None:
    """Whether a product has lots stays once it has moved; one with serial numbers needs no lots."""
    profile = change.obj
    if change.deleting or not change.touches(StockProfile.is_lot_tracked):
        return
    before = bool(change.old(StockProfile.is_lot_tracked))
    with change.noting():
        if profile.is_lot_tracked != before and await _has_moved(ctx, profile.product_id):
            message = kehu.text("The product has moved; whether it has lots stays.")
            raise TrackingFixed(message, field=StockProfile.is_lot_tracked)


@plugin.before_write(kehu.Product)
async def keep_tracking(ctx: kehu.Context, change: kehu.Change[kehu.Product]) -> None:
    """The unit of a product, and whether it has serial numbers, stay once it has moved."""
    if change.creating or change.deleting:
        return
    for attribute in (kehu.Product.unit, kehu.Product.is_serial_tracked):
        if change.touches(attribute) and await _has_moved(ctx, change.obj.id):
            message = kehu.text("{name} has moved; what its quantities mean stays.", name=change.obj.name)
            change.error(message, field=attribute, code=TrackingFixed.code)


async def _has_moved(ctx: kehu.Context, product_id: uuid.UUID) -> bool:
    """Whether the product ever moved; waits for moves that are under way, which lock the product."""
    product = sa.select(kehu.Product.id).where(kehu.Product.id == product_id).with_for_update()
    await whoever_asks.execute(ctx, product)
    found = sa.select(StockMove.id).where(StockMove.product_id == product_id).limit(1)
    return await whoever_asks.exists(ctx, found)


async def _in_stock(ctx: kehu.Context, unit: str) -> bool:
    found = (
        sa.select(StockMove.id)
        .join(kehu.Product, kehu.Product.id == StockMove.product_id)
        .where(kehu.Product.unit == unit)
        .limit(1)
    )
    return await whoever_asks.exists(ctx, found)
