"""What something costs, and what that is in another currency."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from kehu.crm.products.models import CurrencyRate, PriceList, PriceListItem, Product
from kehu.kernel.context import Context
from kehu.kernel.db import Unscoped
from kehu.kernel.errors import Refusal
from kehu.kernel.texts import text
from kehu.kernel.writing.archived import RecordArchived, check_current

whoever_asks = Unscoped("rates and prices are what they are")


class NoCurrencyRate(Refusal):
    """Nobody has entered what one currency was worth in the other on that day."""

    code = "NO_CURRENCY_RATE"


async def find_price(
    ctx: Context,
    price_list_id: uuid.UUID,
    product_id: uuid.UUID,
    *,
    quantity: Decimal,
    on: date,
    product_field: object = "product_id",
    list_field: object = "price_list_id",
) -> Decimal | None:
    """The price of one unit when `quantity` units are bought on a day, in the list's currency.

    None where the list has no price, or may not be seen. Raises RecordArchived, ProductNotSold, and PriceListNotActive
    for a list that is not in use or does not hold on that day.
    """
    statement = (
        sa.select(PriceList, Product, PriceListItem.price)
        .select_from(PriceList)
        .join(Product, Product.id == product_id)
        .outerjoin(
            PriceListItem,
            sa.and_(
                PriceListItem.price_list_id == PriceList.id,
                PriceListItem.product_id == product_id,
                PriceListItem.min_quantity <= quantity,
                *_holds(PriceListItem, on),
            ),
        )
        .where(PriceList.id == price_list_id)
        .order_by(PriceListItem.min_quantity.desc())
        .limit(1)
    )
    found = (await ctx.session.execute(statement)).one_or_none()
    if found is None:
        return None
    price_list, product, price = found
    check_offered(product, field=product_field)
    check_current(price_list, "PriceList", field=list_field)
    price_list.check_holds(on, field=list_field)
    return price


async def check_sold(ctx: Context, products: Iterable[uuid.UUID | None], *, field: object) -> None:
    """Raise ProductNotSold or RecordArchived for the first product by code that is not sold or archived.

    None, which is no product, is passed.
    """
    keys = {key for key in products if key is not None}
    unsold = sa.or_(Product.is_active.is_(False), Product.archived_at.is_not(None))
    statement = sa.select(Product).where(Product.id.in_(keys), unsold).order_by(Product.code).limit(1)
    for product in await whoever_asks.scalars(ctx, statement):
        check_offered(product, field=field)


def check_offered(product: Product, *, field: object) -> None:
    """Raise RecordArchived or ProductNotSold, which name the product and blame `field`, unless it can be offered."""
    if product.archived_at is not None:
        message = text("{product} is archived; take it back first.", product=product.name)
        raise RecordArchived(message, field=field)
    product.check_in_use(field=field)


async def convert(
    ctx: Context, amount: Decimal, source: str, target: str, *, on: date, field: object = None
) -> Decimal:
    """`amount` of currency `source` in currency `target` at the rate of the day, the last one entered up to it.

    The rate of the other direction serves as well. Not rounded to the currency's minor unit. Raises
    NoCurrencyRate, which names the pair and the day, and blames `field`.
    """
    if source == target:
        return amount
    direct, inverse = await _latest_rate(ctx, source, target, on), await _latest_rate(ctx, target, source, on)
    if direct is None and inverse is None:
        message = text(
            "There is no rate from {source} to {target} on {day} or before.",
            source=source,
            target=target,
            day=on.isoformat(),
        )
        raise NoCurrencyRate(message, field=field)
    if inverse is None or (direct is not None and direct.as_of >= inverse.as_of):
        assert direct is not None
        return amount * direct.rate
    return amount / inverse.rate


async def _latest_rate(ctx: Context, base: str, quote: str, on: date) -> CurrencyRate | None:
    statement = (
        sa.select(CurrencyRate)
        .where(CurrencyRate.base == base, CurrencyRate.quote == quote, CurrencyRate.as_of <= on)
        .order_by(CurrencyRate.as_of.desc())
        .limit(1)
    )
    return (await whoever_asks.scalars(ctx, statement)).one_or_none()


def _holds(entity: type[PriceListItem], on: date) -> tuple[sa.ColumnElement[bool], ...]:
    begun = sa.or_(entity.valid_from_on.is_(None), entity.valid_from_on <= on)
    not_over = sa.or_(entity.valid_until_on.is_(None), entity.valid_until_on >= on)
    return begun, not_over
