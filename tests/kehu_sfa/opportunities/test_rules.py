"""What must hold when an opportunity is written, on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu.platform.localization.catalogues import catalogues_of
from kehu_sfa import Opportunity, Pipeline
from kehu_sfa.pipelines.models import StageCategory
from tests.kehu.factories import change_refused, changed, make_user, refused, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, history, make_stage, saved_opportunity, saved_stages


async def test_a_new_opportunity_starts_in_the_first_open_stage_of_the_default_pipeline(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    await saved_stages(app, "Service contracts")

    opportunity = await saved(app, Opportunity(name="New press"))

    assert (opportunity.pipeline_id, opportunity.stage_id) == (stages.pipeline_id, stages.qualified.id)
    assert opportunity.stage_entered_at == clock.now


async def test_a_pipeline_alone_gives_its_first_open_stage(app: kehu.App, stages: Stages) -> None:
    others = await saved_stages(app, "Service contracts")

    opportunity = await saved(app, Opportunity(name="New press", pipeline_id=others.pipeline_id))

    assert opportunity.stage_id == others.qualified.id
    assert stages.pipeline_id != others.pipeline_id


async def test_a_stage_alone_gives_its_pipeline(app: kehu.App, stages: Stages) -> None:
    others = await saved_stages(app, "Service contracts")

    opportunity = await saved(app, Opportunity(name="New press", stage_id=others.proposal.id))

    assert (opportunity.pipeline_id, opportunity.stage_id) == (others.pipeline_id, others.proposal.id)
    assert stages.pipeline_id != others.pipeline_id


async def test_the_stage_must_be_one_of_the_pipeline(app: kehu.App, stages: Stages) -> None:
    others = await saved_stages(app, "Service contracts")
    mixed = Opportunity(name="New press", pipeline_id=stages.pipeline_id, stage_id=others.proposal.id)

    errors = await refused(app, mixed)

    assert [(e.code, e.field, e.plugin) for e in errors] == [("STAGE_OF_OTHER_PIPELINE", "stageId", "sfa")]


async def test_without_a_pipeline_nothing_can_start(app: kehu.App) -> None:
    errors = await refused(app, Opportunity(name="New press"))

    assert [(e.code, e.field) for e in errors] == [("NO_PIPELINE", "pipelineId")]


async def test_without_an_open_stage_nothing_can_start(app: kehu.App) -> None:
    pipeline = await saved(app, Pipeline(name="Empty"))
    await saved(app, make_stage(pipeline.id, "Won", category=StageCategory.WON))

    errors = await refused(app, Opportunity(name="New press"))

    assert [(e.code, e.field) for e in errors] == [("NO_STAGE", "stageId")]


async def test_a_deal_of_the_past_is_created_closed(app: kehu.App, stages: Stages, clock: Clock) -> None:
    opportunity = await saved_opportunity(
        app, stages.won, opened_on=date(2026, 1, 5), closed_on=date(2026, 2, 3)
    )

    assert (opportunity.closed_at, opportunity.closed_on) == (clock.now, date(2026, 2, 3))


REFUSED_VALUES = [
    ({"amount": Decimal(-1), "currency": "EUR"}, "OUT_OF_RANGE", "amount"),
    ({"amount": Decimal(1)}, "CURRENCY_MISSING", "currency"),
    ({"currency": "eur"}, "UNKNOWN_CURRENCY", "currency"),
    ({"currency": "ZZZ"}, "UNKNOWN_CURRENCY", "currency"),
    ({"probability": -1}, "OUT_OF_RANGE", "probability"),
    ({"probability": 101}, "OUT_OF_RANGE", "probability"),
    ({"closed_on": date(2026, 3, 1)}, "OPPORTUNITY_OPEN", "closedOn"),
    ({"recurring_amount": Decimal(5), "currency": "EUR"}, "REQUIRED", "recurringInterval"),
    ({"recurring_interval": "YEAR", "currency": "EUR"}, "REQUIRED", "recurringAmount"),
    (
        {"recurring_amount": Decimal(-5), "recurring_interval": "YEAR", "currency": "EUR"},
        "OUT_OF_RANGE",
        "recurringAmount",
    ),
    ({"source": "RUMOUR"}, "INVALID", "source"),
]


@pytest.mark.parametrize(("values", "code", "field"), REFUSED_VALUES)
async def test_values_out_of_range_are_refused(
    sqlite_app: kehu.App, values: dict[str, Any], code: str, field: str
) -> None:
    stages = await saved_stages(sqlite_app)

    errors = await refused(sqlite_app, Opportunity(name="New press", stage_id=stages.qualified.id, **values))

    assert [(e.code, e.field) for e in errors] == [(code, field)]


TOLD = {
    "amount": ("Amount cannot be negative; -1,234.50 EUR is.", "「金额」不能为负，不能是 -1,234.50 EUR。"),
    "probability": ("Probability is 0 to 100 percent; 200 is not.", "「赢率」为 0 至 100%，不能是 200。"),
    "closedOn": ("Closed on goes with a stage that wins or loses.", "只有赢单或输单阶段才有「关闭日期」。"),
}


@pytest.mark.parametrize(("locale", "told"), [("en", 0), ("zh_CN", 1)])
async def test_fields_are_named_by_their_labels_and_amounts_have_their_currency(
    sqlite_app: kehu.App, locale: str, told: int
) -> None:
    stages = await saved_stages(sqlite_app)
    wrong: dict[str, Any] = {
        "amount": Decimal("-1234.5000"),
        "currency": "EUR",
        "probability": 200,
        "closed_on": date(2026, 1, 2),
    }
    errors = await refused(sqlite_app, Opportunity(name="New press", stage_id=stages.qualified.id, **wrong))

    tell = catalogues_of(sqlite_app).tell
    assert {e.field: tell(e.message, locale) for e in errors} == {f: both[told] for f, both in TOLD.items()}


async def test_all_that_is_wrong_comes_back_together(app: kehu.App, stages: Stages) -> None:
    wrong = Opportunity(
        name="New press", stage_id=stages.qualified.id, amount=Decimal(-5), currency="ABC", probability=200
    )

    errors = await refused(app, wrong)

    assert {e.field for e in errors} == {"amount", "currency", "probability"}


@pytest.mark.parametrize("probability", [0, 100, None])
async def test_the_ends_of_the_range_are_in_it(sqlite_app: kehu.App, probability: int | None) -> None:
    stages = await saved_stages(sqlite_app)

    opportunity = await saved_opportunity(
        sqlite_app, stages.qualified, probability=probability, amount=Decimal(0), currency="JPY"
    )

    assert opportunity.probability == probability


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"opened_on": date(2026, 2, 2), "closed_on": date(2026, 2, 1)}, "CLOSED_BEFORE_OPENED"),
        ({"closed_on": date(2026, 3, 3)}, "CLOSED_IN_FUTURE"),
    ],
)
async def test_nothing_closes_before_it_opens_or_in_the_future(
    sqlite_app: kehu.App, values: dict[str, Any], code: str
) -> None:
    stages = await saved_stages(sqlite_app)

    errors = await refused(sqlite_app, Opportunity(name="New press", stage_id=stages.won.id, **values))

    assert [(e.code, e.field) for e in errors] == [(code, "closedOn")]


async def test_nothing_is_opened_in_the_future(app: kehu.App, stages: Stages) -> None:
    new = Opportunity(name="New press", stage_id=stages.qualified.id, opened_on=date(2026, 3, 3))
    assert [(e.code, e.field) for e in await refused(app, new)] == [("OPENED_IN_FUTURE", "openedOn")]
    deal = await saved_opportunity(app, stages.qualified, opened_on=date(2026, 3, 2))
    errors = await change_refused(app, deal, opened_on=date(2026, 3, 3))
    assert [(e.code, e.field) for e in errors] == [("OPENED_IN_FUTURE", "openedOn")]
    assert (await stored(app, deal)).opened_on == date(2026, 3, 2)


async def test_no_decision_is_expected_before_the_deal_was_opened(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.qualified, opened_on=date(2026, 2, 10))

    errors = await change_refused(app, deal, expected_close_on=date(2026, 2, 9))

    assert [(e.code, e.field) for e in errors] == [("ENDS_BEFORE_START", "expectedCloseOn")]
    assert (await stored(app, deal)).expected_close_on is None
    await changed(app, deal, expected_close_on=date(2026, 2, 10))
    errors = await change_refused(app, deal, opened_on=date(2026, 2, 11))
    assert [(e.code, e.field) for e in errors] == [("ENDS_BEFORE_START", "expectedCloseOn")]


async def test_an_update_cannot_close_or_move(app: kehu.App, stages: Stages, clock: Clock) -> None:
    opportunity = await saved_opportunity(app, stages.qualified)

    moved = await change_refused(app, opportunity, stage_id=stages.proposal.id)
    closed = await change_refused(app, opportunity, closed_at=clock.now, closed_on=clock.now.date())

    assert [(e.code, e.field) for e in (*moved, *closed)] == [("STAGE_NOT_SETTABLE", "stageId")] * 2
    assert (await stored(app, opportunity)).stage_id == stages.qualified.id


async def test_an_opportunity_stays_in_its_pipeline(app: kehu.App, stages: Stages) -> None:
    others = await saved_stages(app, "Service contracts")
    opportunity = await saved_opportunity(app, stages.qualified)

    errors = await change_refused(app, opportunity, pipeline_id=others.pipeline_id)

    assert [(e.code, e.field) for e in errors] == [("PIPELINE_FIXED", "pipelineId")]


async def test_only_a_lost_opportunity_has_a_lost_reason(app: kehu.App, stages: Stages) -> None:
    opportunity = await saved_opportunity(app, stages.qualified)

    for values in ({"lost_reason": "PRICE"}, {"lost_note": "Too dear."}):
        errors = await change_refused(app, opportunity, **values)
        assert [(e.code, e.field) for e in errors] == [("NOT_LOST", "lostReason")]


async def test_the_reason_of_a_loss_may_be_corrected_but_not_emptied(app: kehu.App, stages: Stages) -> None:
    opportunity = await saved_opportunity(app, stages.lost, lost_reason="UNKNOWN")

    await changed(app, opportunity, lost_reason="COMPETITOR", lost_note="They know the buyer.")
    errors = await change_refused(app, opportunity, lost_reason=None)

    assert [(e.code, e.field) for e in errors] == [("LOST_REASON_MISSING", "lostReason")]
    assert (await stored(app, opportunity)).lost_reason == "COMPETITOR"


async def test_the_owner_may_be_changed_by_an_update(app: kehu.App, stages: Stages) -> None:
    ann, opportunity = await make_user(app), await saved_opportunity(app, stages.qualified)

    await changed(app, opportunity, owner_id=ann.id)

    assert (await stored(app, opportunity)).owner_id == ann.id


async def test_creating_begins_the_history(app: kehu.App, stages: Stages, clock: Clock) -> None:
    opportunity = await saved_opportunity(app, stages.qualified)

    [first] = await history(app, opportunity)

    assert (first.from_stage_id, first.to_stage_id) == (None, stages.qualified.id)
    assert (first.entered_at, first.left_at, first.seconds_in_stage) == (clock.now, None, None)


async def test_each_move_is_kept_with_its_times(app: kehu.App, stages: Stages, clock: Clock) -> None:
    opportunity = await saved_opportunity(app, stages.qualified)
    began = clock.now
    clock.advance(days=2)

    async with app.context() as ctx, ctx.write():
        (await ctx.get(Opportunity, opportunity.id)).move_to(stages.proposal, at=clock.now)

    first, second = await history(app, opportunity)
    assert (first.left_at, first.seconds_in_stage) == (clock.now, 2 * 86_400)
    assert (second.from_stage_id, second.to_stage_id) == (stages.qualified.id, stages.proposal.id)
    assert (second.entered_at, second.left_at) == (clock.now, None)
    assert first.entered_at == began


async def test_several_moves_in_one_transaction_are_all_kept(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    async with app.context() as ctx, ctx.write():
        opportunity = ctx.add(Opportunity(name="New press", pipeline_id=stages.pipeline_id))
        opportunity.start_in(stages.qualified, at=clock.now)
        opportunity.move_to(stages.proposal, at=clock.now)
        await ctx.flush()
        opportunity.win(stages.won, at=clock.now)

    changes = await history(app, opportunity)
    assert [change.to_stage_id for change in changes] == [
        stages.qualified.id,
        stages.proposal.id,
        stages.won.id,
    ]
    assert [change.seconds_in_stage for change in changes] == [0, 0, None]


async def test_a_refused_write_leaves_no_history(app: kehu.App, stages: Stages, clock: Clock) -> None:
    opportunity = await saved_opportunity(app, stages.qualified)

    async def move_and_spoil() -> None:
        async with app.context() as ctx, ctx.write():
            fresh = await ctx.get(Opportunity, opportunity.id)
            fresh.move_to(stages.proposal, at=clock.now)
            fresh.probability = 101

    with pytest.raises(kehu.Refusal):
        await move_and_spoil()

    assert len(await history(app, opportunity)) == 1
