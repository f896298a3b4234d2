"""Which level figures are enough for, and the life of a proposal, without a database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kehu_partner_inventory import LevelReview, LevelReviewStatus, LevelRule, PartnerMeasure
from kehu_partner_inventory.reviews.models import (
    LEVEL_REVIEW_STATES,
    ImpossibleRule,
    ReviewInOtherState,
    ReviewOutdated,
    ReviewReasonMissing,
)
from kehu_partner_inventory.reviews.proposing import Finding, Rung, proposed

D = Decimal
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = [uuid.UUID(int=n) for n in range(4)]
VERBS: dict[str, Callable[[LevelReview], object]] = {
    "confirm": lambda review: review.confirm(review.from_level_id, at=AT),
    "dismiss": lambda review: review.dismiss("A hard year.", at=AT),
    "replace": lambda review: review.move("replace", at=AT),
}


def ladder(earned: str) -> list[Rung]:
    """A rung for each letter: + has a rule that is met, - one that is not, 0 none."""
    met = {"+": [True], "-": [False], "0": []}
    return [
        Rung(KEYS[n], n, [Finding("L", PartnerMeasure.PURCHASES, D(1), D(1), each) for each in met[sign]])
        for n, sign in enumerate(earned)
    ]


@pytest.mark.parametrize(
    ("earned", "own", "to"),
    [
        ("0+-", 0, 1),
        ("0++", 0, 2),
        ("0-+", 0, 2),
        ("0--", 0, None),
        ("000", 0, None),
        ("0+-", 1, None),
        ("0--", 2, 0),
        ("0+-", 2, 1),
        ("---", 2, 0),
        ("---", 0, None),
        ("0-0", 2, None),
    ],
)
def test_the_best_level_that_is_earned_is_proposed(earned: str, own: int, to: int | None) -> None:
    rung = proposed(ladder(earned), KEYS[own])
    assert (None if rung is None else rung.rank) == to


def a_review(status: LevelReviewStatus) -> LevelReview:
    return LevelReview(status=status, from_level_id=KEYS[0], to_level_id=KEYS[1])


@pytest.mark.parametrize(("verb", "source"), LEVEL_REVIEW_STATES.targets)
def test_a_verb_of_the_chart_leads_where_the_chart_says(verb: str, source: LevelReviewStatus) -> None:
    review = a_review(source)
    VERBS[verb](review)
    assert review.status is LEVEL_REVIEW_STATES.targets[verb, source]


@pytest.mark.parametrize(("verb", "state"), LEVEL_REVIEW_STATES.refused)
def test_every_other_verb_is_refused_and_changes_nothing(verb: str, state: LevelReviewStatus) -> None:
    review = a_review(state)
    with pytest.raises(ReviewInOtherState):
        VERBS[verb](review)
    assert review.status is state


def test_a_proposal_is_about_the_level_at_the_review_and_not_dismissed_without_a_reason() -> None:
    with pytest.raises(ReviewOutdated):
        a_review(LevelReviewStatus.PROPOSED).confirm(KEYS[3], at=AT)
    with pytest.raises(ReviewReasonMissing):
        a_review(LevelReviewStatus.PROPOSED).dismiss(" ", at=AT)


@pytest.mark.parametrize(
    "values",
    [
        {"measure": PartnerMeasure.PURCHASES, "threshold": D(1)},
        {"measure": PartnerMeasure.PURCHASES, "threshold": D(1), "currency": "EURO"},
        {"measure": PartnerMeasure.RETURN_PERCENT, "threshold": D(1), "currency": "EUR"},
        {"measure": PartnerMeasure.RETURN_PERCENT, "threshold": D(-1)},
    ],
)
def test_impossible_rules_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleRule):
        LevelRule(**values).check()


def test_returns_are_met_by_little_and_all_else_by_much() -> None:
    returns = LevelRule(measure=PartnerMeasure.RETURN_PERCENT, threshold=D(5))
    on_time = LevelRule(measure=PartnerMeasure.ON_TIME_PERCENT, threshold=D(5))
    values = (None, D(4), D(5), D(6))
    assert [returns.met_by(each) for each in values] == [True, True, True, False]
    assert [on_time.met_by(each) for each in values] == [False, False, True, True]
