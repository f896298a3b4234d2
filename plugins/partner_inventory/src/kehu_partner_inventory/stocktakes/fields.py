"""What can be said of a line of a stocktake."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.stock.models import StockBalance
from kehu_partner_inventory.stocktakes.models import EXPECTATION, Stocktake, StocktakeLine


@plugin.sql_field(StocktakeLine, read=EXPECTATION)
def difference(line: type[StocktakeLine]) -> sa.ColumnElement[Decimal | None]:
    """What was counted beyond what was expected; below zero for what is missing."""
    return line.counted - line.expected


@plugin.sql_field(StocktakeLine)
def has_moved(line: type[StocktakeLine]) -> sa.ColumnElement[bool]:
    """It moved after the snapshot, so that its count says nothing; recount it. Never of a posted stocktake."""
    balance, taken = aliased(StockBalance), aliased(Stocktake)
    moves = (
        sa.select(balance.move_count)
        .join(taken, taken.location_id == balance.location_id)
        .where(
            taken.id == line.stocktake_id,
            taken.posted_at.is_(None),
            balance.product_id == line.product_id,
            balance.lot_id.is_not_distinct_from(line.lot_id),
        )
        .scalar_subquery()
    )
    return sa.func.coalesce(moves, line.snapshot_moves) != line.snapshot_moves
