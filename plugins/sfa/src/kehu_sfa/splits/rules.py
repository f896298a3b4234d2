"""Whoever writes them: the parts of an opportunity sum to 100 percent."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_sfa.plugin import opportunity_split
from kehu_sfa.splits.models import OpportunitySplit, check_shares

whoever_asks = kehu.Unscoped("the parts of an opportunity are whole together")


@opportunity_split.after_write
async def keep_whole(ctx: kehu.Context, change: kehu.Change[OpportunitySplit]) -> None:
    """Once all that is written together is stored, the parts are whole, or nothing is written."""
    percents = sa.select(OpportunitySplit.percent).where(
        OpportunitySplit.opportunity_id == change.obj.opportunity_id
    )
    check_shares((await whoever_asks.scalars(ctx, percents)).all())
