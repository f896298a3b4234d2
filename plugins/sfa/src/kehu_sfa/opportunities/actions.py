"""The verbs of an opportunity: each checks, decides and records; the rules stand in the model."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import sqlalchemy as sa

import kehu
from kehu_sfa.opportunities.models import Opportunity, StageChange
from kehu_sfa.pipelines.models import Stage, StageCategory
from kehu_sfa.pipelines.queries import first_stage
from kehu_sfa.plugin import opportunity


@opportunity.action
async def move_to(opportunity: Opportunity, ctx: kehu.Context, stage: Stage) -> None:
    """Move to another stage of the pipeline; a stage that wins closes the opportunity."""
    opportunity.move_to(stage, at=ctx.now(), on=ctx.today())


@opportunity.action
async def win(
    opportunity: Opportunity, ctx: kehu.Context, stage: Stage | None = None, closed_on: date | None = None
) -> None:
    """Close as won, today unless another day is given, in the first won stage unless another is given."""
    target = stage or await first_stage(ctx, opportunity.pipeline_id, StageCategory.WON)
    opportunity.win(target, at=ctx.now(), on=closed_on or ctx.today())


@opportunity.action
async def lose(
    opportunity: Opportunity,
    ctx: kehu.Context,
    reason: Annotated[str, Opportunity.lost_reason],
    note: str | None = None,
    stage: Stage | None = None,
    closed_on: date | None = None,
) -> None:
    """Close as lost for a reason, today unless another day is given."""
    target = stage or await first_stage(ctx, opportunity.pipeline_id, StageCategory.LOST)
    opportunity.lose(target, reason=reason, note=note, at=ctx.now(), on=closed_on or ctx.today())


@opportunity.action
async def reopen(opportunity: Opportunity, ctx: kehu.Context, stage: Stage | None = None) -> None:
    """Take a closed opportunity up again, in the stage it was closed from unless another is given."""
    target = stage or await _stage_before(ctx, opportunity)
    opportunity.reopen(target, at=ctx.now())


async def _stage_before(ctx: kehu.Context, opportunity: Opportunity) -> Stage:
    """The stage that an opportunity was closed from, if it is still in use; else the first open one."""
    found = (
        sa.select(Stage)
        .join(StageChange, StageChange.from_stage_id == Stage.id)
        .where(StageChange.opportunity_id == opportunity.id, StageChange.left_at.is_(None))
        .where(Stage.archived_at.is_(None), Stage.category.in_([StageCategory.OPEN, StageCategory.ON_HOLD]))
        .order_by(StageChange.entered_at.desc())
        .limit(1)
    )
    before = (await ctx.session.scalars(found)).first()
    return before or await first_stage(ctx, opportunity.pipeline_id, StageCategory.OPEN)
