"""The verbs of an expected receipt."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import kehu
from kehu_partner_inventory.documents import document_of
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.locations.queries import location_for
from kehu_partner_inventory.plugin import expected_receipt
from kehu_partner_inventory.receipts.models import ExpectedReceipt
from kehu_partner_inventory.stock.lines import StockLine, arriving_goods
from kehu_partner_inventory.stock.models import StockMove
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post


@expected_receipt.action
async def receive(
    expected_receipt: ExpectedReceipt,
    ctx: kehu.Context,
    quantity: Decimal | None = None,
    lot: str | None = None,
    serials: Sequence[str] | None = None,
    note: str | None = None,
) -> list[StockMove]:
    """Goods that were expected come in: what is still to come, unless a quantity or serial numbers say otherwise."""
    await ctx.get(Location, expected_receipt.location_id, verb="receiveAt")
    if quantity is None and serials is None:
        quantity = expected_receipt.outstanding
    product_id = kehu.GlobalId(kehu.global_id("Product", expected_receipt.product_id))
    goods = await arriving_goods(ctx, [StockLine(product_id, quantity, lot, serials)])
    expected_receipt.arrive(sum((each.quantity for each in goods), Decimal(0)))
    source = await location_for(ctx, LocationUsage.SUPPLIER)
    plans = [
        PlannedMove(
            product_id=each.product_id,
            from_id=source.id,
            to_id=expected_receipt.location_id,
            quantity=each.quantity,
            lot_id=each.lot_id,
            unit_cost=expected_receipt.unit_cost,
        )
        for each in goods
    ]
    occasion = Occasion(
        reason="RECEIPT",
        note=note,
        document=expected_receipt.document or document_of("ExpectedReceipt", expected_receipt),
        customer_id=expected_receipt.customer_id,
    )
    return await post(ctx, plans, occasion)


@expected_receipt.action
async def cancel(expected_receipt: ExpectedReceipt, _ctx: kehu.Context) -> None:
    """What is still to come will not."""
    expected_receipt.cancel()
