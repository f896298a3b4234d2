"""What must hold of the rules of levels."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.partnership import level_rule
from kehu_partner_inventory.reviews.models import LevelRule


@level_rule.before_write
async def check_level_rule(_ctx: kehu.Context, change: kehu.Change[LevelRule]) -> None:
    """A threshold that can be; a currency for purchases alone."""
    if not change.deleting and change.obj.threshold is not None:
        with change.noting():
            change.obj.check()
