"""Money that comes in from a partner, and how old what it owes is."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.kernel.writing.money import check_amount
from kehu_partner_inventory.billing.invoicing import whoever_asks
from kehu_partner_inventory.billing.models import (
    PartnerInvoice,
    PartnerPayment,
    PaymentShare,
    check_issued,
    shared,
)
from kehu_partner_inventory.credit.checking import lock_partners
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.plugin import partner, plugin

DAYS = (0, 30, 60, 90)


@dataclasses.dataclass(frozen=True, slots=True)
class ReceivablesAge:
    """What a partner owes on a day, by how many days it is late; credit notes are below zero."""

    partner: Partner
    currency: str
    not_due: Decimal
    up_to_30: Decimal
    up_to_60: Decimal
    up_to_90: Decimal
    older: Decimal
    total: Decimal


@partner.action
async def receive_payment(
    partner: Partner,
    ctx: kehu.Context,
    amount: Decimal,
    received_on: date | None = None,
    reference: str | None = None,
    invoices: list[PartnerInvoice] | None = None,
) -> PartnerPayment:
    """Money came in: for these invoices, or for all of its day, those that are due first; credit notes are set off."""
    check_amount(amount, partner.currency, field="amount")
    day = received_on or ctx.today()
    check_issued(invoices or (), day)
    await lock_partners(ctx, [partner.id])
    i = PartnerInvoice
    statement = sa.select(i).where(i.partner_id == partner.id, i.open_amount != 0, i.issued_on <= day)
    if invoices is not None:
        statement = statement.where(i.id.in_([each.id for each in invoices]))
    statement = statement.order_by(i.due_on, i.id).with_for_update()
    found = (await whoever_asks.scalars(ctx, statement.execution_options(populate_existing=True))).all()
    shares = shared(amount, [each.open_amount for each in found], partner.currency)
    payment = ctx.add(
        PartnerPayment(
            id=kehu.uuid7(),
            partner_id=partner.id,
            amount=amount,
            received_on=day,
            reference=reference,
        )
    )
    for each, share in zip(found, shares, strict=True):
        if share:
            each.open_amount -= share
            ctx.add(PaymentShare(payment_id=payment.id, invoice_id=each.id, amount=share))
    return payment


@plugin.query(permission="partner_inventory.partner_invoice:read")
async def receivables_ageing(ctx: kehu.Context, on: date | None = None) -> list[ReceivablesAge]:
    """What each partner owed at the end of a day, today unless another is given, by partner code."""
    day = on or ctx.today()
    late = await _late(ctx, day)
    statement = sa.select(Partner).where(Partner.id.in_({key for key, _, _ in late})).order_by(Partner.code)
    rows = []
    for each in await ctx.session.scalars(statement):
        own = [(due_on, amount) for key, due_on, amount in late if key == each.id]
        parts = _by_age(own, day)
        rows.append(ReceivablesAge(each, each.currency, *parts))
    return rows


Ages = tuple[Decimal, Decimal, Decimal, Decimal, Decimal, Decimal]


def _by_age(owed: Sequence[tuple[date, Decimal]], day: date) -> Ages:
    """Not due, late by up to 30, 60, 90 days, by more; and the total."""
    parts = [Decimal(0)] * 5
    for due_on, amount in owed:
        parts[sum(day - due_on > timedelta(days=days) for days in DAYS)] += amount
    not_due, up_to_30, up_to_60, up_to_90, older = parts
    return not_due, up_to_30, up_to_60, up_to_90, older, sum(parts, Decimal(0))


async def _late(ctx: kehu.Context, day: date) -> list[tuple[object, date, Decimal]]:
    """Partner, day and what was open of each invoice of the time, by what had been paid until then."""
    i, share = PartnerInvoice, PaymentShare
    paid = (
        sa.select(share.invoice_id, sa.func.sum(share.amount).label("amount"))
        .join(PartnerPayment, PartnerPayment.id == share.payment_id)
        .where(PartnerPayment.received_on <= day)
        .group_by(share.invoice_id)
        .subquery()
    )
    statement = (
        sa.select(i.partner_id, i.due_on, i.amount, paid.c.amount)
        .outerjoin(paid, paid.c.invoice_id == i.id)
        .where(i.issued_on <= day)
    )
    rows = await ctx.session.execute(statement)
    open_ones = ((row[0], row[1], row[2] - (row[3] or Decimal(0))) for row in rows)
    return [row for row in open_ones if row[2]]
