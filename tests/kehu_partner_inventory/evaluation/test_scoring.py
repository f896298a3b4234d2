"""What figures are worth on a scorecard, without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kehu_partner_inventory import PartnerMeasure, ScorecardCriterion
from kehu_partner_inventory.evaluation.models import ImpossibleCriterion
from kehu_partner_inventory.evaluation.scoring import Figures, percent_of, points, weighted

D = Decimal


@pytest.mark.parametrize(
    ("value", "none_at", "full_at", "scored"),
    [
        ("0", "0", "100", "0"),
        ("40", "0", "100", "40"),
        ("1", "0", "3", "33.33"),
        ("250", "0", "100", "100"),
        ("-5", "0", "100", "0"),
        ("2", "10", "0", "80"),
        ("12", "10", "0", "0"),
    ],
)
def test_points_go_straight_from_what_scores_nothing_to_what_scores_all(
    value: str, none_at: str, full_at: str, scored: str
) -> None:
    assert points(D(value), D(none_at), D(full_at)) == D(scored)


def test_points_are_weighted() -> None:
    assert weighted([(D(3), D(60)), (D(1), D(25)), (D(1), D(50))]) == D(51)
    assert weighted([]) is None


def test_nothing_to_compare_with_is_no_value() -> None:
    assert [Figures().value(measure) for measure in PartnerMeasure] == [D(0), None, None, None]
    assert percent_of(D(1), D(0)) is None


@pytest.mark.parametrize(("weight", "full_at"), [("0", "1"), ("-1", "1"), ("1", "0")])
def test_impossible_criteria_are_refused(weight: str, full_at: str) -> None:
    criterion = ScorecardCriterion(weight=D(weight), none_at=D(0), full_at=D(full_at))
    with pytest.raises(ImpossibleCriterion):
        criterion.check()
