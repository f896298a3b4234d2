"""When a rule applies, and whom it chooses."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

import kehu
from kehu_sfa import AssignmentMethod, AssignmentRule
from kehu_sfa.assignment.models import Candidate, choose
from tests.kehu_sfa.leads.factories import make_lead

ANN, BOB, CEM = (Candidate(uuid.UUID(int=n), name) for n, name in enumerate(("Ann", "Bob", "Cem"), start=1))
PRODUCT = kehu.uuid7()
IN_TURN, FEWEST = AssignmentMethod.ROUND_ROBIN, AssignmentMethod.LEAST_LOADED


@pytest.mark.parametrize(
    ("rule", "lead", "applies"),
    [
        ({}, {}, True),
        ({"country": "CH"}, {"country": "CH"}, True),
        ({"country": "CH"}, {}, False),
        ({"city": "zurich"}, {"city": "Zürich"}, True),
        ({"postcode_prefix": "80"}, {"postcode": "8004"}, True),
        ({"postcode_prefix": "80"}, {"postcode": "3004"}, False),
        ({"postcode_prefix": "80"}, {}, False),
        ({"product_id": PRODUCT}, {"product_id": PRODUCT}, True),
        ({"product_id": PRODUCT}, {}, False),
        ({"language": "zh"}, {"language": "zh_CN"}, True),
        ({"language": "zh_CN"}, {"language": "zh"}, False),
        ({"source": "trade show"}, {"source": "Trade Show"}, True),
        ({"country": "CH", "source": "web"}, {"country": "CH", "source": "fair"}, False),
    ],
)
def test_a_rule_applies_where_all_it_asks_for_is_true(
    rule: dict[str, Any], lead: dict[str, Any], applies: bool
) -> None:
    assert AssignmentRule(name="Rule", **rule).applies_to(make_lead(**lead)) is applies


def loaded(candidate: Candidate, open_leads: int, most: int | None = None, **values: Any) -> Candidate:
    return Candidate(candidate.user_id, candidate.name, open_leads, most, **values)


@pytest.mark.parametrize(
    ("candidates", "method", "last", "chosen"),
    [
        ([CEM, ANN, BOB], IN_TURN, None, "Ann"),
        ([ANN, BOB, CEM], IN_TURN, ANN, "Bob"),
        ([ANN, BOB, CEM], IN_TURN, CEM, "Ann"),
        ([ANN, CEM], IN_TURN, BOB, "Cem"),
        ([ANN, loaded(BOB, 0, is_absent=True), CEM], IN_TURN, ANN, "Cem"),
        ([loaded(ANN, 5, 5), BOB], IN_TURN, None, "Bob"),
        ([loaded(ANN, 4, 5)], IN_TURN, ANN, "Ann"),
        ([loaded(ANN, 2), loaded(BOB, 1), loaded(CEM, 1)], FEWEST, None, "Bob"),
        ([loaded(ANN, 2), loaded(BOB, 1), loaded(CEM, 1)], FEWEST, BOB, "Cem"),
        ([loaded(ANN, 0, 0)], IN_TURN, None, None),
        ([], FEWEST, None, None),
    ],
)
def test_a_method_chooses(
    candidates: list[Candidate], method: AssignmentMethod, last: Candidate | None, chosen: str | None
) -> None:
    found = choose(candidates, method, last.user_id if last else None)

    assert (found.name if found else None) == chosen
