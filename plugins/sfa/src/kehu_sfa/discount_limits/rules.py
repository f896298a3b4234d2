"""What must hold of limits."""

from __future__ import annotations

import kehu
from kehu_sfa.discount_limits.models import DiscountLimit
from kehu_sfa.plugin import discount_limit


@discount_limit.before_write
async def check_discount_limit(_ctx: kehu.Context, change: kehu.Change[DiscountLimit]) -> None:
    """A limit is for one, and can be."""
    if not change.deleting:
        with change.noting():
            change.obj.check()
