"""What must hold of rebate programmes."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.partnership import rebate_exclusion
from kehu_partner_inventory.plugin import rebate_programme, rebate_tier
from kehu_partner_inventory.rebates.counting import whoever_asks
from kehu_partner_inventory.rebates.models import (
    RebateExclusion,
    RebateProgramme,
    RebateStatement,
    RebateStatus,
    RebateTier,
    StatementStays,
    TiersOverlap,
)
from kehu_partner_inventory.rebates.reckoning import overlapping


@rebate_programme.before_write
async def check_programme(ctx: kehu.Context, change: kehu.Change[RebateProgramme]) -> None:
    """A period, a cap and a currency that can be; nothing of it changes once a statement was approved."""
    made = change.obj
    if change.deleting or not made.currency or not made.name:
        return
    with change.noting():
        made.check()
        if not change.creating and not set(change.after) <= {"name", "archived_at"}:
            await _check_unused(ctx, made.id)


@rebate_tier.before_write
async def tiers_do_not_overlap(ctx: kehu.Context, change: kehu.Change[RebateTier]) -> None:
    """Each amount is in one tier of a programme at most; tiers stay once a statement was approved."""
    made = change.obj
    with change.noting():
        await _check_unused(ctx, made.programme_id)
        if change.deleting:
            return
        made.check()
        statement = sa.select(RebateTier).where(
            RebateTier.programme_id == made.programme_id, RebateTier.id != made.id
        )
        others = await whoever_asks.scalars(ctx, statement)
        pending = [
            each
            for each in ctx.session.sync_session.new
            if isinstance(each, RebateTier) and each.programme_id == made.programme_id and each is not made
        ]
        if any(overlapping([made.tier, other.tier]) for other in [*others, *pending]):
            message = kehu.text("Another tier has some of these amounts already.")
            raise TiersOverlap(message, field=RebateTier.from_amount)


@rebate_exclusion.before_write
async def exclusions_stay(ctx: kehu.Context, change: kehu.Change[RebateExclusion]) -> None:
    """What does not count stays once a statement was approved."""
    with change.noting():
        await _check_unused(ctx, change.obj.programme_id)


async def _check_unused(ctx: kehu.Context, programme_id: object) -> None:
    used = sa.select(RebateStatement.id).where(
        RebateStatement.programme_id == programme_id,
        RebateStatement.status.in_([RebateStatus.APPROVED, RebateStatus.PAID]),
    )
    if await whoever_asks.exists(ctx, used):
        raise StatementStays(kehu.text("Statements were approved by this programme; make another one."))
