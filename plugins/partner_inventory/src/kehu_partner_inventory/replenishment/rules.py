"""What must hold of reorder rules."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.plugin import reorder_rule
from kehu_partner_inventory.replenishment.models import ReorderRule


@reorder_rule.before_write
async def check_levels(_ctx: kehu.Context, change: kehu.Change[ReorderRule]) -> None:
    """A minimum of zero or more, a maximum no smaller, a multiple above zero."""
    if change.deleting or change.obj.minimum is None:
        return
    with change.noting():
        change.obj.check()
