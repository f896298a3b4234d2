"""What can be said of orders and their lines."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.orders.models import ChannelOrder, ChannelOrderLine
from kehu_partner_inventory.plugin import channel_order, channel_order_line, plugin
from kehu_partner_inventory.pricing.engine import PriceStep, StepKind
from kehu_partner_inventory.stock.models import VALUED


@channel_order_line.field
def price_trace(line: ChannelOrderLine) -> list[PriceStep]:
    """The rules that made the price when the line was written, step by step."""
    return [
        PriceStep(
            StepKind[step["kind"]],
            kehu.GlobalId(step["rule"]),
            step["name"],
            Decimal(step["value"]),
            Decimal(step["price"]),
        )
        for step in line.price_steps
    ]


@plugin.sql_field(ChannelOrderLine, money="order.currency")
def net_amount(line: type[ChannelOrderLine]) -> sa.ColumnElement[Decimal]:
    """Quantity times unit price to the last digit, before it is rounded to the currency; sums are exact."""
    return sa.type_coerce(line.quantity * line.unit_price, VALUED)


@channel_order.field
def order_to_ship_hours(order: ChannelOrder) -> int | None:
    """Full hours from ordering until the last of it had left; none before."""
    if order.submitted_at is None or order.shipped_at is None:
        return None
    return int((order.shipped_at - order.submitted_at).total_seconds() // 3600)
