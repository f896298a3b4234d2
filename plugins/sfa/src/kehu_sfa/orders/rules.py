"""What must hold when orders, payments and returns are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.lines.rules import currency_of
from kehu_sfa.numbering.actions import next_number
from kehu_sfa.numbering.models import ORDERS
from kehu_sfa.orders.models import CONTENT, RECKONED, Order, OrderLine, OrderReturn, Payment
from kehu_sfa.plugin import order, order_return, payment

whoever_asks = kehu.Unscoped("an order is the sum of all its lines")


class PaymentStays(kehu.Refusal):
    """What was paid or came back is never changed; a refund takes it back."""

    code = "PAYMENT_STAYS"


class PaidInFuture(kehu.Refusal):
    """Money that is yet to come, or goods, were not received."""

    code = "PAID_IN_FUTURE"


class BeforeTheOrder(kehu.Refusal):
    """Nothing is paid or comes back before it was ordered, and no money before it was paid."""

    code = "BEFORE_THE_ORDER"


async def lines_of(ctx: kehu.Context, order: Order) -> Sequence[OrderLine]:
    """The lines of an order in their order, whoever may see them."""
    found = sa.select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    return (await whoever_asks.scalars(ctx, found)).all()


@order.before_write
async def complete_an_order(ctx: kehu.Context, change: kehu.Change[Order]) -> None:
    """A new order gets its number, and currency and day unless they are given."""
    record = change.obj
    if not change.creating:
        return
    if not change.touches(Order.currency):
        record.currency = await currency_of(ctx, record.price_list_id, record.opportunity_id)
    if not change.touches(Order.ordered_on):
        record.ordered_on = ctx.today()
    if not change.touches(Order.number):
        record.number = await next_number(ctx, ORDERS)


@order.before_write
async def orders_change_as_drafts(_ctx: kehu.Context, change: kehu.Change[Order]) -> None:
    """What was agreed is not changed any more once it is confirmed."""
    if change.creating or change.deleting or not change.touches(*CONTENT):
        return
    with change.noting():
        change.obj.move("change")


@order.before_write
async def reckon_order(ctx: kehu.Context, change: kehu.Change[Order]) -> None:
    """The amounts follow from the lines and from how they are reckoned."""
    record = change.obj
    if change.deleting or not change.touches(*RECKONED):
        return
    with change.noting():
        record.reckon([] if change.creating else await lines_of(ctx, record))


@payment.before_write
async def payments_stay(ctx: kehu.Context, change: kehu.Change[Payment]) -> None:
    """A payment has come in already, and is never changed or deleted."""
    _keep(change)
    check_happened(ctx, change.obj.received_on, field=Payment.received_on)


@order_return.before_write
async def returns_stay(ctx: kehu.Context, change: kehu.Change[OrderReturn]) -> None:
    """A return has come in already, and is never changed or deleted."""
    _keep(change)
    ordered = sa.select(Order.ordered_on).where(Order.id == change.obj.order_id)
    ordered_on = await whoever_asks.scalar(ctx, ordered)
    if ordered_on is not None and change.obj.returned_on < ordered_on:
        message = kehu.text("It was ordered on {day}, and has not come back before.", day=ordered_on)
        raise BeforeTheOrder(message, field=OrderReturn.returned_on)
    if change.obj.returned_on > ctx.today():
        message = kehu.text("Nothing has come back on {day} yet.", day=change.obj.returned_on)
        raise PaidInFuture(message, field=OrderReturn.returned_on)


def check_happened(ctx: kehu.Context, day: date, *, field: object) -> None:
    """Raise PaidInFuture, which blames `field`, for a day on which nobody can have paid yet."""
    if day > ctx.today():
        raise PaidInFuture(kehu.text("Nothing has been paid on {day} yet.", day=day), field=field)


def check_was_ordered(order: Order, payment: Payment) -> None:
    """Raise BeforeTheOrder for a payment of an earlier day than the order's that is no advance."""
    if payment.received_on < order.ordered_on and not payment.is_advance:
        message = kehu.text(
            "{order} was ordered on {day}; what was paid before is an advance.",
            order=order.number,
            day=order.ordered_on,
        )
        raise BeforeTheOrder(message, field=Payment.received_on)


async def paid_by_day(ctx: kehu.Context, order: Order) -> dict[date, Decimal]:
    """What came in for an order, less what was given back, on each day of either."""
    day = Payment.received_on
    statement = sa.select(day, sa.func.sum(Payment.amount)).where(Payment.order_id == order.id).group_by(day)
    rows = await whoever_asks.execute(ctx, statement)
    return {row[0]: row[1] for row in rows}


def check_was_paid(by_day: Mapping[date, Decimal], day: date, *, field: object) -> None:
    """Raise BeforeTheOrder, which blames `field`, for a day before the first payment of an order."""
    first = min(by_day, default=day)
    if day < first:
        message = kehu.text("The first payment came on {day}; nothing was given back before.", day=first)
        raise BeforeTheOrder(message, field=field)


def _keep(change: kehu.Change[Payment] | kehu.Change[OrderReturn]) -> None:
    if not change.creating:
        raise PaymentStays(kehu.text("What was paid or came back stays as it is; refund it."))
