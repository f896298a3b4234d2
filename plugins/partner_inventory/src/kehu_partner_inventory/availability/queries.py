"""Availability of many products at once: now, at a moment that was or will be, and how long it lasts."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.availability.statements import (
    ON_SALE,
    OWN,
    PARTNERS,
    coming,
    held,
    moved_since,
    overdue,
    reserved_at,
)
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import subtrees
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.stock.models import QUANTITY, StockMove
from kehu_partner_inventory.stocking.models import ImpossibleNumber

whoever_asks = kehu.Unscoped("goods have left wherever they went")

MOST_PRODUCTS = 1000
LONGEST_WINDOW = 3660
_TENTH = Decimal("0.1")


@dataclasses.dataclass(frozen=True, slots=True)
class Availability:
    """What there is of a product at our own locations and at partners', at a moment, as far as you may see it.

    `available` is on hand less reserved at our own locations. `incoming` comes in until that moment, or at any time
    when none is given; null for the past.
    """

    product: kehu.Product
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    incoming: Decimal | None
    partner_on_hand: Decimal
    partner_available: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class StockCoverage:
    """How long stock of a product lasts: on hand, what left in the window, and for how many days that is enough."""

    product: kehu.Product
    on_hand: Decimal
    left: Decimal
    days: Decimal | None


@plugin.query(permission="partner_inventory.stock_balance:read")
async def availability(
    ctx: kehu.Context,
    products: list[kehu.Product],
    at: datetime | None = None,
    locations: list[Location] | None = None,
) -> list[Availability]:
    """What there is of up to 1,000 products, now or at a moment; at some locations and below them, or everywhere."""
    _check_number(products)
    places = _places(locations)
    moment = at or ctx.now()
    if moment < ctx.now():
        ctx.require("partner_inventory.stock_move:read")
        own, partners = (_figures_then(moment, places, usages) for usages in (OWN, PARTNERS))
        due: Any = sa.null()
    else:
        own, partners = (_figures_now(moment, places, usages) for usages in (OWN, PARTNERS))
        until = None if at is None else moment.astimezone(ZoneInfo(ctx.principal.time_zone)).date()
        due = coming(kehu.Product.id, places, OWN, until=until)
    statement = sa.select(kehu.Product.id, *own, *partners, due).where(
        kehu.Product.id.in_([product.id for product in products])
    )
    rows = {row[0]: row[1:] for row in await ctx.session.execute(statement)}
    return [_availability(product, *rows[product.id]) for product in products]


@plugin.query(permission="partner_inventory.stock_move:read")
async def days_of_stock(
    ctx: kehu.Context,
    products: list[kehu.Product],
    locations: list[Location] | None = None,
    window_days: int = 90,
) -> list[StockCoverage]:
    """How long stock lasts at some locations and below them, partners' for example, by what left in the last days."""
    _check_number(products)
    return await coverage(ctx, products, locations=locations, window_days=window_days)


async def coverage(
    ctx: kehu.Context,
    products: Sequence[kehu.Product],
    *,
    locations: Sequence[Location] | None = None,
    usages: Sequence[LocationUsage] = ON_SALE,
    window_days: int,
) -> list[StockCoverage]:
    """How long stock lasts, for each product: what left is what went from there to customers or partners."""
    if not 1 <= window_days <= LONGEST_WINDOW:
        message = kehu.text("A window has 1 to {most} days.", most=LONGEST_WINDOW)
        raise ImpossibleNumber(message, field="window_days")
    keys = [product.id for product in products]
    since = ctx.now() - timedelta(days=window_days)
    places = _places(locations)
    there = sa.select(kehu.Product.id, held(kehu.Product.id, places, usages)[0]).where(
        kehu.Product.id.in_(keys)
    )
    on_hand = {row[0]: row[1] for row in await ctx.session.execute(there)}
    left = await _left(ctx, keys, since, places, usages)
    return [
        _coverage(each, on_hand[each.id], left.get(each.id, Decimal(0)), window_days) for each in products
    ]


async def _left(
    ctx: kehu.Context,
    products: Sequence[uuid.UUID],
    since: datetime,
    places: Any,
    usages: Sequence[LocationUsage],
) -> dict[uuid.UUID, Decimal]:
    """What went from these places to customers, or to locations of partners, less what came back."""
    source = sa.select(Location.id).where(Location.usage.in_(usages))
    anywhere = whoever_asks.rows(Location).c
    target = sa.select(anywhere.id).where(
        anywhere.usage.in_((LocationUsage.CUSTOMER, LocationUsage.PARTNER)), anywhere.usage.notin_(usages)
    )
    if places is not None:
        source = source.where(Location.id.in_(places))
    out = sa.and_(StockMove.from_location_id.in_(source), StockMove.to_location_id.in_(target))
    back = sa.and_(StockMove.to_location_id.in_(source), StockMove.from_location_id.in_(target))
    quantity = sa.case((out, StockMove.quantity), else_=-StockMove.quantity)
    statement = (
        sa.select(StockMove.product_id, sa.func.sum(sa.type_coerce(quantity, QUANTITY)))
        .where(StockMove.product_id.in_(products), StockMove.moved_at > since, sa.or_(out, back))
        .group_by(StockMove.product_id)
    )
    return {row[0]: row[1] for row in await ctx.session.execute(statement)}


def _coverage(product: kehu.Product, on_hand: Decimal, left: Decimal, window_days: int) -> StockCoverage:
    days = (on_hand * window_days / left).quantize(_TENTH, ROUND_HALF_EVEN) if left > 0 else None
    return StockCoverage(product, on_hand, left, days)


def _figures_now(moment: datetime, places: Any, usages: Sequence[LocationUsage]) -> tuple[Any, Any]:
    on_hand, reserved = held(kehu.Product.id, places, usages)
    return on_hand, reserved - overdue(kehu.Product.id, moment, places, usages)


def _figures_then(moment: datetime, places: Any, usages: Sequence[LocationUsage]) -> tuple[Any, Any]:
    on_hand, _ = held(kehu.Product.id, places, usages)
    since = moved_since(kehu.Product.id, moment, places, usages)
    return on_hand - since, reserved_at(kehu.Product.id, moment, places, usages)


def _availability(
    product: kehu.Product,
    on_hand: Decimal,
    reserved: Decimal,
    partner_on_hand: Decimal,
    partner_reserved: Decimal,
    incoming: Decimal | None,
) -> Availability:
    return Availability(
        product=product,
        on_hand=on_hand,
        reserved=reserved,
        available=on_hand - reserved,
        incoming=incoming,
        partner_on_hand=partner_on_hand,
        partner_available=partner_on_hand - partner_reserved,
    )


def _places(locations: Sequence[Location] | None) -> Any:
    """The keys of these locations and all below them; None for everywhere."""
    return None if locations is None else sa.select(subtrees([place.id for place in locations]).c.id)


def _check_number(products: Sequence[kehu.Product]) -> None:
    if len(products) > MOST_PRODUCTS:
        message = kehu.text("At most {most} products at once.", most=MOST_PRODUCTS)
        raise ImpossibleNumber(message, field="products")
