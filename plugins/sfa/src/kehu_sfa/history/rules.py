"""What the history must follow beside the writes of opportunities themselves."""

from __future__ import annotations

import kehu
from kehu_sfa.history.actions import remember_sector, remember_stage
from kehu_sfa.pipelines.models import Stage
from kehu_sfa.plugin import plugin, stage


@stage.after_write
async def keep_probabilities(ctx: kehu.Context, change: kehu.Change[Stage]) -> None:
    """A new default probability is a new one for the opportunities in the stage that have none of their own."""
    if change.op == "update" and change.touches(Stage.default_probability):
        await remember_stage(ctx, change.obj)


@plugin.after_write(kehu.Customer)
async def keep_sectors(ctx: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
    """A customer in another industry puts its opportunities into another sector from now on, not for the past."""
    if change.op == "update" and change.touches(kehu.Customer.industry):
        await remember_sector(ctx, change.obj)
