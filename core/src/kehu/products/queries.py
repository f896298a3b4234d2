"""What something costs, and what that is in another currency."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from kehu.context import Context
from kehu.database import unscoped
from kehu.errors import Refusal
from kehu.products.models import CurrencyRate, PriceList, PriceListItem
from kehu.translating.texts import text


class NoCurrencyRate(Refusal):
    """Nobody has entered what one currency was worth in the other on that day."""

    code = "NO_CURRENCY_RATE"


async def find_price(
    ctx: Context, price_list_id: uuid.UUID, product_id: uuid.UUID, *, quantity: Decimal, on: date
) -> Decimal | None:
    """The price of one unit when `quantity` units are bought on a day, in the list's currency.

    None where the list has no price, or does not hold on that day.
    """
    statement = (
        sa.select(PriceListItem.price)
        .join(PriceList, PriceList.id == PriceListItem.price_list_id)
        .where(
            PriceListItem.price_list_id == price_list_id,
            PriceListItem.product_id == product_id,
            PriceListItem.min_quantity <= quantity,
            *_holds(PriceListItem, on),
            *_holds(PriceList, on),
        )
        .order_by(PriceListItem.min_quantity.desc())
        .limit(1)
    )
    return await ctx.session.scalar(statement)


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
    return (await ctx.session.scalars(unscoped(statement))).one_or_none()


def _holds(entity: type[PriceList | PriceListItem], on: date) -> tuple[sa.ColumnElement[bool], ...]:
    begun = sa.or_(entity.valid_from_on.is_(None), entity.valid_from_on <= on)
    not_over = sa.or_(entity.valid_until_on.is_(None), entity.valid_until_on >= on)
    return begun, not_over
