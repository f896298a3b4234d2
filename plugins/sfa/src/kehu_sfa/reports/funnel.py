"""The funnel: how many opportunities entered each stage of a pipeline, went on, and how long they stayed."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.opportunities.models import StageChange
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.pipelines.queries import default_pipeline
from kehu_sfa.plugin import plugin
from kehu_sfa.reports.figures import median, percent
from kehu_sfa.reports.selection import DealSelection, deals_at

SECONDS_PER_DAY = 86_400


@dataclasses.dataclass(frozen=True, slots=True)
class FunnelStage:
    """One stage of the funnel.

    entered: opportunities that were there at least once. wentOn: those of them that were in a later stage
    afterwards, or won. lost: those that were lost from here. medianDays: of the stays that are over.
    """

    stage: Stage
    entered: int
    went_on: int
    lost: int
    conversion_percent: Decimal | None
    median_days: Decimal | None


@plugin.query(permission="sfa.opportunity:read")
async def funnel_report(
    ctx: kehu.Context,
    pipeline: Pipeline | None = None,
    entered_from: datetime | None = None,
    entered_until: datetime | None = None,
    selection: DealSelection | None = None,
    as_of: datetime | None = None,
) -> list[FunnelStage]:
    """How opportunities went through the stages of a pipeline, in order; the default pipeline unless given.

    `enteredFrom` and `enteredUntil` look only at opportunities that entered their first stage between these moments.
    """
    at = as_of or ctx.now()
    path = pipeline or await default_pipeline(ctx)
    in_order = sa.select(Stage).where(Stage.pipeline_id == path.id).order_by(Stage.position, Stage.id)
    stages = (await ctx.session.scalars(in_order)).all()
    ways = await _ways(ctx, at, selection, {stage.id for stage in stages})
    began = [
        way
        for way in ways
        if (entered_from is None or way[0].entered_at >= entered_from)
        and (entered_until is None or way[0].entered_at <= entered_until)
    ]
    by_id = {stage.id: stage for stage in stages}
    return [_step(stage, began, by_id, at) for stage in stages if not stage.category.is_closed]


async def _ways(
    ctx: kehu.Context, at: datetime, selection: DealSelection | None, stages: set[uuid.UUID]
) -> list[list[StageChange]]:
    """The way of each opportunity up to a moment, oldest step first."""
    shown = {deal.row.opportunity_id for deal in await deals_at(ctx, at, selection)}
    until_then = (
        sa.select(StageChange)
        .where(StageChange.entered_at <= at, StageChange.to_stage_id.in_(stages))
        .order_by(StageChange.entered_at, StageChange.id)
    )
    ways: dict[uuid.UUID, list[StageChange]] = defaultdict(list)
    for step in await ctx.session.scalars(until_then):
        if step.opportunity_id in shown:
            ways[step.opportunity_id].append(step)
    return list(ways.values())


def _step(
    stage: Stage, ways: Sequence[Sequence[StageChange]], stages: dict[uuid.UUID, Stage], at: datetime
) -> FunnelStage:
    entered = went_on = lost = 0
    days: list[Decimal] = []
    for way in ways:
        places = [place for place, step in enumerate(way) if step.to_stage_id == stage.id]
        if not places:
            continue
        entered += 1
        later = [stages[step.to_stage_id] for step in way[places[0] + 1 :]]
        went_on += any(_is_further(each, stage) for each in later)
        after = [stages[way[place + 1].to_stage_id] for place in places if place + 1 < len(way)]
        lost += any(each.category is StageCategory.LOST for each in after)
        days += [stay for place in places if (stay := _days(way[place], at)) is not None]
    return FunnelStage(stage, entered, went_on, lost, percent(went_on, entered), median(days))


def _is_further(stage: Stage, than: Stage) -> bool:
    if stage.category is StageCategory.WON:
        return True
    return stage.category is not StageCategory.LOST and stage.position > than.position


def _days(step: StageChange, at: datetime) -> Decimal | None:
    if step.left_at is None or step.left_at > at or step.seconds_in_stage is None:
        return None
    return Decimal(step.seconds_in_stage) / SECONDS_PER_DAY
