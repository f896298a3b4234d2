"""Making lines of what somebody wants to sell: prices from the list, tax from the rates."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import check_offered, find_price
from kehu.kernel.errors import within
from kehu.kernel.ids import key_of
from kehu_sfa.lines.models import ImpossibleLine, NoPrice, PricedLine, stored_quantity
from kehu_sfa.lines.rules import whoever_asks
from kehu_sfa.money.models import TaxRate
from kehu_sfa.money.rounding import ZERO

L = TypeVar("L", bound=PricedLine)


@dataclasses.dataclass(frozen=True, slots=True)
class OfferedLine:
    """What somebody wants to sell; the price is that of the list unless given, the tax rate the default one."""

    product: kehu.GlobalId | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    tax_rate: kehu.GlobalId | None = None
    unit_cost: Decimal | None = None


async def make_lines(
    ctx: kehu.Context,
    kind: type[L],
    offered: Sequence[OfferedLine],
    *,
    price_list_id: uuid.UUID | None,
    on: date,
) -> list[L]:
    """Lines of a kind, numbered from 1, with prices and rates as they are on a day; in no session, and not reckoned.

    Raises NoPrice, ImpossibleLine, NotFound, ProductNotSold, RecordArchived, PriceListNotActive, which blame the line.
    """
    made = []
    for index, each in enumerate(offered):
        with within(f"lines.{index}"):
            line = await _line(ctx, kind, each, index + 1, price_list_id, on)
            line.check()
        made.append(line)
    return made


async def _line(
    ctx: kehu.Context,
    kind: type[L],
    offered: OfferedLine,
    position: int,
    price_list_id: uuid.UUID | None,
    on: date,
) -> L:
    product = await _product(ctx, offered)
    quantity = Decimal(1) if offered.quantity is None else offered.quantity
    if stored_quantity(quantity) <= 0:
        raise ImpossibleLine(kehu.text("A quantity is above zero."), field="quantity")
    list_price = None
    if product is not None and price_list_id is not None:
        list_price = await find_price(
            ctx,
            price_list_id,
            product.id,
            quantity=quantity,
            on=on,
            product_field="product",
            list_field="product",
        )
    unit_price = list_price if offered.unit_price is None else offered.unit_price
    description = offered.description or (product.name if product else None)
    if unit_price is None:
        message = kehu.text("Line {position} has no price, and the list has none.", position=position)
        raise NoPrice(message, field="unit_price")
    if not description:
        message = kehu.text("Line {position} needs a product or a description.", position=position)
        raise ImpossibleLine(message, field="description", code="REQUIRED")
    rate = await _rate(ctx, offered, on)
    values: dict[str, Any] = {
        "position": position,
        "product_id": product.id if product else None,
        "description": description,
        "quantity": quantity,
        "unit": product.unit if product else "piece",
        "unit_price": unit_price,
        "list_price": list_price,
        "discount_percent": offered.discount_percent or ZERO,
        "tax_rate_id": rate.id if rate else None,
        "tax_percent": rate.percent if rate else ZERO,
        "unit_cost": offered.unit_cost,
    }
    return kind(**values)


async def _product(ctx: kehu.Context, offered: OfferedLine) -> kehu.Product | None:
    if offered.product is None:
        return None
    key = key_of(offered.product, "Product", field="product")
    product = await ctx.get(kehu.Product, key, field="product")
    check_offered(product, field="product")
    return product


async def _rate(ctx: kehu.Context, offered: OfferedLine, on: date) -> TaxRate | None:
    if offered.tax_rate is not None:
        return await ctx.get_current(
            TaxRate, key_of(offered.tax_rate, "TaxRate", field="taxRate"), field="taxRate"
        )
    found = sa.select(TaxRate).where(TaxRate.is_default.is_(True), TaxRate.archived_at.is_(None))
    default = (await whoever_asks.scalars(ctx, found)).first()
    return default if default is not None and default.holds(on) else None
