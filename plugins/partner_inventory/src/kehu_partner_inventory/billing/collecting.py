"""What partners were to pay and what they paid, by month."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerPayment, PaymentShare
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import plugin


@dataclasses.dataclass(frozen=True, slots=True)
class Collection:
    """What was due of a partner in a month, credit notes off; what of that was paid in time; what came in in it.

    `month` is such as 2026-03; amounts are in the partner's currency, `paidInTime` counts invoices up to their day.
    """

    partner: Partner
    month: str
    currency: str
    due: Decimal
    paid_in_time: Decimal
    received: Decimal


@plugin.query(permission="partner_inventory.partner_invoice:read")
async def collections(ctx: kehu.Context, from_on: date, until_on: date) -> list[Collection]:
    """What each partner was to pay and paid, by partner code and month; months without either are left out."""
    sums: dict[tuple[uuid.UUID, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    i, share, payment = PartnerInvoice, PaymentShare, PartnerPayment
    due = sa.select(i.partner_id, i.due_on, i.amount).where(i.due_on.between(from_on, until_on))
    in_time = (
        sa.select(i.partner_id, i.due_on, share.amount)
        .join(share, share.invoice_id == i.id)
        .join(payment, payment.id == share.payment_id)
        .where(i.due_on.between(from_on, until_on), payment.received_on <= i.due_on)
    )
    came = sa.select(payment.partner_id, payment.received_on, payment.amount).where(
        payment.received_on.between(from_on, until_on)
    )
    for place, statement in enumerate((due, in_time, came)):
        for key, day, amount in await ctx.session.execute(statement):
            sums[key, f"{day:%Y-%m}"][place] += amount
    wanted = sa.select(Partner).where(Partner.id.in_({key for key, _ in sums})).order_by(Partner.code)
    partners = (await ctx.session.scalars(wanted)).all()
    return [
        Collection(each, month, each.currency, *sums[key, month])
        for each in partners
        for key, month in sorted(sums)
        if key == each.id
    ]
