"""Replaying moves: what was where at any moment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.stock.books import Key
from kehu_partner_inventory.stock.facts import whoever_asks
from kehu_partner_inventory.stock.models import QUANTITY, StockMove


def sides(*conditions: Any) -> sa.Subquery:
    """Each move twice: what came in, and below zero what went out; with its location, product, lot and time.

    `conditions` narrow the moves. Add the row scope by joining the locations.
    """
    return sa.union_all(
        _side(StockMove.to_location_id, StockMove.quantity, conditions),
        _side(StockMove.from_location_id, -StockMove.quantity, conditions),
    ).subquery("side")


async def lowest_since(ctx: kehu.Context, key: Key, at: datetime, *, on_hand: Decimal) -> Decimal:
    """The least that was there at any moment from `at` until now, when `on_hand` is there."""
    side = sides(
        StockMove.product_id == key.product_id,
        sa.or_(StockMove.from_location_id == key.location_id, StockMove.to_location_id == key.location_id),
        StockMove.lot_id.is_not_distinct_from(key.lot_id),
        StockMove.moved_at > at,
    )
    statement = (
        sa.select(side.c.moved_at, sa.func.sum(side.c.quantity))
        .where(side.c.location_id == key.location_id)
        .group_by(side.c.moved_at)
        .order_by(side.c.moved_at.desc())
    )
    lowest = running = on_hand
    for _, change in await whoever_asks.execute(ctx, statement):
        running -= change
        lowest = min(lowest, running)
    return lowest


async def replayed(
    ctx: kehu.Context, products: Sequence[uuid.UUID], *, until: datetime | None = None
) -> dict[Key, Decimal]:
    """What is at every location by the moves alone, up to a moment; nothing where it is nothing."""
    conditions: list[sa.ColumnElement[bool]] = [StockMove.product_id.in_(products)]
    if until is not None:
        conditions.append(StockMove.moved_at <= until)
    side = sides(*conditions)
    quantity = sa.func.sum(side.c.quantity)
    keys = (side.c.product_id, side.c.location_id, side.c.lot_id)
    rows = await whoever_asks.execute(ctx, sa.select(*keys, quantity).group_by(*keys))
    return {Key(*row[:3]): row[3] for row in rows if row[3]}


def _side(
    location_id: Any, quantity: Any, conditions: Sequence[sa.ColumnElement[bool]]
) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        location_id.label("location_id"),
        StockMove.product_id,
        StockMove.lot_id,
        StockMove.moved_at,
        sa.type_coerce(quantity, QUANTITY).label("quantity"),
    ).where(*conditions)
