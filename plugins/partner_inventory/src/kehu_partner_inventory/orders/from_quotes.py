"""Orders from quotes, where sfa is enabled: sfa is not imported, its quotes are known by the names of their fields."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_partner_inventory.orders.lines import OrderedLine, write_lines
from kehu_partner_inventory.orders.models import (
    AlreadyOrdered,
    ChannelOrder,
    ChannelOrderStatus,
    QuoteNotAccepted,
)
from kehu_partner_inventory.orders.queries import whoever_asks
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.pricing.engine import Agreement

FOUR_PLACES = Decimal("0.0001")


async def order_quote(ctx: kehu.Context, quote: kehu.GlobalId, reference: str | None = None) -> ChannelOrder:
    """Draft the order of a partner from a quote that it has accepted, at the prices of the quote; once."""
    model = ctx.app.composition.by_name["Quote"].model
    found: Any = await ctx.get_current(model, key_of(quote, "Quote"), field="quote")
    partner = await _partner(ctx, found)
    await _check_not_ordered(ctx, quote)
    order = ctx.add(ChannelOrder(id=kehu.uuid7(), partner_id=partner.id, document=quote, reference=reference))
    await ctx.flush()
    await ctx.require_on(ChannelOrder, order, "create")
    await write_lines(ctx, order, await _lines(ctx, found))
    return order


async def _partner(ctx: kehu.Context, quote: Any) -> Partner:
    """The partner whose quote it is. Raises QuoteNotAccepted."""
    if quote.status.name != "ACCEPTED":
        message = kehu.text(
            "{quote} is {state}.", quote=quote.number, state=kehu.label(type(quote).status, quote.status)
        )
        raise QuoteNotAccepted(message, field="quote")
    statement = sa.select(Partner).where(Partner.customer_id == quote.customer_id)
    partner = (await ctx.session.scalars(statement)).one_or_none()
    if partner is None or partner.currency != quote.currency:
        message = kehu.text(
            "{quote} is for no partner who owes in {currency}.", quote=quote.number, currency=quote.currency
        )
        raise QuoteNotAccepted(message, field="quote")
    return partner


async def _check_not_ordered(ctx: kehu.Context, quote: kehu.GlobalId) -> None:
    order = ChannelOrder
    statement = sa.select(whoever_asks.told(ctx, order.number)).where(
        order.document == quote, order.status != ChannelOrderStatus.CANCELLED
    )
    number = await whoever_asks.scalar(ctx, statement)
    if number is not None:
        raise AlreadyOrdered(kehu.text("The quote is ordered as {order}.", order=number), field="quote")


async def _lines(ctx: kehu.Context, quote: Any) -> Sequence[OrderedLine]:
    """The quoted goods, each at what is left of its price after all discounts; services are not ordered."""
    line: Any = ctx.app.composition.by_name["QuoteLine"].model
    statement = (
        sa.select(line).where(line.quote_id == quote.id, line.product_id.is_not(None)).order_by(line.position)
    )
    quoted = (await whoever_asks.scalars(ctx, statement)).all()
    record = kehu.GlobalId(kehu.global_id("Quote", quote.id))
    lines = []
    for each in quoted:
        price = (each.net_amount / each.quantity).quantize(FOUR_PLACES, ROUND_HALF_UP)
        product = await ctx.get(kehu.Product, each.product_id, field="quote")
        lines.append(OrderedLine(product, each.quantity, Agreement(record, quote.number, price=price)))
    return lines


@plugin.when("sfa")
def with_quotes(plugin: kehu.Plugin) -> None:
    """Quotes become orders only where there are quotes."""
    plugin.mutation(permission="partner_inventory.channel_order:create")(order_quote)
