"""Dividing the credit for an opportunity."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.plugin import opportunity
from kehu_sfa.splits.models import OpportunitySplit, Share, check_shares
from kehu_sfa.splits.rules import whoever_asks


@opportunity.action
async def share(opportunity: Opportunity, ctx: kehu.Context, shares: list[Share]) -> None:
    """Give these users their parts, which sum to 100 percent; an empty list gives all to the owner again."""
    check_shares([each.percent for each in shares])
    # Two divisions of the same credit take turns; each sees the parts that the other left.
    await ctx.session.refresh(opportunity, with_for_update=True)
    wanted: dict[object, Decimal] = {}
    for each in shares:
        user = await ctx.get_current(kehu.User, key_of(each.user_id, "User"), field="shares")
        if user.id in wanted:
            message = kehu.text("{name} is named twice.", name=user.name)
            raise kehu.veto(message, field="shares", code="DUPLICATE")
        if not user.is_active:
            message = kehu.text(
                "{name} has left and gets no part of it; choose somebody else.", name=user.name
            )
            raise kehu.veto(message, field="shares", code="OWNER_HAS_LEFT")
        wanted[user.id] = each.percent
    found = sa.select(OpportunitySplit).where(OpportunitySplit.opportunity_id == opportunity.id)
    for split in await whoever_asks.scalars(ctx, found):
        if split.user_id in wanted:
            split.percent = wanted.pop(split.user_id)
        else:
            await ctx.delete(split)
    for user_id, percent in wanted.items():
        ctx.add(OpportunitySplit(opportunity_id=opportunity.id, user_id=user_id, percent=percent))
