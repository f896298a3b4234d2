"""Writing invoices and credit notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import NothingToBill, PartnerInvoice, PartnerInvoiceLine
from kehu_partner_inventory.orders.models import ZERO, ChannelOrder, ChannelOrderLine
from kehu_partner_inventory.orders.numbering import next_number
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.programmes.models import PartnerLevel

whoever_asks = kehu.Unscoped("a payment goes to all that is open")

PAYMENT_DAYS = 30
"""Within how many days partners without a level pay."""

Parts = Sequence[tuple[ChannelOrderLine, Decimal, Decimal]]


async def bill_lines(
    ctx: kehu.Context, order: ChannelOrder, partner: Partner, lines: Sequence[ChannelOrderLine]
) -> PartnerInvoice:
    """An invoice for what has left and is on none. Raises NothingToBill."""
    parts = []
    for line in lines:
        quantity = line.shipped - line.billed
        if quantity:
            parts.append((line, quantity, line.bill(order.currency)))
    if not parts:
        message = kehu.text("Nothing of {order} has left that is not billed.", order=order.number)
        raise NothingToBill(message)
    made = await _write(ctx, order, partner, parts, None)
    order.unbilled_amount -= made.amount
    return made


async def credit_lines(
    ctx: kehu.Context,
    order: ChannelOrder,
    partner: Partner,
    returned: Mapping[ChannelOrderLine, Decimal],
    *,
    reason: str,
) -> PartnerInvoice:
    """A credit note for what came back; several of a line never come to more than the line did."""
    parts = []
    for line, quantity in returned.items():
        before = line.worth(line.returned - quantity, order.currency)
        parts.append((line, -quantity, before - line.worth(line.returned, order.currency)))
    return await _write(ctx, order, partner, parts, reason)


async def _write(
    ctx: kehu.Context, order: ChannelOrder, partner: Partner, parts: Parts, reason: str | None
) -> PartnerInvoice:
    amount = sum((part[2] for part in parts), ZERO)
    today = ctx.today()
    made = ctx.add(
        PartnerInvoice(
            id=kehu.uuid7(),
            number=await next_number(ctx, "I"),
            partner_id=partner.id,
            order_id=order.id,
            currency=order.currency,
            amount=amount,
            open_amount=amount,
            issued_on=today,
            due_on=today + timedelta(days=await _payment_days(ctx, partner)),
            reason=reason,
        )
    )
    for line, quantity, worth in parts:
        ctx.add(
            PartnerInvoiceLine(invoice_id=made.id, order_line_id=line.id, quantity=quantity, amount=worth)
        )
    return made


async def _payment_days(ctx: kehu.Context, partner: Partner) -> int:
    statement = sa.select(PartnerLevel.payment_days).where(PartnerLevel.id == partner.level_id)
    days = await whoever_asks.scalar(ctx, statement)
    return PAYMENT_DAYS if days is None else days
