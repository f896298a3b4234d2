"""Checking the books: balances equal the moves, layers their uses, reservations what is held back, orders all that."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.kernel.access import row_scope
from kehu_partner_inventory.locations.models import HOLDING, Location
from kehu_partner_inventory.orders.models import ChannelOrder
from kehu_partner_inventory.orders.proofs import misreturned, order_proofs
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.reservations.models import Reservation, ReservationState
from kehu_partner_inventory.stock.facts import whoever_asks
from kehu_partner_inventory.stock.models import QUANTITY, StockBalance, StockLayer, StockLayerUse, StockMove
from kehu_partner_inventory.stock.replay import sides

CHECK = plugin.permission("stock:check", "Prove that the balances equal the moves")


@dataclasses.dataclass(frozen=True, slots=True)
class Discrepancy:
    """A figure of the books that is not what it follows from.

    `location` is the code of the location, or the number of the order; `product` is empty for a whole order.
    """

    what: str
    product: str
    location: str
    booked: Decimal
    proven: Decimal


@plugin.query(permission=CHECK)
async def stock_discrepancies(ctx: kehu.Context) -> list[Discrepancy]:
    """Where the books are wrong: empty, unless somebody wrote around the ledger.

    For who may see all products, locations and orders, because any of them may be named.
    """
    if any(row_scope(ctx, model, model) is not None for model in (kehu.Product, Location, ChannelOrder)):
        message = "Whoever checks the books sees all products, locations and orders."
        raise kehu.Forbidden(kehu.text(message))
    return await discrepancies(ctx)


async def discrepancies(ctx: kehu.Context, *, products: Sequence[Any] | None = None) -> list[Discrepancy]:
    """All figures that are not what they follow from; of some products in the ledger, or of all and of orders too."""
    found: list[Discrepancy] = []
    statements = proofs(products)
    if products is None:
        statements |= order_proofs()
        what = "what an order took back is what its moves say"
        found += [Discrepancy(what, *row) for row in await misreturned(ctx)]
    for what, statement in statements.items():
        rows = await whoever_asks.execute(ctx, statement)
        found += [Discrepancy(what, *row) for row in rows]
    return found


def proofs(products: Any = None) -> dict[str, sa.Select[*tuple[Any, ...]]]:
    """Statements that find product, location and both figures where one is wrong, by what they prove.

    `products` are keys, or a parameter that stands for them; all products unless given.
    """
    return {
        "on hand is the sum of the moves": _on_hand(products),
        "reserved is the sum of the reservations": _reserved(products),
        "the layers hold what is on hand": _layered(products),
        "a layer holds what was not used": _used(products),
    }


def _on_hand(products: Any) -> sa.Select[*tuple[Any, ...]]:
    """Balances and moves that do not meet, on either side."""
    narrowed = [] if products is None else [StockMove.product_id.in_(products)]
    side = sides(*narrowed)
    b = StockBalance
    booked = sa.select(b.product_id, b.location_id, b.lot_id, b.on_hand.label("booked"), _zero("proven"))
    if products is not None:
        booked = booked.where(b.product_id.in_(products))
    keys = (side.c.product_id, side.c.location_id, side.c.lot_id)
    proven = sa.select(*keys, _zero("booked"), side.c.quantity.label("proven"))
    both = sa.union_all(booked, proven).subquery("both")
    sums = sa.func.sum(both.c.booked), sa.func.sum(both.c.proven)
    return (
        sa.select(kehu.Product.code, Location.code, *sums)
        .join(kehu.Product, kehu.Product.id == both.c.product_id)
        .join(Location, Location.id == both.c.location_id)
        .group_by(both.c.product_id, both.c.location_id, both.c.lot_id, kehu.Product.code, Location.code)
        .having(sums[0] != sums[1])
    )


def _reserved(products: Any) -> sa.Select[*tuple[Any, ...]]:
    b, r = StockBalance, Reservation
    promised = _sum(
        r.quantity - r.shipped,
        r.state == ReservationState.ACTIVE,
        r.product_id == b.product_id,
        r.location_id == b.location_id,
        r.lot_id.is_not_distinct_from(b.lot_id),
    )
    return _named(b.reserved, promised, products).where(b.reserved != promised)


def _layered(products: Any) -> sa.Select[*tuple[Any, ...]]:
    b = StockBalance
    left = _sum(StockLayer.remaining, StockLayer.balance_id == b.id)
    return _named(b.on_hand, left, products).where(b.usage.in_(HOLDING), b.on_hand != left)


def _used(products: Any) -> sa.Select[*tuple[Any, ...]]:
    layer = StockLayer
    left = layer.quantity - _sum(StockLayerUse.quantity, StockLayerUse.layer_id == layer.id)
    statement = _named(layer.remaining, left, products)
    return statement.join(layer, layer.balance_id == StockBalance.id).where(layer.remaining != left)


def _named(booked: Any, proven: Any, products: Any) -> sa.Select[*tuple[Any, ...]]:
    b = StockBalance
    statement = (
        sa.select(kehu.Product.code, Location.code, booked, proven)
        .select_from(b)
        .join(kehu.Product, kehu.Product.id == b.product_id)
        .join(Location, Location.id == b.location_id)
    )
    return statement if products is None else statement.where(b.product_id.in_(products))


def _sum(expression: Any, *conditions: Any) -> Any:
    total = sa.func.sum(sa.type_coerce(expression, QUANTITY))
    zero = sa.literal(Decimal(0), QUANTITY)
    return sa.select(sa.func.coalesce(total, zero)).where(*conditions).scalar_subquery()


def _zero(name: str) -> Any:
    return sa.literal(Decimal(0), QUANTITY).label(name)
