"""What must hold of moves once something was counted."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.plugin import stock_move
from kehu_partner_inventory.stock.models import StockMove
from kehu_partner_inventory.stocktakes.models import CountedSince, Stocktake, StocktakeLine
from kehu_partner_inventory.stocktakes.queries import whoever_asks


@stock_move.before_write
async def nothing_moves_before_a_count(ctx: kehu.Context, change: kehu.Change[StockMove]) -> None:
    """What was counted afterwards has been counted already: a move is not dated before the posted count."""
    move = change.obj
    if not change.creating or move.moved_at >= move.created_at:
        return
    line, taken = StocktakeLine, Stocktake
    by_stocktake = (
        sa.select(line.counted_at)
        .join(taken, taken.id == line.stocktake_id)
        .where(
            taken.posted_at.is_not(None),
            taken.location_id.in_((move.from_location_id, move.to_location_id)),
            line.product_id == move.product_id,
            line.lot_id.is_not_distinct_from(move.lot_id),
            line.counted_at > move.moved_at,
        )
        .limit(1)
    )
    # What a partner counts is corrected at once, without a stocktake.
    at_once = (
        sa.select(StockMove.moved_at)
        .where(
            StockMove.product_id == move.product_id,
            StockMove.lot_id.is_not_distinct_from(move.lot_id),
            StockMove.reason == "COUNT",
            StockMove.document.is_(None),
            StockMove.moved_at > move.moved_at,
            sa.or_(
                StockMove.from_location_id.in_((move.from_location_id, move.to_location_id)),
                StockMove.to_location_id.in_((move.from_location_id, move.to_location_id)),
            ),
        )
        .limit(1)
    )
    for statement in (by_stocktake, at_once):
        counted_at = await whoever_asks.scalar(ctx, statement)
        if counted_at is not None:
            message = kehu.text("It was counted on {day}; nothing moves before that.", day=counted_at.date())
            raise CountedSince(message, field=StockMove.moved_at)
