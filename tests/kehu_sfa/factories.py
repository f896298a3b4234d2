"""Pipelines, stages and opportunities for tests, complete but for what the test is about."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_sfa import Opportunity, Pipeline, Stage, StageCategory, StageChange
from tests.kehu.factories import saved

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclasses.dataclass(frozen=True)
class Stages:
    """The stages of one pipeline, in order."""

    qualified: Stage
    proposal: Stage
    on_hold: Stage
    won: Stage
    lost: Stage

    @property
    def pipeline_id(self) -> uuid.UUID:
        return self.qualified.pipeline_id

    def __iter__(self) -> Any:
        return iter((self.qualified, self.proposal, self.on_hold, self.won, self.lost))


def make_stages(pipeline_id: uuid.UUID | None = None) -> Stages:
    """Stages that are in no database."""
    key = pipeline_id or kehu.uuid7()
    return Stages(
        make_stage(key, "Qualified", 10, default_probability=10, rotting_days=30),
        make_stage(key, "Proposal", 20, default_probability=40),
        make_stage(key, "On hold", 30, category=StageCategory.ON_HOLD, default_probability=5),
        make_stage(key, "Won", 40, category=StageCategory.WON, default_probability=100),
        make_stage(key, "Lost", 50, category=StageCategory.LOST, default_probability=0),
    )


def make_stage(pipeline_id: uuid.UUID, name: str = "Open", position: int = 10, **values: Any) -> Stage:
    return Stage(
        **{
            "id": kehu.uuid7(),
            "pipeline_id": pipeline_id,
            "name": name,
            "position": position,
            "category": StageCategory.OPEN,
            "default_probability": 0,
            **values,
        }
    )


def make_opportunity(stage: Stage, **values: Any) -> Opportunity:
    """An opportunity that stands in `stage` since MORNING, in no database."""
    made = Opportunity(id=kehu.uuid7(), name="New press", pipeline_id=stage.pipeline_id, **values)
    made.start_in(stage, at=MORNING)
    made.take_moves()
    return made


async def saved_stages(app: kehu.App, name: str = "Sales") -> Stages:
    pipeline = await saved(app, Pipeline(name=name))
    stages = make_stages(pipeline.id)
    async with app.context() as ctx, ctx.write():
        for stage in stages:
            ctx.add(stage)
    return stages


async def saved_opportunity(app: kehu.App, stage: Stage, **values: Any) -> Opportunity:
    """An opportunity created in `stage` by the system."""
    return await saved(app, Opportunity(**{"name": "New press", "stage_id": stage.id, **values}))


async def history(app: kehu.App, opportunity: Opportunity) -> Sequence[StageChange]:
    """The stages that the opportunity went through, oldest first."""
    found = (
        sa.select(StageChange).where(StageChange.opportunity_id == opportunity.id).order_by(StageChange.id)
    )
    async with app.context() as ctx:
        return (await ctx.session.scalars(found)).all()


def user(user_id: uuid.UUID, *, time_zone: str = "UTC", **grants: kehu.Level) -> kehu.Principal:
    """A principal with these grants of sfa; a permission is spelled `opportunity__read`."""
    spelled = {f"sfa.{name.replace('__', ':')}": level for name, level in grants.items()}
    return kehu.Principal(user_id, "Ann", grants=spelled, time_zone=time_zone)
