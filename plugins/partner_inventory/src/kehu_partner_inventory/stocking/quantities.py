"""Quantities: none is written finer than the unit of its product, whichever record it stands in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.orders.models import ChannelOrderLine
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.pricing.models import Promotion, SpecialPrice
from kehu_partner_inventory.receipts.models import ExpectedReceipt
from kehu_partner_inventory.replenishment.models import ReorderRule
from kehu_partner_inventory.stocking.models import StockUnit, check_decimals
from kehu_partner_inventory.transfers.models import TransferLine

whoever_asks = kehu.Unscoped("a product is counted in one unit")

_WHOLE = "piece"
"""What is sold is not always stocked: of units that are not listed, only pieces are whole for sure in an offer."""

QUANTITIES: dict[type[kehu.Entity], tuple[str, ...]] = {
    ChannelOrderLine: ("quantity",),
    ExpectedReceipt: ("quantity",),
    TransferLine: ("quantity",),
    ReorderRule: ("minimum", "maximum", "multiple"),
    Promotion: ("min_quantity",),
    SpecialPrice: ("min_quantity",),
}


async def quantities_fit_units(ctx: kehu.Context, change: kehu.Change[Any]) -> None:
    """A quantity has no more decimals than the unit of its product; a unit that is not listed has none."""
    await _check(ctx, change, QUANTITIES[type(change.obj)], default=0)


async def offered_quantities_fit_units(ctx: kehu.Context, change: kehu.Change[Any]) -> None:
    """A quantity that is offered or ordered through sfa fits a unit that is listed, or whole pieces."""
    await _check(ctx, change, ("quantity",), default=None)


async def _check(
    ctx: kehu.Context, change: kehu.Change[Any], names: tuple[str, ...], *, default: int | None
) -> None:
    record = change.obj
    given = {name: getattr(record, name) for name in names}
    if change.deleting or record.product_id is None or all(_is_whole(each) for each in given.values()):
        return
    product = kehu.Product
    of_others = sa.case((product.unit == _WHOLE, 0), else_=default)
    statement = (
        sa.select(product.code, product.unit, sa.func.coalesce(StockUnit.decimals, of_others))
        .outerjoin(StockUnit, StockUnit.name == product.unit)
        .where(product.id == record.product_id)
    )
    for code, unit, decimals in await whoever_asks.execute(ctx, statement):
        for name, quantity in given.items():
            if quantity is None or decimals is None:
                continue
            with change.noting():
                field = getattr(type(record), name)
                check_decimals(quantity, decimals=decimals, unit=unit, product=code, field=field)


def _is_whole(quantity: Decimal | None) -> bool:
    return quantity is None or not quantity.is_finite() or quantity == quantity.to_integral_value()


for _model in QUANTITIES:
    plugin.before_write(_model)(quantities_fit_units)


@plugin.when("sfa")
def with_offers(plugin: kehu.Plugin) -> None:
    """Quotes and orders of sfa offer whole pieces too."""
    from kehu_partner_inventory.stocking import with_sfa  # noqa: PLC0415  # only where sfa is there

    for model in with_sfa.OFFERED:
        plugin.before_write(model)(offered_quantities_fit_units)
