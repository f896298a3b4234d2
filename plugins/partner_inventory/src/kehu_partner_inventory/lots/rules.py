"""What must hold of lots."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.lots.queries import whoever_asks
from kehu_partner_inventory.plugin import lot


@lot.before_write
async def name_lot(ctx: kehu.Context, change: kehu.Change[Lot]) -> None:
    """A number without blanks around it, once for each product; a serial number where the product has them."""
    made = change.obj
    if change.deleting or not change.touches(Lot.number) or not made.number:
        return
    made.number = made.number.strip()
    if change.creating:
        serial = sa.select(kehu.Product.is_serial_tracked).where(kehu.Product.id == made.product_id)
        made.is_serial = bool(await whoever_asks.scalar(ctx, serial))
    others = sa.select(Lot.id).where(
        Lot.product_id == made.product_id, Lot.number == made.number, Lot.id != made.id
    )
    if await whoever_asks.exists(ctx, others):
        message = kehu.text("The product has a lot {number} already.", number=made.number)
        change.error(message, field=Lot.number, code="DUPLICATE")


@lot.before_write
async def check_days(_ctx: kehu.Context, change: kehu.Change[Lot]) -> None:
    """Nothing expires before it is made."""
    made = change.obj
    if made.made_on is not None and made.expires_on is not None and made.expires_on < made.made_on:
        change.error(
            kehu.text("It cannot expire before it is made."), field=Lot.expires_on, code="OUT_OF_RANGE"
        )
