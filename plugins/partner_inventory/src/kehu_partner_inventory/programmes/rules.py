"""What must hold of programmes and their levels."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.plugin import partner_level, partner_programme
from kehu_partner_inventory.programmes.models import PartnerLevel, PartnerProgramme


@partner_programme.before_write
async def reviews_begin_with_the_period_that_runs(
    ctx: kehu.Context, change: kehu.Change[PartnerProgramme]
) -> None:
    """Whoever sets how long periods are gets no reviews of those that are over."""
    if not change.deleting and (change.creating or change.touches(PartnerProgramme.review_interval)):
        change.obj.count_from(ctx.today())


@partner_level.before_write
async def check_level(_ctx: kehu.Context, change: kehu.Change[PartnerLevel]) -> None:
    """Discount, rank, days and limit that can be."""
    if not change.deleting and change.obj.rank is not None:
        with change.noting():
            change.obj.check()
