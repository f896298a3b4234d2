"""Which pipeline and which stage is meant where nobody says so."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

import kehu
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory


class NoPipeline(kehu.Refusal):
    """There is no pipeline yet that a new opportunity could start in."""

    code = "NO_PIPELINE"


class NoStage(kehu.Refusal):
    """The pipeline has no stage of the category that is needed."""

    code = "NO_STAGE"


async def default_pipeline(ctx: kehu.Context) -> Pipeline:
    """The pipeline of opportunities that name none: the default one, else the oldest. Raises NoPipeline."""
    statement = (
        sa.select(Pipeline)
        .where(Pipeline.archived_at.is_(None))
        .order_by(Pipeline.is_default.desc(), Pipeline.created_at, Pipeline.id)
        .limit(1)
    )
    found = (await ctx.session.scalars(statement)).first()
    if found is None:
        raise NoPipeline(
            kehu.text("There is no pipeline yet; create one with its stages first."), field="pipelineId"
        )
    return found


async def first_stage(ctx: kehu.Context, pipeline_id: uuid.UUID, category: StageCategory) -> Stage:
    """The first stage of a pipeline with this category. Raises NoStage."""
    statement = (
        sa.select(Stage)
        .where(Stage.pipeline_id == pipeline_id, Stage.category == category, Stage.archived_at.is_(None))
        .order_by(Stage.position)
        .limit(1)
    )
    found = (await ctx.session.scalars(statement)).first()
    if found is None:
        raise NoStage(
            kehu.text("The pipeline has no stage of the category {category}.", category=category.name),
            field="stageId",
        )
    return found
