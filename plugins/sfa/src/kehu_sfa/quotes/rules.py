"""What must hold when a quote is written, and what follows from the decision about its approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

import kehu
from kehu.business.approvals.models import ApprovalRequest, ApprovalStatus
from kehu.business.approvals.requests import withdraw_approval
from kehu.kernel.ids import parse_global_id
from kehu_sfa.lines.rules import currency_of
from kehu_sfa.numbering.actions import next_number
from kehu_sfa.numbering.models import QUOTES
from kehu_sfa.plugin import plugin, quote
from kehu_sfa.quotes.models import CONTENT, RECKONED, Quote, QuoteLine, QuoteStatus

whoever_asks = kehu.Unscoped("a quote is the sum of all its lines, and waits for who decides")

DAYS_VALID = 30
_OUTCOMES = {
    ApprovalStatus.APPROVED: "approve",
    ApprovalStatus.REJECTED: "reject",
    ApprovalStatus.WITHDRAWN: "withdraw",
}


async def lines_of(ctx: kehu.Context, quote: Quote) -> Sequence[QuoteLine]:
    """The lines of a quote in their order, whoever may see them."""
    found = sa.select(QuoteLine).where(QuoteLine.quote_id == quote.id).order_by(QuoteLine.position)
    return (await whoever_asks.scalars(ctx, found)).all()


@quote.before_write
async def complete_a_quote(ctx: kehu.Context, change: kehu.Change[Quote]) -> None:
    """A new quote gets its number, and currency and validity unless they are given."""
    record = change.obj
    if not change.creating:
        return
    if not change.touches(Quote.currency):
        record.currency = await currency_of(ctx, record.price_list_id, record.opportunity_id)
    if not change.touches(Quote.valid_until_on):
        record.valid_until_on = ctx.today() + timedelta(days=DAYS_VALID)
    if not change.touches(Quote.number):
        record.number = await next_number(ctx, QUOTES)


@quote.before_write
async def wait_for_who_decides(ctx: kehu.Context, change: kehu.Change[Quote]) -> None:
    """Whoever changes a quote that somebody is asked about first waits for a decision that is just being taken.

    A decision locks the request and then the quote; so does a change, or the two would wait for one another for ever.
    """
    asked = None if change.creating else change.obj.approval_request_id
    if asked is not None and change.touches(Quote.status, *CONTENT):
        locked = sa.select(ApprovalRequest.id).where(ApprovalRequest.id == asked).with_for_update()
        await whoever_asks.scalar(ctx, locked)


@quote.before_write
async def a_changed_quote_loses_its_approval(_ctx: kehu.Context, change: kehu.Change[Quote]) -> None:
    """What the customer reads changes in a draft only; an approval does not outlive a change."""
    if change.creating or change.deleting or change.touches(Quote.status) or not change.touches(*CONTENT):
        return
    with change.noting():
        change.obj.move("change")


@quote.before_write
async def reckon_quote(ctx: kehu.Context, change: kehu.Change[Quote]) -> None:
    """The amounts follow from the lines and from how they are reckoned."""
    record = change.obj
    if change.deleting or not change.touches(*RECKONED):
        return
    with change.noting():
        record.reckon([] if change.creating else await lines_of(ctx, record))


@quote.after_write
async def take_back_an_approval(ctx: kehu.Context, change: kehu.Change[Quote]) -> None:
    """Nobody is asked any more about a quote that went back to being a draft."""
    record = change.obj
    if record.status is QuoteStatus.DRAFT and record.approval_request_id is not None:
        request_id, record.approval_request_id = record.approval_request_id, None
        await withdraw_approval(ctx, request_id)


@plugin.after_write(ApprovalRequest)
async def carry_on_with_the_quote(ctx: kehu.Context, change: kehu.Change[ApprovalRequest]) -> None:
    """The outcome of a request moves its quote on, if it still waits for that."""
    request = change.obj
    verb = _OUTCOMES.get(request.status)
    type_name, key = parse_global_id(request.subject_id)
    if verb is None or type_name != "Quote" or not change.touches(ApprovalRequest.status):
        return
    found = sa.select(Quote).where(Quote.id == key, Quote.approval_request_id == request.id)
    waiting = (await whoever_asks.scalars(ctx, found)).one_or_none()
    if waiting is not None and waiting.status is QuoteStatus.IN_APPROVAL:
        waiting.move(verb)


@plugin.job(schedule="5 * * * *", atomic=True)
async def expire_quotes(ctx: kehu.Context) -> None:
    """Quotes whose validity has passed everywhere expire."""
    last_day_anywhere = (ctx.now() - timedelta(hours=12)).date()
    over = sa.select(Quote).where(Quote.status == QuoteStatus.SENT, Quote.valid_until_on < last_day_anywhere)
    for found in await ctx.session.scalars(over):
        found.move("expire")
