"""How much to order."""

from __future__ import annotations

import pytest

from kehu_partner_inventory import ReorderRule
from kehu_partner_inventory.replenishment.models import ImpossibleRule
from tests.kehu_partner_inventory.depot import D


@pytest.mark.parametrize(
    ("minimum", "maximum", "multiple", "position", "suggested"),
    [
        ("10", None, None, "10", "0"),
        ("10", None, None, "9", "1"),
        ("10", "50", None, "9", "41"),
        ("10", "50", "12", "9", "48"),
        ("10", "50", "12", "-2", "60"),
        ("0", "50", None, "0", "0"),
        ("0", "50", None, "-1", "51"),
    ],
)
def test_below_the_minimum_it_is_filled_up(
    minimum: str, maximum: str | None, multiple: str | None, position: str, suggested: str
) -> None:
    rule = ReorderRule(minimum=D(minimum), maximum=maximum and D(maximum), multiple=multiple and D(multiple))

    assert rule.suggestion(D(position)) == D(suggested)


def test_more_than_the_maximum_is_surplus() -> None:
    assert ReorderRule(maximum=D(5)).surplus(D(7)) == D(2)
    assert ReorderRule(maximum=D(5)).surplus(D(5)) == D(0)
    assert ReorderRule(maximum=None).surplus(D(7)) == D(0)


@pytest.mark.parametrize(
    "values",
    [
        {"minimum": D(-1)},
        {"minimum": D(2), "maximum": D(1)},
        {"minimum": D(0), "multiple": D(0)},
    ],
)
def test_levels_make_sense(values: dict[str, object]) -> None:
    with pytest.raises(ImpossibleRule):
        ReorderRule(**values).check()
