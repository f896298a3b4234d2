"""In which currency a document is, where nobody says so."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

import kehu
from kehu_sfa.opportunities.models import Opportunity


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
        found: str | None = await ctx.session.scalar(kehu.unscoped(way))
        if found is not None:
            return found
    raise CurrencyMissing(kehu.text("Say in which currency, or from which price list."), field="currency")


async def check_price_list(ctx: kehu.Context, price_list_id: uuid.UUID | None, currency: str) -> None:
    """Raise CurrencyDiffers unless the price list is in the document's currency."""
    if price_list_id is None:
        return
    listed = sa.select(kehu.PriceList.currency).where(kehu.PriceList.id == price_list_id)
    found = await ctx.session.scalar(kehu.unscoped(listed))
    if found is not None and found != currency:
        message = kehu.text(
            "The prices of the list are in {listed}, not in {currency}.", listed=found, currency=currency
        )
        raise CurrencyDiffers(message, field="currency")


class CurrencyDiffers(kehu.Refusal):
    """The price list is in another currency."""

    code = "CURRENCY_DIFFERS"
