"""In which currency a document is, where nobody says so."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import convert
from kehu.kernel.currencies import is_currency
from kehu_sfa.lines.models import UnknownCurrency
from kehu_sfa.money.rounding import rounded
from kehu_sfa.opportunities.models import Opportunity

whoever_asks = kehu.Unscoped("a document has one currency and the default tax")


class CurrencyMissing(kehu.Refusal):
    """Neither the document, nor its price list, nor its deal has a currency."""

    code = "CURRENCY_MISSING"


async def currency_of(
    ctx: kehu.Context, price_list_id: uuid.UUID | None, opportunity_id: uuid.UUID | None
) -> str:
    """The currency of the price list, else of the deal. Raises CurrencyMissing."""
    ways = (
        sa.select(kehu.PriceList.currency).where(kehu.PriceList.id == price_list_id),
        sa.select(Opportunity.currency).where(Opportunity.id == opportunity_id),
    )
    for way in ways:
        found: str | None = await whoever_asks.scalar(ctx, way)
        if found is not None:
            return found
    raise CurrencyMissing(kehu.text("Say in which currency, or from which price list."), field="currency")


async def check_price_list(ctx: kehu.Context, price_list_id: uuid.UUID | None, currency: str) -> None:
    """Raise CurrencyDiffers unless the price list is in the document's currency."""
    if price_list_id is None:
        return
    listed = sa.select(kehu.PriceList.currency).where(kehu.PriceList.id == price_list_id)
    found = await whoever_asks.scalar(ctx, listed)
    if found is not None and found != currency:
        message = kehu.text(
            "The prices of the list are in {listed}, not in {currency}.", listed=found, currency=currency
        )
        raise CurrencyDiffers(message, field="currency")


async def worth(ctx: kehu.Context, amount: Decimal, paid: str, currency: str, *, on: date) -> Decimal:
    """What an amount in another currency is worth in that of a document, rounded to it.

    Raises UnknownCurrency, ImpossibleAmount for one that is not in whole units above zero, NoCurrencyRate.
    """
    if not is_currency(paid):
        message = kehu.text("{code} is not an ISO 4217 currency, such as EUR.", code=paid)
        raise UnknownCurrency(message, field="currency")
    if amount <= 0 or amount != rounded(amount, paid):
        message = kehu.text(
            "{amount} is no amount of {currency}.", amount=kehu.money(amount, paid), currency=paid
        )
        raise ImpossibleAmount(message, field="amount")
    return rounded(await convert(ctx, amount, paid, currency, on=on, field="currency"), currency)


class ImpossibleAmount(kehu.Refusal):
    """The amount is nothing, or not in whole units of the currency."""

    code = "IMPOSSIBLE_AMOUNT"


class CurrencyDiffers(kehu.Refusal):
    """The price list is in another currency."""

    code = "CURRENCY_DIFFERS"
