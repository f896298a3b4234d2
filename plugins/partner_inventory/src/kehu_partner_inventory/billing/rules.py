"""What must hold of invoices and payments: they stay, but for what is still open of an invoice."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.billing.models import BooksStay, PaidInFuture, PartnerInvoice, PartnerPayment
from kehu_partner_inventory.plugin import partner_invoice, partner_payment


@partner_invoice.before_write
async def invoices_stay(_ctx: kehu.Context, change: kehu.Change[PartnerInvoice]) -> None:
    """An invoice is never changed or deleted; payments lower what is open of it."""
    if change.deleting or (not change.creating and set(change.after) - {"open_amount"}):
        raise BooksStay(kehu.text("An invoice stays as it is; write a credit note."))


@partner_payment.before_write
async def payments_stay(ctx: kehu.Context, change: kehu.Change[PartnerPayment]) -> None:
    """A payment has come in already, and is never changed or deleted."""
    if not change.creating:
        raise BooksStay(kehu.text("A payment stays as it is."))
    if change.obj.received_on > ctx.today():
        message = kehu.text("Nothing has been paid on {day} yet.", day=change.obj.received_on)
        raise PaidInFuture(message, field=PartnerPayment.received_on)
