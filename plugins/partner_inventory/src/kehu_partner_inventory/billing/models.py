"""Invoices to partners, and what they paid."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.orders.models import ZERO, ChannelOrder, ChannelOrderLine
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.stock.models import QUANTITY


class NothingToBill(kehu.Refusal):
    """Nothing has left that is on no invoice."""

    code = "NOTHING_TO_BILL"


class PaidTooMuch(kehu.Refusal):
    """No more is received than is open, and no less than something."""

    code = "PAID_TOO_MUCH"


class BooksStay(kehu.Refusal):
    """Invoices and payments are written by the verbs of orders and partners, and stay."""

    code = "BOOKS_STAY"


class PartnerInvoice(kehu.Entity, Base):
    """What a partner owes for goods that left, or below zero gets back: then it is a credit note."""

    __tablename__ = "partner_inventory_invoice"
    __table_args__ = (sa.Index("ix_partner_inventory_invoice_exposure", "partner_id", "open_amount"),)

    number: Mapped[str] = kehu.column(sa.String(30), unique=True, doc="Such as I-2026-00001.")
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, index=False, doc="Who owes.")
    order_id: Mapped[uuid.UUID | None] = kehu.ref(
        ChannelOrder, doc="For which order; none where a rebate is paid out."
    )
    currency: Mapped[str] = kehu.column(sa.String(3), doc="ISO 4217 code of its amounts.")
    amount: Mapped[Decimal] = kehu.column(money="currency", doc="What it comes to, before tax.")
    open_amount: Mapped[Decimal] = kehu.column(
        money="currency", doc="What of it is neither paid nor set off."
    )
    issued_on: Mapped[date] = kehu.column(index=True, doc="When it was written.")
    due_on: Mapped[date] = kehu.column(not_before="issued_on", index=True, doc="Until when it is to be paid.")
    reason: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, doc="Why goods came back, or which rebate it pays out."
    )


class PartnerInvoiceLine(kehu.Entity, Base):
    """What of a line of an order is on an invoice."""

    __tablename__ = "partner_inventory_invoice_line"
    invoice_id: Mapped[uuid.UUID] = kehu.ref(PartnerInvoice, doc="On which invoice.")
    order_line_id: Mapped[uuid.UUID] = kehu.ref(ChannelOrderLine, doc="Which line of the order.")
    quantity: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much; below zero on a credit note.")
    amount: Mapped[Decimal] = kehu.column(money="invoice.currency", doc="What that comes to.")


class PartnerPayment(kehu.Entity, Base):
    """Money that came in from a partner; its shares say for which invoices."""

    __tablename__ = "partner_inventory_payment"
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, doc="From whom.")
    amount: Mapped[Decimal] = kehu.column(
        money="partner.currency", doc="How much, in the partner's currency."
    )
    received_on: Mapped[date] = kehu.column(index=True, doc="On which day.")
    reference: Mapped[str | None] = kehu.column(sa.String(200), doc="What stands on the statement.")


class PaymentShare(kehu.Entity, Base):
    """What of a payment is for which invoice; below zero where a credit note was set off."""

    __tablename__ = "partner_inventory_payment_share"
    payment_id: Mapped[uuid.UUID] = kehu.ref(PartnerPayment, doc="Of which payment.")
    invoice_id: Mapped[uuid.UUID] = kehu.ref(PartnerInvoice, doc="For which invoice.")
    amount: Mapped[Decimal] = kehu.column(money="invoice.currency", doc="How much.")


class PaidInFuture(kehu.Refusal):
    """Money that is yet to come was not received."""

    code = "PAID_IN_FUTURE"


class PaidBeforeInvoice(kehu.Refusal):
    """Nothing is paid of an invoice before it was written."""

    code = "PAID_BEFORE_INVOICE"


def check_issued(invoices: Sequence[PartnerInvoice], on: date) -> None:
    """Raise PaidBeforeInvoice if one of these had not been written by a day."""
    for each in invoices:
        if each.issued_on > on:
            message = kehu.text(
                "{invoice} was written on {day}; nothing was paid of it before.",
                invoice=each.number,
                day=each.issued_on,
            )
            raise PaidBeforeInvoice(message, field=PartnerPayment.received_on)


def shared(amount: Decimal, open_amounts: list[Decimal], currency: str) -> list[Decimal]:
    """How a payment in a currency is shared among invoices in order, after credit notes. Raises PaidTooMuch."""
    credit = -sum((each for each in open_amounts if each < 0), ZERO)
    owed = sum(open_amounts, ZERO)
    if not ZERO < amount <= owed:
        message = kehu.text(
            "{amount} is not above zero and at most {open}.",
            amount=kehu.money(amount, currency),
            open=kehu.money(max(owed, ZERO), currency),
        )
        raise PaidTooMuch(message, field="amount")
    left, shares = amount + credit, []
    for each in open_amounts:
        share = each if each < 0 else min(each, left)
        left -= max(share, ZERO)
        shares.append(share)
    return shares
