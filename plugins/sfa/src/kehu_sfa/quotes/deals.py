"""The amount of a won deal is what its customer has accepted: the net of its accepted quotes, in their currency.

A quote whose order is cancelled stays accepted, as a matter of record, and counts no more.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.kernel.model import ExactDecimal
from kehu.kernel.writing.offers import as_agreed
from kehu_sfa.lines.rules import CurrencyDiffers
from kehu_sfa.money.rounding import ZERO, percent_of, rounded
from kehu_sfa.opportunities.models import Opportunity, OpportunityState
from kehu_sfa.opportunity_lines.models import OpportunityLine
from kehu_sfa.orders.models import Order, OrderStatus
from kehu_sfa.plugin import opportunity, order, quote
from kehu_sfa.quotes.models import Quote, QuoteLine, QuoteStatus

whoever_asks = kehu.Unscoped("a won deal is worth all that was accepted")


class DealLost(kehu.Refusal):
    """The deal of a quote was lost."""

    code = "DEAL_LOST"


class AmountOfQuote(kehu.Refusal):
    """A deal is worth what its customer has accepted."""

    code = "AMOUNT_OF_QUOTE"


@dataclasses.dataclass(frozen=True, slots=True)
class Accepted:
    """What the customer of a deal has accepted, before tax, in one currency."""

    amount: Decimal
    currency: str


@quote.after_write
async def deals_follow_accepted_quotes(ctx: kehu.Context, change: kehu.Change[Quote]) -> None:
    """A deal is worth what its customer has just accepted; one that is lost has to be reopened first."""
    accepted = change.obj
    if accepted.status is not QuoteStatus.ACCEPTED or not change.touches(Quote.status):
        return
    if accepted.opportunity_id is not None:
        deal = await _deal(ctx, accepted.opportunity_id)
        if deal.state is OpportunityState.LOST:
            raise DealLost(
                kehu.text("{name} was lost; reopen it first.", name=deal.name), field="opportunityId"
            )
        await _follow(ctx, deal)


@order.after_write
async def deals_let_go_of_cancelled_orders(ctx: kehu.Context, change: kehu.Change[Order]) -> None:
    """A deal is worth what is left of what was accepted; where nothing is, its amount is free to change."""
    cancelled = change.obj
    if cancelled.status is not OrderStatus.CANCELLED or not change.touches(Order.status):
        return
    if cancelled.quote_id is not None and cancelled.opportunity_id is not None:
        deal = await _deal(ctx, cancelled.opportunity_id)
        if deal.state is not OpportunityState.LOST:
            await _follow(ctx, deal)


@opportunity.after_write
async def won_deals_follow_accepted_quotes(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """A deal that is won is worth what its customer has accepted, whatever was expected meanwhile."""
    is_moved = not change.deleting and change.touches(Opportunity.stage_id)
    if is_moved and change.obj.state is OpportunityState.WON:
        await _follow(ctx, change.obj)


@opportunity.before_write
async def keep_to_accepted_quotes(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """The amount of a won deal stays what its customer has accepted."""
    deal = change.obj
    if change.creating or change.deleting or deal.state is not OpportunityState.WON:
        return
    if not change.touches(Opportunity.amount, Opportunity.currency):
        return
    for accepted in await _accepted(ctx, deal.id):
        if (deal.amount, deal.currency) != (accepted.amount, accepted.currency):
            change.error(_worth(deal, accepted), field=Opportunity.amount, code=AmountOfQuote.code)


async def check_divisible(ctx: kehu.Context, deal: Opportunity) -> None:
    """Raise AmountOfQuote for a deal of which something was accepted, which a part would be sold of again."""
    for accepted in await _accepted(ctx, deal.id):
        raise AmountOfQuote(_worth(deal, accepted), field=Opportunity.amount)


def _worth(deal: Opportunity, accepted: Accepted) -> kehu.Text:
    amount = kehu.money(accepted.amount, accepted.currency)
    return kehu.text("{name} is worth what was accepted, {amount}.", name=deal.name, amount=amount)


async def _deal(ctx: kehu.Context, deal_id: uuid.UUID) -> Opportunity:
    found = sa.select(Opportunity).where(Opportunity.id == deal_id)
    return (await whoever_asks.scalars(ctx, found)).one()


async def _follow(ctx: kehu.Context, deal: Opportunity) -> None:
    accepted = sorted(await _accepted(ctx, deal.id), key=lambda each: each.currency != deal.currency)
    if not accepted:
        return
    [worth, *others] = accepted
    for other in others:
        raise _differs(deal, worth.currency, other.currency)
    if deal.recurring_amount is not None and deal.currency != worth.currency:
        raise _differs(deal, deal.currency or "", worth.currency)
    present = await _lines_of(ctx, deal)
    wanted = await _accepted_lines(ctx, deal.id, worth.currency) if present else []
    is_same = [line.terms() for line in present] == wanted
    if is_same and (deal.amount, deal.currency) == (worth.amount, worth.currency):
        return
    for line in present:
        await ctx.delete(line)
    await ctx.flush()
    deal.amount, deal.currency = worth.amount, worth.currency
    await ctx.flush()
    for terms in wanted:
        as_agreed(ctx.add(OpportunityLine(opportunity_id=deal.id, **terms)))


async def _accepted(ctx: kehu.Context, deal_id: uuid.UUID) -> Sequence[Accepted]:
    """What was accepted, one for each currency."""
    statement = (
        sa.select(sa.func.sum(Quote.net_amount), Quote.currency)
        .where(*_counting(deal_id))
        .group_by(Quote.currency)
        .order_by(Quote.currency)
    )
    return [Accepted(*row) for row in await whoever_asks.execute(ctx, statement)]


def _counting(deal_id: uuid.UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """The accepted quotes of a deal, but for those whose order is cancelled."""
    cancelled = sa.exists().where(Order.quote_id == Quote.id, Order.status == OrderStatus.CANCELLED)
    accepted = (Quote.opportunity_id == deal_id, Quote.status == QuoteStatus.ACCEPTED)
    return (*accepted, Quote.archived_at.is_(None), ~cancelled)


async def _lines_of(ctx: kehu.Context, deal: Opportunity) -> Sequence[OpportunityLine]:
    found = sa.select(OpportunityLine).where(OpportunityLine.opportunity_id == deal.id)
    return (await whoever_asks.scalars(ctx, found.order_by(OpportunityLine.position))).all()


async def _accepted_lines(ctx: kehu.Context, deal_id: uuid.UUID, currency: str) -> list[dict[str, Any]]:
    """The terms of the lines that were accepted, in their order."""
    found = (
        sa.select(QuoteLine)
        .join(Quote, Quote.id == QuoteLine.quote_id)
        .where(*_counting(deal_id))
        .order_by(Quote.number, Quote.revision, QuoteLine.position)
    )
    quoted = (await whoever_asks.scalars(ctx, found)).all()
    return [_as_accepted(line, currency, position) for position, line in enumerate(quoted, start=1)]


def _as_accepted(line: QuoteLine, currency: str, position: int) -> dict[str, Any]:
    quantity, unit_price, discount = _terms(line, currency)
    return {
        "product_id": line.product_id,
        "description": line.description[:500],
        "position": position,
        "quantity": quantity,
        "unit_price": unit_price,
        "discount_percent": discount,
        "unit_cost": line.unit_cost if quantity == line.quantity else None,
    }


def _terms(line: QuoteLine, currency: str) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, unit price and discount that come to the net of a line.

    Those of the line, else its quantity at what is left of the price; else all of it for its net.
    """
    left = ExactDecimal().quantise(line.net_amount / line.quantity)
    for price, discount in ((line.unit_price, line.discount_percent), (left, ZERO)):
        gross = rounded(line.quantity * price, currency)
        if gross - percent_of(gross, discount, currency) == line.net_amount:
            return line.quantity, price, discount
    return Decimal(1), line.net_amount, ZERO


def _differs(deal: Opportunity, ours: str, theirs: str) -> CurrencyDiffers:
    message = kehu.text(
        "{name} is agreed on in {ours}, the quote is in {theirs}.", name=deal.name, ours=ours, theirs=theirs
    )
    return CurrencyDiffers(message, field="currency")
