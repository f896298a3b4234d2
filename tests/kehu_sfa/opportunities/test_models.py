"""The rules that hold for one opportunity, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

import kehu
from kehu_sfa import Opportunity, Stage
from kehu_sfa.opportunities.models import (
    LostReasonMissing,
    Move,
    NotLost,
    OpportunityClosed,
    OpportunityOpen,
    StageArchived,
    StageChange,
    StageOfOtherCategory,
    StageOfOtherPipeline,
)
from tests.kehu_sfa.factories import MORNING, make_opportunity, make_stages

NOON = MORNING + timedelta(hours=3)


def state(opportunity: Opportunity) -> tuple[object, ...]:
    return (
        *(opportunity.stage_id, opportunity.stage_entered_at, opportunity.closed_at, opportunity.closed_on),
        *(opportunity.lost_reason, opportunity.lost_note, opportunity.has_moved),
    )


def test_a_move_enters_the_stage_at_that_moment() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)

    opportunity.move_to(stages.proposal, at=NOON)

    assert (opportunity.stage_id, opportunity.stage_entered_at) == (stages.proposal.id, NOON)
    assert not opportunity.is_closed
    assert opportunity.take_moves() == (Move(stages.qualified.id, stages.proposal.id, NOON),)
    assert opportunity.take_moves() == ()


def test_moving_to_the_stage_where_it_is_changes_nothing() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)

    opportunity.move_to(stages.qualified, at=NOON)

    assert (opportunity.stage_entered_at, opportunity.take_moves()) == (MORNING, ())


def test_a_stage_that_wins_closes_the_opportunity() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)

    opportunity.move_to(stages.won, at=NOON)

    assert (opportunity.closed_at, opportunity.closed_on) == (NOON, date(2026, 3, 2))


def test_winning_records_the_day_that_counts() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.proposal)

    opportunity.win(stages.won, at=NOON, on=date(2026, 2, 27))

    assert state(opportunity) == (stages.won.id, NOON, NOON, date(2026, 2, 27), None, None, True)


def test_losing_records_the_reason() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.proposal)

    opportunity.lose(stages.lost, reason="PRICE", note="A third cheaper.", at=NOON)

    assert state(opportunity) == (
        stages.lost.id,
        NOON,
        NOON,
        date(2026, 3, 2),
        "PRICE",
        "A third cheaper.",
        True,
    )


def test_reopening_forgets_how_it_was_closed() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.proposal)
    opportunity.lose(stages.lost, reason="PRICE", note="A third cheaper.", at=MORNING)

    opportunity.reopen(stages.on_hold, at=NOON)

    assert state(opportunity) == (stages.on_hold.id, NOON, None, None, None, None, True)


def test_nobody_leaves_a_stage_before_entering_it() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)

    opportunity.move_to(stages.proposal, at=MORNING - timedelta(seconds=2))

    assert opportunity.take_moves() == (Move(stages.qualified.id, stages.proposal.id, MORNING),)


@pytest.mark.parametrize("verb", ["move_to", "win", "lose"])
def test_a_closed_opportunity_cannot_move(verb: str) -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)
    opportunity.win(stages.won, at=MORNING)
    before = state(opportunity)
    target = {"move_to": stages.proposal, "win": stages.won, "lose": stages.lost}[verb]
    reason = {"reason": "PRICE"} if verb == "lose" else {}

    with pytest.raises(OpportunityClosed) as refusal:
        getattr(opportunity, verb)(target, at=NOON, **reason)

    assert [error.code for error in refusal.value.errors] == ["OPPORTUNITY_CLOSED"]
    assert state(opportunity) == before


def test_an_open_opportunity_cannot_be_reopened() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)

    with pytest.raises(OpportunityOpen):
        opportunity.reopen(stages.proposal, at=NOON)

    assert opportunity.stage_id == stages.qualified.id


def test_a_stage_of_another_pipeline_is_refused() -> None:
    stages, others = make_stages(), make_stages()
    opportunity = make_opportunity(stages.qualified)

    for verb, target in (("move_to", others.proposal), ("win", others.won)):
        with pytest.raises(StageOfOtherPipeline):
            getattr(opportunity, verb)(target, at=NOON)
    with pytest.raises(StageOfOtherPipeline):
        opportunity.lose(others.lost, reason="PRICE", at=NOON)

    assert opportunity.stage_id == stages.qualified.id


def test_nothing_enters_an_archived_stage() -> None:
    stages = make_stages()
    stages.proposal.archived_at = MORNING
    opportunity = make_opportunity(stages.qualified)

    with pytest.raises(StageArchived):
        opportunity.move_to(stages.proposal, at=NOON)

    assert opportunity.stage_id == stages.qualified.id


@pytest.mark.parametrize("reason", ["", "  "])
def test_losing_without_a_reason_is_refused(reason: str) -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)

    with pytest.raises(LostReasonMissing) as refusal:
        opportunity.lose(stages.lost, reason=reason, at=NOON)

    assert [(error.code, error.field) for error in refusal.value.errors] == [
        ("LOST_REASON_MISSING", "lostReason")
    ]
    assert not opportunity.is_closed


def test_a_stage_that_loses_takes_the_verb_lose() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)

    with pytest.raises(LostReasonMissing):
        opportunity.move_to(stages.lost, at=NOON)

    assert not opportunity.is_closed


def test_a_verb_needs_a_stage_of_its_category() -> None:
    stages = make_stages()
    opportunity = make_opportunity(stages.qualified)

    with pytest.raises(StageOfOtherCategory):
        opportunity.win(stages.lost, at=NOON)
    with pytest.raises(StageOfOtherCategory):
        opportunity.lose(stages.won, reason="PRICE", at=NOON)
    assert not opportunity.is_closed

    opportunity.win(stages.won, at=NOON)
    with pytest.raises(StageOfOtherCategory):
        opportunity.reopen(stages.lost, at=NOON)
    assert opportunity.is_closed


def test_a_deal_of_the_past_starts_closed() -> None:
    stages = make_stages()
    opportunity = Opportunity(name="Old press", pipeline_id=stages.pipeline_id, lost_reason="NO_BUDGET")

    opportunity.start_in(stages.lost, at=NOON, on=date(2025, 11, 3))

    assert (opportunity.closed_at, opportunity.closed_on) == (NOON, date(2025, 11, 3))
    assert opportunity.take_moves() == (Move(None, stages.lost.id, NOON),)


@pytest.mark.parametrize(
    ("category", "reason", "refusal"), [("lost", None, LostReasonMissing), ("won", "PRICE", NotLost)]
)
def test_a_deal_starts_lost_with_a_reason_and_only_then(
    category: str, reason: str | None, refusal: type[kehu.Refusal]
) -> None:
    stages = make_stages()
    stage: Stage = getattr(stages, category)
    opportunity = Opportunity(name="Old press", pipeline_id=stages.pipeline_id, lost_reason=reason)

    with pytest.raises(refusal):
        opportunity.start_in(stage, at=NOON)

    assert not opportunity.has_moved


def test_a_stage_change_knows_how_long_the_stay_was() -> None:
    change = StageChange(entered_at=MORNING)

    change.leave(at=MORNING + timedelta(days=1, seconds=5, milliseconds=900))

    assert change.seconds_in_stage == 86_405


@pytest.mark.parametrize(
    ("interval", "expected"), [("MONTH", "100"), ("QUARTER", "33.33"), ("YEAR", "8.33"), (None, None)]
)
def test_what_recurs_is_told_by_the_month(interval: str | None, expected: str | None) -> None:
    deal = make_opportunity(
        make_stages().qualified, recurring_amount=Decimal(100), recurring_interval=interval, currency="EUR"
    )

    assert deal.monthly_recurring == (None if expected is None else Decimal(expected))
