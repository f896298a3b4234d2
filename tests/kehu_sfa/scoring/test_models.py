"""When a rule applies to a value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kehu_sfa import LeadScoreRule, LeadStatus, ScoreOperator
from kehu_sfa.scoring.models import RuleIncomplete


def rule(operator: ScoreOperator, value: str | None = None, points: int = 10) -> LeadScoreRule:
    return LeadScoreRule(name="Rule", field="city", operator=operator, value=value, points=points)


@pytest.mark.parametrize(
    ("operator", "value", "actual", "applies"),
    [
        (ScoreOperator.EQUALS, "Zürich", "ZURICH", True),
        (ScoreOperator.EQUALS, "Bern", "Zürich", False),
        (ScoreOperator.EQUALS, "new", LeadStatus.NEW, True),
        (ScoreOperator.EQUALS, "true", True, True),
        (ScoreOperator.EQUALS, "Bern", None, False),
        (ScoreOperator.NOT_EQUALS, "Bern", "Basel", True),
        (ScoreOperator.NOT_EQUALS, "Bern", None, True),
        (ScoreOperator.NOT_EQUALS, "Bern", "bern", False),
        (ScoreOperator.ONE_OF, "CH, DE,AT", "de", True),
        (ScoreOperator.ONE_OF, "CH, DE,AT", "FR", False),
        (ScoreOperator.CONTAINS, "press", "A new printing press", True),
        (ScoreOperator.CONTAINS, "vip", ["old", "VIP"], True),
        (ScoreOperator.STARTS_WITH, "80", "8004", True),
        (ScoreOperator.STARTS_WITH, "80", "3004", False),
        (ScoreOperator.AT_LEAST, "5", 5, True),
        (ScoreOperator.AT_LEAST, "5", Decimal("4.9"), False),
        (ScoreOperator.AT_MOST, "5", 4.5, True),
        (ScoreOperator.AT_LEAST, "5", "many", False),
        (ScoreOperator.AT_LEAST, "2026-01-01", date(2026, 3, 1), True),
        (ScoreOperator.AT_MOST, "2026-01-01", datetime(2026, 3, 1, tzinfo=UTC), False),
        (ScoreOperator.AT_LEAST, "2026-01-01", 7, False),
        (ScoreOperator.IS_SET, None, 0, True),
        (ScoreOperator.IS_SET, None, "", False),
        (ScoreOperator.IS_EMPTY, None, [], True),
        (ScoreOperator.IS_EMPTY, None, "x", False),
    ],
)
def test_a_rule_applies(operator: ScoreOperator, value: str | None, actual: Any, applies: bool) -> None:
    assert rule(operator, value).applies_to(actual) is applies


def test_the_reason_shows_the_points() -> None:
    assert [rule(ScoreOperator.IS_SET, points=n).reason for n in (10, -5)] == ["+10 Rule", "-5 Rule"]


@pytest.mark.parametrize(
    ("operator", "value"), [(ScoreOperator.EQUALS, " "), (ScoreOperator.AT_LEAST, "many")]
)
def test_a_rule_that_compares_with_nothing_is_refused(operator: ScoreOperator, value: str) -> None:
    with pytest.raises(RuleIncomplete):
        rule(operator, value).check()
