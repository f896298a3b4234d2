"""What stocktakes need to know of the books."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.stock.books import Key
from kehu_partner_inventory.stock.models import StockBalance
from kehu_partner_inventory.stocking.models import CountClass, StockProfile
from kehu_partner_inventory.stocktakes.models import Stocktake, StocktakeLine, StocktakeState

whoever_asks = kehu.Unscoped("a count is of all that is there")


async def lines_of(ctx: kehu.Context, stocktake: Stocktake) -> Sequence[StocktakeLine]:
    """All lines of a stocktake; who may see it may see them."""
    statement = (
        sa.select(StocktakeLine).where(StocktakeLine.stocktake_id == stocktake.id).order_by(StocktakeLine.id)
    )
    return (await whoever_asks.scalars(ctx, statement)).all()


async def line_of(ctx: kehu.Context, stocktake: Stocktake, key: Key) -> StocktakeLine | None:
    """The line of one balance."""
    statement = sa.select(StocktakeLine).where(
        StocktakeLine.stocktake_id == stocktake.id,
        StocktakeLine.product_id == key.product_id,
        StocktakeLine.lot_id.is_not_distinct_from(key.lot_id),
    )
    return (await whoever_asks.scalars(ctx, statement)).one_or_none()


async def book_values(
    ctx: kehu.Context, location_id: UUID, products: Collection[UUID] | None = None
) -> dict[Key, tuple[Decimal, int]]:
    """What is on hand at a location, and after how many moves, as of now; of these products, or of all."""
    statement = sa.select(
        *(StockBalance.product_id, StockBalance.location_id, StockBalance.lot_id),
        *(StockBalance.on_hand, StockBalance.move_count),
    ).where(StockBalance.location_id == location_id)
    if products is not None:
        statement = statement.where(StockBalance.product_id.in_(products))
    statement = statement.order_by(StockBalance.product_id, StockBalance.lot_id)
    rows = await whoever_asks.execute(ctx, statement)
    return {Key(*row[:3]): (row[3], row[4]) for row in rows}


async def due_for_count(
    ctx: kehu.Context, location: Location, count_class: CountClass, *, on: date
) -> list[UUID]:
    """The products of a class at a location that were last counted longer ago than the class allows, or never."""
    oldest = on - timedelta(days=count_class.interval_days)
    counted = (
        sa.select(StocktakeLine.product_id, sa.func.max(StocktakeLine.counted_at))
        .join(Stocktake, Stocktake.id == StocktakeLine.stocktake_id)
        .where(Stocktake.location_id == location.id, Stocktake.state == StocktakeState.POSTED)
        .group_by(StocktakeLine.product_id)
    )
    last = {row[0]: row[1] for row in await whoever_asks.execute(ctx, counted)}
    stocked = (
        sa.select(StockBalance.product_id)
        .join(StockProfile, StockProfile.product_id == StockBalance.product_id)
        .where(StockBalance.location_id == location.id, StockProfile.count_class_id == count_class.id)
        .distinct()
        .order_by(StockBalance.product_id)
    )
    products = (await whoever_asks.scalars(ctx, stocked)).all()
    return [key for key in products if (counted_at := last.get(key)) is None or counted_at.date() <= oldest]
