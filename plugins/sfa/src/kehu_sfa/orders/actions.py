"""The verbs of an order, and the money that comes in for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import kehu
from kehu.crm.products.queries import check_sold
from kehu_sfa.lines.actions import OfferedLine, make_lines
from kehu_sfa.lines.rules import check_price_list, worth
from kehu_sfa.orders.events import OrderConfirmed
from kehu_sfa.orders.models import Order, OrderLine, OrderReturn, Payment
from kehu_sfa.orders.rules import (
    check_happened,
    check_was_ordered,
    check_was_paid,
    lines_of,
    paid_by_day,
)
from kehu_sfa.plugin import order


@order.action
async def set_lines(order: Order, ctx: kehu.Context, lines: list[OfferedLine]) -> None:
    """Replace all lines of a draft."""
    order.move("change")
    await check_price_list(ctx, order.price_list_id, order.currency)
    made = await make_lines(ctx, OrderLine, lines, price_list_id=order.price_list_id, on=order.ordered_on)
    order.reckon(made)
    for line in await lines_of(ctx, order):
        await ctx.delete(line)
    for line in made:
        line.order_id = order.id
    ctx.session.add_all(made)


@order.action
async def confirm(order: Order, ctx: kehu.Context) -> None:
    """Both sides are bound; what a quote has agreed on is delivered though it has gone out of sale since."""
    lines = await lines_of(ctx, order)
    order.confirm(lines=len(lines), at=ctx.now())
    if order.quote_id is None:
        await check_sold(ctx, (line.product_id for line in lines), field="lines")
    ctx.emit(OrderConfirmed(order.id, order.customer_id), customer_id=order.customer_id)


@order.action
async def fulfil(order: Order, ctx: kehu.Context) -> None:
    """The customer has got all."""
    order.fulfil(at=ctx.now())


@order.action
async def cancel(order: Order, ctx: kehu.Context, reason: str) -> None:
    """Nobody is bound any more, for a reason."""
    order.cancel(reason=reason, at=ctx.now())


@order.action
async def receive_payment(  # noqa: PLR0913, PLR0917  # the arguments of the API
    order: Order,
    ctx: kehu.Context,
    amount: Decimal,
    method: Annotated[str, Payment.method],
    received_on: date | None = None,
    reference: str | None = None,
    is_advance: bool = False,  # noqa: FBT001, FBT002  # an argument of the API
    currency: str | None = None,
) -> Payment:
    """Money came in: not more than is outstanding, unless it is an advance.

    `currency` is that of the order unless given; another one is worth what the rate of the day says.
    """
    await ctx.session.refresh(order, with_for_update=True)
    day = received_on or ctx.today()
    payment = Payment(
        order_id=order.id,
        amount=amount,
        method=method,
        received_on=day,
        reference=reference,
        is_advance=is_advance,
    )
    if currency is not None and currency != order.currency:
        payment.paid_amount, payment.paid_currency = amount, currency
        payment.amount = await worth(ctx, amount, currency, order.currency, on=day)
    check_was_ordered(order, payment)
    order.receive(payment)
    return ctx.add(payment)


@order.action
async def refund(
    order: Order,
    ctx: kehu.Context,
    amount: Decimal,
    method: Annotated[str, Payment.method],
    refunded_on: date | None = None,
    reference: str | None = None,
) -> Payment:
    """Money was given back: not more than had been paid by that day, less what goes back after it."""
    await ctx.session.refresh(order, with_for_update=True)
    day = refunded_on or ctx.today()
    check_happened(ctx, day, field="refunded_on")
    by_day = await paid_by_day(ctx, order)
    check_was_paid(by_day, day, field="refunded_on")
    order.refund(amount, on=day, by_day=by_day)
    return ctx.add(
        Payment(
            order_id=order.id,
            amount=-amount,
            method=method,
            received_on=day,
            reference=reference,
        )
    )


@order.action
async def take_back(
    order: Order, ctx: kehu.Context, amount: Decimal, reason: str, returned_on: date | None = None
) -> OrderReturn:
    """Goods came back that are worth so much, tax included."""
    await ctx.session.refresh(order, with_for_update=True)
    order.take_back(amount)
    return ctx.add(
        OrderReturn(order_id=order.id, amount=amount, returned_on=returned_on or ctx.today(), reason=reason)
    )
