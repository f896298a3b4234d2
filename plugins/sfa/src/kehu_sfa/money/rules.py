"""What must hold of tax rates."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_sfa.money.models import TaxRate
from kehu_sfa.plugin import tax_rate

whoever_asks = kehu.Unscoped("one tax rate is the default")


@tax_rate.before_write
async def check_tax_rate(ctx: kehu.Context, change: kehu.Change[TaxRate]) -> None:
    """A rate that can be; a new default takes the mark from the old one."""
    rate = change.obj
    if change.deleting or rate.percent is None:
        return
    with change.noting():
        rate.check()
    if not (rate.is_default and change.touches(TaxRate.is_default)):
        return
    others = sa.select(TaxRate).where(TaxRate.is_default.is_(True), TaxRate.id != rate.id)
    for other in await whoever_asks.scalars(ctx, others):
        other.is_default = False
