"""What must hold of promotions and special prices."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.plugin import promotion, special_price
from kehu_partner_inventory.pricing.models import Promotion, SpecialPrice
from kehu_partner_inventory.pricing.queries import whoever_asks


@promotion.before_write
async def check_promotion(_ctx: kehu.Context, change: kehu.Change[Promotion]) -> None:
    """A percentage, a quantity and days that can be."""
    if not change.deleting and change.obj.discount_percent is not None:
        with change.noting():
            change.obj.check()


@special_price.before_write
async def one_special_price_at_a_time(ctx: kehu.Context, change: kehu.Change[SpecialPrice]) -> None:
    """A price that can be, and on each day at most one for a partner and product from the same quantity on."""
    made = change.obj
    if change.deleting or made.archived_at is not None:
        return
    with change.noting():
        made.check()
    p = SpecialPrice
    others = sa.select(p).where(
        *(p.partner_id == made.partner_id, p.product_id == made.product_id, p.id != made.id),
        *(p.min_quantity == made.min_quantity, p.archived_at.is_(None)),
    )
    if any(made.overlaps(other) for other in await whoever_asks.scalars(ctx, others)):
        message = kehu.text("The partner has a special price from this quantity on at that time already.")
        change.error(message, field=p.min_quantity, code="DUPLICATE")
