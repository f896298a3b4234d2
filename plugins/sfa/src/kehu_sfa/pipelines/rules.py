"""What must hold when pipelines, stages and the opportunities in them meet."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from kehu_sfa.plugin import pipeline, stage

whoever_asks = kehu.Unscoped("one pipeline is the default, and no stage goes that is in use")


@pipeline.before_write
async def keep_one_default(ctx: kehu.Context, change: kehu.Change[Pipeline]) -> None:
    """The first pipeline becomes the default; a new default takes the mark from the old one."""
    if change.deleting:
        return
    pipeline = change.obj
    found = sa.select(Pipeline).where(Pipeline.is_default.is_(True), Pipeline.archived_at.is_(None))
    defaults = (await whoever_asks.scalars(ctx, found)).all()
    others = [default for default in defaults if default is not pipeline]
    if change.creating and not others:
        pipeline.is_default = True
    if pipeline.is_default and change.touches(Pipeline.is_default):
        for other in others:
            other.is_default = False


@pipeline.before_write
async def keep_pipelines_in_use(ctx: kehu.Context, change: kehu.Change[Pipeline]) -> None:
    """A pipeline with open opportunities cannot be archived."""
    if not change.touches(Pipeline.archived_at) or change.obj.archived_at is None:
        return
    if await _any(ctx, Opportunity.pipeline_id == change.obj.id, Opportunity.closed_at.is_(None)):
        message = kehu.text(
            "{name} still has open opportunities; close or move them first.", name=change.obj.name
        )
        change.error(message, code="PIPELINE_IN_USE")


@stage.before_write
async def check_numbers(_ctx: kehu.Context, change: kehu.Change[Stage]) -> None:
    """Probabilities are 0 to 100 percent, rotting takes a day or more; what is won is certain."""
    stage = change.obj
    if change.creating and not change.touches(Stage.default_probability):
        stage.default_probability = 100 if stage.category is StageCategory.WON else 0
    if change.touches(Stage.default_probability) and not 0 <= stage.default_probability <= 100:
        message = kehu.text(
            "{field} is 0 to 100 percent; {percent} is not.",
            field=kehu.label(Stage.default_probability),
            percent=stage.default_probability,
        )
        change.error(message, field=Stage.default_probability, code="OUT_OF_RANGE")
    if stage.rotting_days is not None and stage.rotting_days < 1:
        change.error(
            kehu.text("{field} is 1 or more, or empty.", field=kehu.label(Stage.rotting_days)),
            field=Stage.rotting_days,
            code="OUT_OF_RANGE",
        )


@stage.before_write
async def keep_stages_in_use(ctx: kehu.Context, change: kehu.Change[Stage]) -> None:
    """A stage keeps its category while opportunities are in it, and stays while open ones are."""
    stage = change.obj
    if change.creating or change.deleting:
        return
    if change.touches(Stage.category) and await _any(ctx, Opportunity.stage_id == stage.id):
        message = kehu.text(
            "Opportunities are in {stage}; its category would turn them into something else.",
            stage=stage.name,
        )
        change.error(message, field=Stage.category, code="STAGE_IN_USE")
    archiving = change.touches(Stage.archived_at) and stage.archived_at is not None
    if archiving and await _any(ctx, Opportunity.stage_id == stage.id, Opportunity.closed_at.is_(None)):
        message = kehu.text(
            "Open opportunities are in {stage}; move them to another stage first.", stage=stage.name
        )
        change.error(message, code="STAGE_IN_USE")


async def _any(ctx: kehu.Context, *conditions: sa.ColumnElement[bool]) -> bool:
    """Whether there is such an opportunity, whoever may see it; archived ones do not count."""
    found = sa.select(Opportunity.id).where(Opportunity.archived_at.is_(None), *conditions).limit(1)
    return await whoever_asks.exists(ctx, found)
