"""What `kehu demo` shows of selling: quotes for open deals, orders and payments for deals that were won."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.commissions.models import CommissionPlan, CommissionSlab
from kehu_sfa.discount_limits.models import DiscountLimit
from kehu_sfa.money.models import TaxRate
from kehu_sfa.money.rounding import HUNDRED, ZERO, rounded
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.orders.models import Order, OrderLine, Payment
from kehu_sfa.pipelines.models import Stage, StageCategory
from kehu_sfa.plugin import plugin
from kehu_sfa.quotes.models import Quote, QuoteLine, QuoteStatus

DEALS = 40
VAT = Decimal(19)
DISCOUNTS = (0, 0, 3, 5, 10)
METHODS = ("TRANSFER", "TRANSFER", "CARD")
TERMS = "Payment within 30 days of delivery."


class SellingDemoData:
    """The demo data of quotes, orders and commissions."""

    @kehu.hookimpl
    async def kehu_demo_data(self, ctx: kehu.Context, chance: random.Random) -> None:
        """Terms of the firm, and what came of its deals so far."""
        rate = await _terms_of_the_firm(ctx)
        found = (
            sa.select(Opportunity, Stage.category)
            .join(Stage, Stage.id == Opportunity.stage_id)
            .where(Opportunity.customer_id.is_not(None), Opportunity.amount.is_not(None))
            .where(Stage.category.in_([StageCategory.OPEN, StageCategory.WON]))
            .order_by(Opportunity.id)
            .limit(DEALS)
        )
        for deal, category in (await ctx.session.execute(found)).all():
            quote, line = await _quote(ctx, chance, deal, rate)
            if category is StageCategory.WON:
                await _order(ctx, chance, quote, line)


plugin.hookimpl(SellingDemoData())


async def _terms_of_the_firm(ctx: kehu.Context) -> TaxRate:
    known = await ctx.session.scalars(sa.select(TaxRate).where(TaxRate.is_default.is_(True)))
    default = known.first()
    if default is not None:
        return default
    rate = ctx.add(TaxRate(name=f"VAT {VAT} %", percent=VAT, country="DE", is_default=True))
    ctx.add(DiscountLimit(name="Everybody", max_discount_percent=Decimal(8)))
    plan = ctx.add(CommissionPlan(name="Sales"))
    await ctx.flush()
    ctx.add(CommissionSlab(plan_id=plan.id, percent=Decimal(2)))
    ctx.add(CommissionSlab(plan_id=plan.id, above=Decimal(50_000), percent=Decimal(3)))
    return rate


async def _quote(
    ctx: kehu.Context, chance: random.Random, deal: Opportunity, rate: TaxRate
) -> tuple[Quote, QuoteLine]:
    """A quote for the deal as it was offered; every third is still a draft unless the deal was won."""
    assert deal.customer_id is not None
    quote = Quote(
        name=deal.name,
        customer_id=deal.customer_id,
        opportunity_id=deal.id,
        owner_id=deal.owner_id,
        team_id=deal.team_id,
        valid_until_on=ctx.today() + timedelta(days=chance.randrange(7, 45)),
        terms=TERMS,
    )
    ctx.add(quote)
    await ctx.flush()
    line = QuoteLine(
        quote_id=quote.id,
        position=1,
        product_id=deal.product_id,
        description=deal.name,
        quantity=Decimal(1),
        unit="piece",
        unit_price=deal.amount,
        discount_percent=Decimal(chance.choice(DISCOUNTS)),
        tax_rate_id=rate.id,
        tax_percent=rate.percent,
    )
    quote.reckon([line])
    ctx.add(line)
    if deal.closed_at is not None or chance.randrange(3):
        quote.send([line], needed=False, at=ctx.now(), on=ctx.today())
    return quote, line


async def _order(ctx: kehu.Context, chance: random.Random, quote: Quote, line: QuoteLine) -> None:
    """The customer has accepted, and perhaps paid some of it."""
    assert quote.status is QuoteStatus.SENT
    quote.accept(on=ctx.today())
    order = ctx.add(Order.of_quote(quote, on=ctx.today()))
    await ctx.flush()
    agreed = OrderLine(order_id=order.id, **line.terms())
    order.reckon([agreed])
    ctx.add(agreed)
    order.confirm(lines=1, at=ctx.now())
    paid = rounded(order.total_amount * chance.choice((0, 30, 50, 100)) / HUNDRED, order.currency)
    if paid > ZERO:
        payment = Payment(
            order_id=order.id,
            amount=paid,
            received_on=ctx.today(),
            method=chance.choice(METHODS),
            is_advance=False,
        )
        order.receive(payment)
        ctx.add(payment)
    await ctx.flush()
