"""Stock on the product: figures that can be filtered and ordered by, and count what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.availability.queries import StockCoverage, coverage
from kehu_partner_inventory.availability.statements import OWN, PARTNERS, coming, held
from kehu_partner_inventory.plugin import plugin, stock_balance
from kehu_partner_inventory.stock.models import StockBalance


@plugin.sql_field(kehu.Product)
def on_hand(product: type[kehu.Product]) -> sa.ColumnElement[Decimal]:
    """What is at our own locations."""
    return held(product.id, usages=OWN)[0]


@plugin.sql_field(kehu.Product)
def available(product: type[kehu.Product]) -> sa.ColumnElement[Decimal]:
    """What is at our own locations and not promised to anybody."""
    there, reserved = held(product.id, usages=OWN)
    return there - reserved


@plugin.sql_field(kehu.Product)
def partner_on_hand(product: type[kehu.Product]) -> sa.ColumnElement[Decimal]:
    """What is at partners' locations."""
    return held(product.id, usages=PARTNERS)[0]


@plugin.sql_field(kehu.Product)
def incoming(product: type[kehu.Product]) -> sa.ColumnElement[Decimal]:
    """What is on order for our own locations, or in transit to them."""
    return coming(product.id, usages=OWN)


@plugin.batch_field(kehu.Product)
async def days_of_stock(
    products: Sequence[kehu.Product], ctx: kehu.Context, window_days: int = 90
) -> list[Decimal | None]:
    """How long our own stock lasts if as much leaves as in the last days; none where nothing left."""
    found: dict[object, StockCoverage] = {
        each.product.id: each for each in await coverage(ctx, products, usages=OWN, window_days=window_days)
    }
    return [found[product.id].days for product in products]


@stock_balance.sql_field
def available_there(balance: type[StockBalance]) -> sa.ColumnElement[Decimal]:
    """What is there and not promised."""
    return balance.on_hand - balance.reserved
