"""What must hold of quotas."""

from __future__ import annotations

import kehu
from kehu_sfa.plugin import quota
from kehu_sfa.quotas.models import Quota


@quota.before_write
async def check_quota(_ctx: kehu.Context, change: kehu.Change[Quota]) -> None:
    """A quota that can be, from the first day of its period."""
    if change.deleting or None in (change.obj.target, change.obj.starts_on, change.obj.period):
        return
    with change.noting():
        change.obj.settle()
