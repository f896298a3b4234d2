"""What must hold of products, prices and rates."""

from __future__ import annotations

import sqlalchemy as sa

from kehu.crm.products.models import (
    CategoryCycle,
    CurrencyRate,
    PriceList,
    PriceListItem,
    Product,
    ProductCategory,
)
from kehu.crm.products.queries import whoever_asks
from kehu.crm.products.resources import currency_rate, price_list, price_list_item, product, product_category
from kehu.kernel.context import Context
from kehu.kernel.texts import text
from kehu.kernel.trees import chain_above
from kehu.kernel.writing.changes import Change


@product_category.before_write
async def categories_make_a_tree(ctx: Context, change: Change[ProductCategory]) -> None:
    """A category does not stand below itself."""
    moved = change.obj
    if not change.touches(ProductCategory.parent_id):
        return
    if moved.id in await chain_above(ctx, ProductCategory.parent_id, moved.parent_id):
        with change.noting():
            raise CategoryCycle(
                text("{name} cannot stand below itself.", name=moved.name), field=ProductCategory.parent_id
            )


@product.before_write
async def normalise_product(_ctx: Context, change: Change[Product]) -> None:
    """Code and name without blanks around them."""
    if change.touches(Product.code) and change.obj.code is not None:
        change.obj.code = change.obj.code.strip()
    if change.touches(Product.name) and change.obj.name is not None:
        change.obj.name = change.obj.name.strip()


@product.before_write
async def one_product_per_code(ctx: Context, change: Change[Product]) -> None:
    """No two products have the same code, archived ones included."""
    code = change.obj.code
    if change.deleting or not code or not change.touches(Product.code):
        return
    others = sa.select(Product.name).where(Product.code == code, Product.id != change.obj.id).limit(1)
    if await whoever_asks.exists(ctx, others):
        change.error(
            text("Another product has the code {code}.", code=code), field=Product.code, code="DUPLICATE"
        )


@price_list.before_write
async def check_price_list(_ctx: Context, change: Change[PriceList]) -> None:
    """A currency that exists, and a time that does not end before it begins."""
    if change.deleting or change.obj.currency is None:
        return
    change.obj.currency = change.obj.currency.strip().upper()
    with change.noting():
        change.obj.check()


@price_list.before_write
async def prices_keep_their_currency(ctx: Context, change: Change[PriceList]) -> None:
    """A list that has prices cannot change its currency: they would mean something else."""
    if change.creating or not change.touches(PriceList.currency):
        return
    priced = sa.select(PriceListItem.id).where(PriceListItem.price_list_id == change.obj.id).limit(1)
    if await whoever_asks.exists(ctx, priced):
        change.error("A list that has prices keeps its currency; make a new list.", field=PriceList.currency)


@price_list_item.before_write
async def check_price(_ctx: Context, change: Change[PriceListItem]) -> None:
    """No price below zero, a quantity above it, and a time that does not end before it begins."""
    if change.deleting or change.obj.price is None:
        return
    with change.noting():
        change.obj.check()


@price_list_item.before_write
async def one_price_at_a_time(ctx: Context, change: Change[PriceListItem]) -> None:
    """On each day a product has at most one price in a list from the same quantity on."""
    item = change.obj
    if change.deleting or None in (item.price_list_id, item.product_id):
        return
    others = sa.select(PriceListItem).where(
        PriceListItem.price_list_id == item.price_list_id,
        PriceListItem.product_id == item.product_id,
        PriceListItem.min_quantity == item.min_quantity,
        PriceListItem.id != item.id,
    )
    if any(item.overlaps(other) for other in await whoever_asks.scalars(ctx, others)):
        change.error(
            "The product has a price from this quantity on at that time already.",
            field=PriceListItem.min_quantity,
            code="DUPLICATE",
        )


@currency_rate.before_write
async def check_rate(_ctx: Context, change: Change[CurrencyRate]) -> None:
    """Two currencies that exist, and a rate above zero."""
    rate = change.obj
    if change.deleting or None in (rate.base, rate.quote, rate.rate):
        return
    rate.base, rate.quote = rate.base.strip().upper(), rate.quote.strip().upper()
    with change.noting():
        rate.check()
