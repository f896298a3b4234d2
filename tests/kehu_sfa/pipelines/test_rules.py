"""What must hold when pipelines, stages and opportunities meet, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

import kehu
from kehu_sfa import Pipeline, Stage, StageCategory
from tests.kehu.factories import change_refused, changed, refused, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, make_stage, saved_opportunity


async def test_the_first_pipeline_is_the_default(app: kehu.App) -> None:
    first = await saved(app, Pipeline(name="Sales"))
    second = await saved(app, Pipeline(name="Service contracts"))

    assert (first.is_default, second.is_default) == (True, False)


async def test_a_new_default_takes_the_mark_from_the_old_one(app: kehu.App) -> None:
    first = await saved(app, Pipeline(name="Sales"))
    second = await saved(app, Pipeline(name="Service contracts"))

    await changed(app, second, is_default=True)

    assert not (await stored(app, first)).is_default
    assert (await stored(app, second)).is_default


async def test_a_pipeline_with_open_opportunities_cannot_be_archived(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    pipeline = Pipeline(id=stages.pipeline_id)
    await saved_opportunity(app, stages.qualified)

    errors = await change_refused(app, pipeline, archived_at=clock.now)

    assert [e.code for e in errors] == ["PIPELINE_IN_USE"]
    assert (await stored(app, pipeline)).archived_at is None


async def test_a_pipeline_whose_deals_are_closed_can_be_archived(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    pipeline = Pipeline(id=stages.pipeline_id)
    await saved_opportunity(app, stages.won)

    await changed(app, pipeline, archived_at=clock.now)

    assert (await stored(app, pipeline)).archived_at == clock.now


async def test_two_stages_of_a_pipeline_cannot_share_a_position(app: kehu.App, stages: Stages) -> None:
    errors = await refused(app, make_stage(stages.pipeline_id, "Second", stages.qualified.position))

    assert [(e.code, e.field) for e in errors] == [("DUPLICATE", "position")]


async def test_an_archived_stage_gives_its_position_back(app: kehu.App, stages: Stages, clock: Clock) -> None:
    await changed(app, stages.proposal, archived_at=clock.now)

    heir = await saved(app, make_stage(stages.pipeline_id, "Offer", stages.proposal.position))

    assert heir.position == stages.proposal.position


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"default_probability": -1}, "defaultProbability"),
        ({"default_probability": 101}, "defaultProbability"),
        ({"rotting_days": 0}, "rottingDays"),
    ],
)
async def test_numbers_out_of_range_are_refused(
    app: kehu.App, stages: Stages, values: dict[str, Any], field: str
) -> None:
    errors = await refused(app, make_stage(stages.pipeline_id, "Strange", 99, **values))

    assert [(e.code, e.field) for e in errors] == [("OUT_OF_RANGE", field)]


@pytest.mark.parametrize(("category", "probability"), [(StageCategory.OPEN, 0), (StageCategory.WON, 100)])
async def test_a_stage_without_a_probability_gets_that_of_its_category(
    app: kehu.App, stages: Stages, category: StageCategory, probability: int
) -> None:
    stage = await saved(
        app, Stage(pipeline_id=stages.pipeline_id, name="New", position=99, category=category)
    )

    assert stage.default_probability == probability


async def test_a_stage_keeps_its_category_while_opportunities_are_in_it(
    app: kehu.App, stages: Stages
) -> None:
    await saved_opportunity(app, stages.qualified)

    errors = await change_refused(app, stages.qualified, category=StageCategory.WON)
    await changed(app, stages.proposal, category=StageCategory.ON_HOLD)

    assert [(e.code, e.field) for e in errors] == [("STAGE_IN_USE", "category")]
    assert (await stored(app, stages.qualified)).category is StageCategory.OPEN


async def test_a_stage_with_open_opportunities_cannot_be_archived(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    await saved_opportunity(app, stages.qualified)
    await saved_opportunity(app, stages.won)

    errors = await change_refused(app, stages.qualified, archived_at=clock.now)
    await changed(app, stages.won, archived_at=clock.now)

    assert [e.code for e in errors] == ["STAGE_IN_USE"]


async def test_renaming_a_stage_keeps_the_opportunities_in_it(app: kehu.App, stages: Stages) -> None:
    opportunity = await saved_opportunity(app, stages.qualified)

    await changed(app, stages.qualified, name="Interested")

    assert (await stored(app, opportunity)).stage_id == stages.qualified.id
