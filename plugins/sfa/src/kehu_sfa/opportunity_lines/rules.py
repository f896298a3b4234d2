"""Lines get their prices and amounts; the opportunity gets the sum of its lines."""

from __future__ import annotations

import uuid
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.crm.products.queries import find_price
from kehu_sfa.lines.models import NoPrice
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.opportunity_lines.models import OpportunityLine
from kehu_sfa.plugin import opportunity, opportunity_line

whoever_asks = kehu.Unscoped("an opportunity is the sum of all its lines")


@opportunity_line.before_write
async def reckon_line(ctx: kehu.Context, change: kehu.Change[OpportunityLine]) -> None:
    """The price of the list unless another is given; amount and margin, rounded to the currency."""
    line = change.obj
    if change.deleting or None in (line.opportunity_id, line.quantity, line.discount_percent):
        return
    deal = await _opportunity_of(ctx, line)
    if deal is None:
        return
    if deal.currency is None:
        message = kehu.text("{name} needs a currency before it has lines.", name=deal.name)
        change.error(message, field=Opportunity.currency, code="CURRENCY_MISSING")
        return
    with change.noting():
        if not _has_price(line):
            line.unit_price = await _price(ctx, deal, line)
        line.reckon(deal.currency)


@opportunity_line.after_write
async def sum_up(ctx: kehu.Context, change: kehu.Change[OpportunityLine]) -> None:
    """The amount of an opportunity is the sum of its lines; that of its last line stays when the line goes."""
    total = await _sum_of_lines(ctx, change.obj.opportunity_id)
    deal = await _opportunity_of(ctx, change.obj)
    if total is not None and deal is not None and deal.amount != total:
        deal.amount = total


@opportunity.before_write
async def keep_to_the_lines(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """With lines, the amount is their sum, and the currency theirs."""
    if change.creating or change.deleting or not change.touches(Opportunity.amount, Opportunity.currency):
        return
    total = await _sum_of_lines(ctx, change.obj.id)
    if total is None:
        return
    if change.obj.amount != total:
        message = kehu.text(
            "The amount of {name} is the sum of its lines, {total}.",
            name=change.obj.name,
            total=kehu.money(total, change.obj.currency),
        )
        change.error(message, field=Opportunity.amount, code="AMOUNT_OF_LINES")
    if change.touches(Opportunity.currency):
        message = kehu.text("{name} has lines in its currency; remove them first.", name=change.obj.name)
        change.error(message, field=Opportunity.currency, code="CURRENCY_OF_LINES")


@opportunity.before_write
async def check_price_list(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """The prices of an opportunity are in its currency."""
    deal = change.obj
    if change.deleting or deal.price_list_id is None:
        return
    if not change.touches(Opportunity.price_list_id, Opportunity.currency):
        return
    prices = sa.select(kehu.PriceList.currency).where(kehu.PriceList.id == deal.price_list_id)
    currency = await whoever_asks.scalar(ctx, prices)
    if deal.currency is None:
        deal.currency = currency
    if currency is not None and currency != deal.currency:
        message = kehu.text(
            "The price list is in {theirs}, the opportunity in {ours}.", theirs=currency, ours=deal.currency
        )
        change.error(message, field=Opportunity.price_list_id, code="CURRENCY_DIFFERS")


def _has_price(line: OpportunityLine) -> bool:
    # Until this rule has run, a new line may lack what its column needs.
    given: Decimal | None = line.unit_price
    return given is not None


async def _price(ctx: kehu.Context, deal: Opportunity, line: OpportunityLine) -> Decimal:
    price = None
    if deal.price_list_id is not None and line.product_id is not None:
        price = await find_price(
            ctx, deal.price_list_id, line.product_id, quantity=line.quantity, on=ctx.today()
        )
    if price is None:
        message = kehu.text("Say what one unit costs; the price list of {name} does not.", name=deal.name)
        raise NoPrice(message, field=OpportunityLine.unit_price)
    return price


async def _opportunity_of(ctx: kehu.Context, line: OpportunityLine) -> Opportunity | None:
    pending = ctx.session.sync_session.new
    new = (r for r in pending if isinstance(r, Opportunity) and r.id == line.opportunity_id)
    found = next(new, None)
    if found is not None:
        return found
    statement = sa.select(Opportunity).where(Opportunity.id == line.opportunity_id)
    return (await whoever_asks.scalars(ctx, statement)).one_or_none()


async def _sum_of_lines(ctx: kehu.Context, opportunity_id: uuid.UUID) -> Decimal | None:
    total = sa.select(sa.func.sum(OpportunityLine.amount)).where(
        OpportunityLine.opportunity_id == opportunity_id
    )
    return await whoever_asks.scalar(ctx, total)
