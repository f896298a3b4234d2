"""The verbs of a quote: put together, have approved, send, and what the customer says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

import kehu
from kehu.business.approvals.requests import request_approval
from kehu.crm.products.models import PriceListNotActive
from kehu.crm.products.queries import check_sold
from kehu.kernel.writing.offers import as_agreed
from kehu_sfa.discount_limits.queries import limit_of
from kehu_sfa.lines.actions import OfferedLine, make_lines
from kehu_sfa.lines.rules import check_price_list
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.orders.models import Order, OrderLine
from kehu_sfa.plugin import plugin, quote
from kehu_sfa.quotes.models import ImpossibleDecision, Quote, QuoteLine
from kehu_sfa.quotes.rules import lines_of


class CustomerMissing(kehu.Refusal):
    """A quote is for a customer, and the deal has none yet."""

    code = "CUSTOMER_MISSING"


@plugin.action(Opportunity, name="quote", permission="sfa.quote:create")
async def quote_for(
    opportunity: Opportunity,
    ctx: kehu.Context,
    lines: list[OfferedLine],
    name: str | None = None,
    price_list: kehu.PriceList | None = None,
    valid_until_on: date | None = None,
) -> Quote:
    """Draft a quote for a deal, with its customer and these lines, at prices of its list unless one is given."""
    if opportunity.customer_id is None:
        message = kehu.text("{deal} has no customer yet.", deal=opportunity.name)
        raise CustomerMissing(message, field=Opportunity.customer_id)
    draft = Quote(
        name=name or opportunity.name,
        customer_id=opportunity.customer_id,
        contact_id=opportunity.contact_id,
        opportunity_id=opportunity.id,
        price_list_id=price_list.id if price_list else await _list_in_use(ctx, opportunity),
        valid_until_on=valid_until_on,
        owner_id=opportunity.owner_id,
        team_id=opportunity.team_id,
    )
    ctx.add(draft)
    await ctx.flush()
    await _put_lines(ctx, draft, lines)
    return draft


async def _list_in_use(ctx: kehu.Context, deal: Opportunity) -> uuid.UUID | None:
    """The price list of a deal; none where new offers cannot be made from it."""
    own = None if deal.price_list_id is None else await ctx.find(kehu.PriceList, deal.price_list_id)
    if own is None or own.archived_at is not None:
        return None
    try:
        own.check_holds(ctx.today(), field="price_list")
    except PriceListNotActive:
        return None
    return own.id


@quote.action
async def set_lines(quote: Quote, ctx: kehu.Context, lines: list[OfferedLine]) -> None:
    """Replace all lines; an approval is lost."""
    quote.move("change")
    for line in await lines_of(ctx, quote):
        await ctx.delete(line)
    await _put_lines(ctx, quote, lines)


@quote.action
async def submit(quote: Quote, ctx: kehu.Context, comment: str | None = None) -> None:
    """Ask those for approval whom the rules name."""
    needs, lines = await _needs(ctx, quote), await lines_of(ctx, quote)
    quote.submit(lines, needed=bool(needs))
    await check_sold(ctx, (line.product_id for line in lines), field="lines")
    request = await request_approval(
        ctx, quote, subject=quote.title, measures=needs, owner_id=quote.owner_id, comment=comment
    )
    quote.approval_request_id = request.id


@quote.action
async def withdraw(quote: Quote, _ctx: kehu.Context) -> None:
    """Take the question for approval back; it is a draft again."""
    quote.move("withdraw")


@quote.action
async def send(quote: Quote, ctx: kehu.Context) -> None:
    """The customer gets it; from now on it is never changed."""
    needs = await _needs(ctx, quote)
    lines = await lines_of(ctx, quote)
    quote.send(lines, needed=bool(needs), at=ctx.now(), on=ctx.today())
    await check_sold(ctx, (line.product_id for line in lines), field="lines")


@quote.action
async def accept(quote: Quote, ctx: kehu.Context, accepted_on: date | None = None) -> Order:
    """The customer agrees; gives the order that comes of it, a draft."""
    day = _decided_on(ctx, quote, accepted_on, field="accepted_on")
    quote.accept(on=day)
    order = ctx.add(Order.of_quote(quote, on=day))
    as_agreed(order)
    await ctx.flush()
    lines = [OrderLine(order_id=order.id, **line.terms()) for line in await lines_of(ctx, quote)]
    order.reckon(lines)
    ctx.session.add_all(lines)
    return order


@quote.action
async def decline(
    quote: Quote,
    ctx: kehu.Context,
    reason: Annotated[str, Quote.decline_reason],
    note: str | None = None,
    declined_on: date | None = None,
) -> None:
    """The customer does not agree, for a reason."""
    quote.decline(reason=reason, note=note, on=_decided_on(ctx, quote, declined_on, field="declined_on"))


def _decided_on(ctx: kehu.Context, quote: Quote, given: date | None, *, field: str) -> date:
    """The day of a decision, today if none is given. Raises ImpossibleDecision."""
    today = ctx.today()
    if given is None:
        return today
    if given > today:
        raise ImpossibleDecision(kehu.text("{day} is in the future.", day=given), field=field)
    sent = quote.sent_at and quote.sent_at.astimezone(ZoneInfo(ctx.principal.time_zone)).date()
    if sent and given < sent:
        message = kehu.text(
            "{quote} was sent on {sent}, not before {day}.", quote=quote.title, sent=sent, day=given
        )
        raise ImpossibleDecision(message, field=field)
    return given


@quote.action
async def revise(quote: Quote, ctx: kehu.Context, valid_until_on: date | None = None) -> Quote | None:
    """Draft the next revision, with the same number and lines; this one is replaced."""
    draft = quote.revise()
    draft.valid_until_on = valid_until_on or max(quote.valid_until_on, ctx.today())
    ctx.add(draft)
    as_agreed(draft)
    await ctx.flush()
    lines = [QuoteLine(quote_id=draft.id, **line.terms()) for line in await lines_of(ctx, quote)]
    draft.reckon(lines)
    ctx.session.add_all(lines)
    # "or None" in the annotation: an action that returns its own type gives the record it was called on.
    return draft


async def _put_lines(ctx: kehu.Context, quote: Quote, offered: Sequence[OfferedLine]) -> None:
    await check_price_list(ctx, quote.price_list_id, quote.currency)
    lines = await make_lines(ctx, QuoteLine, offered, price_list_id=quote.price_list_id, on=ctx.today())
    quote.reckon(lines)
    for line in lines:
        line.quote_id = quote.id
    ctx.session.add_all(lines)


async def _needs(ctx: kehu.Context, quote: Quote) -> dict[str, Decimal]:
    return quote.needs(await limit_of(ctx, quote.owner_id, quote.team_id))
