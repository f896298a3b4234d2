"""What must hold of expected receipts."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.documents import checked_document
from kehu_partner_inventory.plugin import expected_receipt
from kehu_partner_inventory.receipts.models import ExpectedReceipt, ReceiptClosed, ReceiptState


@expected_receipt.before_write
async def check_receipt(_ctx: kehu.Context, change: kehu.Change[ExpectedReceipt]) -> None:
    """A quantity above zero and no less than what has come, a cost not below zero."""
    receipt = change.obj
    if change.deleting or None in (receipt.quantity, receipt.unit_cost):
        return
    with change.noting():
        receipt.check()
    with change.noting(field=ExpectedReceipt.document):
        receipt.document = checked_document(receipt.document)


@expected_receipt.before_write
async def keep_closed_receipts(_ctx: kehu.Context, change: kehu.Change[ExpectedReceipt]) -> None:
    """A receipt that is complete or cancelled stays as it is."""
    before = change.old(ExpectedReceipt.state)
    if change.creating or before is ReceiptState.EXPECTED:
        return
    change.error(
        kehu.text("Nothing more comes of this receipt."), field=ExpectedReceipt.state, code=ReceiptClosed.code
    )
