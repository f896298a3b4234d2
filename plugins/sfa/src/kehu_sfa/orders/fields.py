"""What is still to be paid, as SQL: it can be filtered and ordered by."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from kehu_sfa.money.rounding import ZERO
from kehu_sfa.orders.models import Order, OrderStatus
from kehu_sfa.plugin import plugin


@plugin.sql_field(Order, money="currency")
def outstanding_amount(o: type[Order]) -> sa.ColumnElement[Decimal]:
    """What the customer still owes; below zero where we owe it."""
    owed = sa.case(
        (
            o.status.in_([OrderStatus.CONFIRMED, OrderStatus.FULFILLED]),
            o.total_amount - o.returned_amount,
        ),
        else_=sa.literal(ZERO, Order.total_amount.type),
    )
    return sa.type_coerce(owed, Order.total_amount.type) - o.paid_amount
