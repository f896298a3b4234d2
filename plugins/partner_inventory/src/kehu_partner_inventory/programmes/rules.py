"""What must hold of programmes and their levels."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.plugin import partner_level
from kehu_partner_inventory.programmes.models import PartnerLevel


@partner_level.before_write
async def check_level(_ctx: kehu.Context, change: kehu.Change[PartnerLevel]) -> None:
    """Discount, rank, days and limit that can be."""
    if not change.deleting and change.obj.rank is not None:
        with change.noting():
            change.obj.check()
