"""What a board shows of an opportunity beside its columns."""

from __future__ import annotations

from collections.abc import Sequence

import kehu
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.plugin import opportunity
from kehu_sfa.work_plan.days import is_rotting as rots
from kehu_sfa.work_plan.days import rotting_candidates


@opportunity.batch_field
async def is_rotting(opportunities: Sequence[Opportunity], ctx: kehu.Context) -> Sequence[bool]:
    """It is open and has been in its stage for longer than the stage allows; `rottingDeals` lists all of them."""
    keys = [deal.id for deal in opportunities]
    found = await ctx.session.execute(rotting_candidates(Opportunity.id.in_(keys)))
    rotting = {deal.id for deal, stage in found if rots(deal, stage, at=ctx.now())}
    return [key in rotting for key in keys]
