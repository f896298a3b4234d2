"""What the history must follow beside the writes of opportunities themselves."""

from __future__ import annotations

import kehu
from kehu_sfa.history.actions import remember_stage
from kehu_sfa.pipelines.models import Stage
from kehu_sfa.plugin import stage


@stage.after_write
async def keep_probabilities(ctx: kehu.Context, change: kehu.Change[Stage]) -> None:
    """A new default probability is a new one for the opportunities in the stage that have none of their own."""
    if change.op == "update" and change.touches(Stage.default_probability):
        await remember_stage(ctx, change.obj)
