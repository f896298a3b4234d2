"""What must hold of commissions, and when the ledger is settled."""

from __future__ import annotations

import kehu
from kehu_sfa.commissions.actions import settle
from kehu_sfa.commissions.models import CommissionEntry, CommissionPlan, CommissionSlab
from kehu_sfa.orders.models import Order, OrderStatus
from kehu_sfa.plugin import commission_entry, commission_plan, commission_slab, order


class LedgerOnlyGrows(kehu.Refusal):
    """Entries of the ledger are never changed; a further entry corrects them."""

    code = "LEDGER_ONLY_GROWS"


@commission_plan.before_write
async def check_commission_plan(_ctx: kehu.Context, change: kehu.Change[CommissionPlan]) -> None:
    """A plan that can be."""
    if not change.deleting:
        with change.noting():
            change.obj.check()


@commission_slab.before_write
async def check_commission_slab(_ctx: kehu.Context, change: kehu.Change[CommissionSlab]) -> None:
    """A slab that can be."""
    if not change.deleting and change.obj.percent is not None:
        with change.noting():
            change.obj.check()


@commission_entry.before_write
async def the_ledger_only_grows(_ctx: kehu.Context, change: kehu.Change[CommissionEntry]) -> None:
    """Entries are added, never changed, archived or deleted."""
    if not change.creating:
        raise LedgerOnlyGrows(kehu.text("Commissions are corrected by a further entry."))


@order.after_write
async def earn_by_orders(ctx: kehu.Context, change: kehu.Change[Order]) -> None:
    """Confirming, paying, returning and cancelling settle the commission of the order."""
    if change.deleting or change.obj.status is OrderStatus.DRAFT:
        return
    if change.touches(Order.status, Order.paid_amount, Order.returned_amount):
        await settle(ctx, change.obj, on=ctx.today())
