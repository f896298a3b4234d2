"""Reports of the ledger: what was where at any moment, what it was worth, what moved in a period."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.locations.models import HOLDING, Location
from kehu_partner_inventory.locations.queries import within
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.stock.books import Key
from kehu_partner_inventory.stock.models import (
    VALUE,
    VALUED,
    StockBalance,
    StockLayer,
    StockLayerUse,
    StockMove,
)
from kehu_partner_inventory.stock.replay import sides

LARGEST_REPORT = 10_000

T = TypeVar("T", bound=kehu.Entity)


@dataclasses.dataclass(frozen=True, slots=True)
class StockAsOf:
    """What was at a location at a moment, and what it was worth in the location's currency, if you may know."""

    location: Location
    product: kehu.Product | None
    lot: Lot | None
    quantity: Decimal
    value: Decimal | None
    currency: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class StockFlow:
    """What was at a location when a period began, came, went, and was there when it ended; and what that was worth.

    Opening and what came, less what went, is closing, in quantity and in value.
    """

    location: Location
    product: kehu.Product | None
    currency: str | None
    opening: Decimal
    came: Decimal
    went: Decimal
    closing: Decimal
    opening_value: Decimal
    value_in: Decimal
    value_out: Decimal
    closing_value: Decimal


@plugin.query(permission="partner_inventory.stock_move:read")
async def stock_as_of(
    ctx: kehu.Context,
    at: datetime,
    location: Location | None = None,
    product: kehu.Product | None = None,
) -> list[StockAsOf]:
    """What was at locations that hold stock at a moment, by product and lot: at one and below it, or at all."""
    scope = Scope(location, product)
    quantities = await on_hand_as_of(ctx, at, scope)
    values = await value_as_of(ctx, at, scope) if ctx.can(VALUE) else None
    found = await _Records.of(ctx, quantities)
    rows = [
        StockAsOf(
            found.locations[key.location_id],
            found.products.get(key.product_id),
            found.lots.get(key.lot_id) if key.lot_id else None,
            quantity,
            None if values is None else values.get(key, Decimal(0)),
            found.locations[key.location_id].currency,
        )
        for key, quantity in quantities.items()
        if quantity
    ]
    return sorted(rows, key=lambda row: (*_place(row), row.lot.number if row.lot else ""))


@plugin.query(permission=VALUE)
async def stock_flow(
    ctx: kehu.Context,
    since: datetime,
    until: datetime,
    location: Location | None = None,
    product: kehu.Product | None = None,
) -> list[StockFlow]:
    """What moved at locations that hold stock after `since` and up to `until`, with values."""
    ctx.require("partner_inventory.stock_move:read")
    scope = Scope(location, product)
    opening, closing = [await on_hand_as_of(ctx, at, scope) for at in (since, until)]
    opening_value, closing_value = [await value_as_of(ctx, at, scope) for at in (since, until)]
    came, went = await _moved(ctx, scope, since, until)
    value_in, value_out = await _valued(ctx, scope, since, until)
    columns = [opening, came, went, closing, opening_value, value_in, value_out, closing_value]
    figures = [_by_product(column) for column in columns]
    keys = {key for column in figures for key, value in column.items() if value}
    found = await _Records.of(ctx, keys)
    rows = [
        StockFlow(
            found.locations[key.location_id],
            found.products.get(key.product_id),
            found.locations[key.location_id].currency,
            *(column.get(key, Decimal(0)) for column in figures),
        )
        for key in keys
    ]
    return sorted(rows, key=_place)


def _place(row: StockAsOf | StockFlow) -> tuple[str, str]:
    """By what it stands in its report; what the reader may not see comes first."""
    return row.location.code, row.product.code if row.product else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Scope:
    """Which balances a report is about."""

    location: Location | None = None
    product: kehu.Product | None = None

    def of(self, location_id: Any, product_id: Any) -> list[sa.ColumnElement[bool]]:
        """Conditions on the keys of a location and a product; only what the reader may see, where stock is held."""
        seen = sa.select(Location.id).where(Location.usage.in_(HOLDING))
        if self.location is not None:
            seen = seen.where(Location.id.in_(within(self.location)))
        conditions = [location_id.in_(seen)]
        if self.product is not None:
            conditions.append(product_id == self.product.id)
        return conditions


async def on_hand_as_of(ctx: kehu.Context, at: datetime, scope: Scope | None = None) -> dict[Key, Decimal]:
    """What was on hand at a moment: what is now, less what has moved since. Balances that did not change are in it."""
    scope = scope or Scope()
    b = StockBalance
    now = sa.select(b.product_id, b.location_id, b.lot_id, b.on_hand).where(
        *scope.of(b.location_id, b.product_id)
    )
    side = sides(StockMove.moved_at > at)
    keys = (side.c.product_id, side.c.location_id, side.c.lot_id)
    since = sa.select(*keys, -side.c.quantity).where(*scope.of(side.c.location_id, side.c.product_id))
    return await _added_up(ctx, sa.union_all(now, since))


async def value_as_of(ctx: kehu.Context, at: datetime, scope: Scope | None = None) -> dict[Key, Decimal]:
    """What stock was worth at a moment: what is left of the layers now, and what has come and gone since undone."""
    scope = scope or Scope()
    layer, use = StockLayer, StockLayerUse
    now = _layers(scope, layer.remaining * layer.unit_cost)
    came = _layers(scope, -(layer.quantity * layer.unit_cost)).join(StockMove, StockMove.id == layer.move_id)
    went = _layers(scope, use.quantity * layer.unit_cost).join(use, use.layer_id == layer.id)
    went = went.join(StockMove, StockMove.id == use.move_id)
    parts = (now, came.where(StockMove.moved_at > at), went.where(StockMove.moved_at > at))
    return await _added_up(ctx, sa.union_all(*parts))


async def _moved(
    ctx: kehu.Context, scope: Scope, since: datetime, until: datetime
) -> tuple[dict[Key, Decimal], dict[Key, Decimal]]:
    side = sides(StockMove.moved_at > since, StockMove.moved_at <= until)
    keys = (side.c.product_id, side.c.location_id, side.c.lot_id)
    where = scope.of(side.c.location_id, side.c.product_id)
    came = sa.select(*keys, side.c.quantity).where(*where, side.c.quantity > 0)
    went = sa.select(*keys, -side.c.quantity).where(*where, side.c.quantity < 0)
    return await _added_up(ctx, came), await _added_up(ctx, went)


async def _valued(
    ctx: kehu.Context, scope: Scope, since: datetime, until: datetime
) -> tuple[dict[Key, Decimal], dict[Key, Decimal]]:
    """What came in value, with what reversals gave back, and what went."""
    layer, use = StockLayer, StockLayerUse
    inside = (StockMove.moved_at > since, StockMove.moved_at <= until)
    laid = _layers(scope, layer.quantity * layer.unit_cost).join(StockMove, StockMove.id == layer.move_id)
    used = _layers(scope, use.quantity * layer.unit_cost).join(use, use.layer_id == layer.id)
    used = used.join(StockMove, StockMove.id == use.move_id).where(*inside)
    given_back = _layers(scope, -(use.quantity * layer.unit_cost)).join(use, use.layer_id == layer.id)
    given_back = given_back.join(StockMove, StockMove.id == use.move_id).where(*inside)
    came = sa.union_all(laid.where(*inside), given_back.where(use.quantity < 0))
    return await _added_up(ctx, came), await _added_up(ctx, used.where(use.quantity > 0))


def _layers(scope: Scope, value: Any) -> sa.Select[*tuple[Any, ...]]:
    b = StockBalance
    return (
        sa.select(b.product_id, b.location_id, b.lot_id, sa.type_coerce(value, VALUED))
        .select_from(StockLayer)
        .join(b, b.id == StockLayer.balance_id)
        .where(*scope.of(b.location_id, b.product_id))
    )


async def _added_up(ctx: kehu.Context, parts: Any) -> dict[Key, Decimal]:
    """The sums of rows (product, location, lot, number) by key. Raises BadInput (TOO_MANY_ROWS) above 10,000."""
    part = parts.subquery("part")
    *keys, number = part.c
    statement = sa.select(*keys, sa.func.sum(number)).group_by(*keys).limit(LARGEST_REPORT + 1)
    rows = (await ctx.session.execute(statement)).all()
    if len(rows) > LARGEST_REPORT:
        message = kehu.text("More than {most} rows; name a location or a product.", most=LARGEST_REPORT)
        raise kehu.BadInput(message, code="TOO_MANY_ROWS", field="location")
    return {Key(*row[:3]): row[3] for row in rows}


def _by_product(figures: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Lots of one product together."""
    total: dict[Key, Decimal] = defaultdict(Decimal)
    for key, figure in figures.items():
        total[Key(key.product_id, key.location_id)] += figure
    return total


@dataclasses.dataclass(frozen=True, slots=True)
class _Records:
    """The records that rows of a report name."""

    locations: Mapping[uuid.UUID, Location]
    products: Mapping[uuid.UUID, kehu.Product]
    lots: Mapping[uuid.UUID, Lot]

    @classmethod
    async def of(cls, ctx: kehu.Context, keys: Iterable[Key]) -> _Records:
        """Those that the reader may see; who may see the balance but not the product gets the row without it."""
        known = list(keys)
        return cls(
            await _read(ctx, Location, {key.location_id for key in known}),
            await _read(ctx, kehu.Product, {key.product_id for key in known}),
            await _read(ctx, Lot, {key.lot_id for key in known if key.lot_id is not None}),
        )


async def _read(ctx: kehu.Context, model: type[T], keys: set[uuid.UUID]) -> dict[uuid.UUID, T]:
    rows = await ctx.session.scalars(sa.select(model).where(model.id.in_(keys)))
    return {row.id: row for row in rows}
