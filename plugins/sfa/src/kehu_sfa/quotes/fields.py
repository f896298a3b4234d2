"""What a quote shows beyond its columns."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.platform.localization.catalogues import catalogues_of
from kehu_sfa.plugin import quote
from kehu_sfa.quotes.models import Quote, QuoteStatus
from kehu_sfa.quotes.rules import lines_of


@quote.field
async def html(quote: Quote, ctx: kehu.Context) -> str:
    """The quote as a page to print or to make a PDF of, in the language that the customer prefers."""
    from kehu_sfa.quotes.printing import Sheet  # noqa: PLC0415  # a server starts without Babel

    customer = await ctx.find(kehu.Customer, quote.customer_id)
    contact = await ctx.find(kehu.Contact, quote.contact_id) if quote.contact_id else None
    preferred = customer.preferred_language if customer else None
    locale = _known(preferred) or _known(ctx.locale) or "en"
    return Sheet(
        quote=quote,
        lines=await lines_of(ctx, quote),
        customer=customer.legal_name or customer.name if customer else "",
        attention=contact.name if contact else None,
        locale=locale,
        tell=lambda label: catalogues_of(ctx.app).tell(label, locale),
    ).html()


@quote.field
def is_expired(quote: Quote, ctx: kehu.Context) -> bool:
    """It cannot be accepted any more, whether or not the hourly job has noticed."""
    over = quote.status is QuoteStatus.SENT and quote.valid_until_on < ctx.today()
    return over or quote.status is QuoteStatus.EXPIRED


@quote.sql_field
def is_current(q: type[Quote]) -> sa.ColumnElement[bool]:
    """No later revision has replaced it."""
    return q.status != QuoteStatus.REPLACED


def _known(locale: str | None) -> str | None:
    """The locale as Babel spells it, if it knows it."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # a server starts without Babel

    try:
        return str(Locale.parse(locale.replace("-", "_"))) if locale else None
    except (ValueError, UnknownLocaleError):
        return None
