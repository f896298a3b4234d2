"""What holds of one stocktake and its lines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kehu_partner_inventory import Stocktake, StocktakeLine, StocktakeState
from kehu_partner_inventory.stocktakes.models import CountMissing, MovedSinceSnapshot, StocktakeNotReady
from tests.kehu_partner_inventory.depot import D

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def line(expected: str, counted: str | None) -> StocktakeLine:
    return StocktakeLine(
        expected=D(expected), snapshot_moves=1, counted=None if counted is None else D(counted)
    )


@pytest.mark.parametrize(
    ("expected", "counted", "tolerance", "within"),
    [
        ("100", "100", "0", True),
        ("100", "99", "0", False),
        ("100", "98", "2", True),
        ("100", "102", "2", True),
        ("100", "97.9999", "2", False),
        ("0", "1", "50", False),
        ("0", "0", "0", True),
    ],
)
def test_a_tolerance_is_a_share_of_what_was_expected(
    expected: str, counted: str, tolerance: str, within: bool
) -> None:
    assert line(expected, counted).is_within(D(tolerance)) is within


def test_within_the_tolerance_nobody_need_agree() -> None:
    exact = Stocktake(state=StocktakeState.COUNTING, tolerance_percent=D(5))
    exact.complete([line("100", "96"), line("10", "10")], at=NOW)
    wrong = Stocktake(state=StocktakeState.COUNTING, tolerance_percent=D(5))
    wrong.complete([line("100", "94")], at=NOW)

    assert (exact.state, exact.approved_at) == (StocktakeState.APPROVED, NOW)
    assert (wrong.state, wrong.approved_at) == (StocktakeState.COUNTED, None)


def test_everything_is_counted_first() -> None:
    stocktake = Stocktake(state=StocktakeState.COUNTING, tolerance_percent=D(0))

    with pytest.raises(CountMissing):
        stocktake.complete([line("1", "1"), line("1", None)], at=NOW)
    assert stocktake.state is StocktakeState.COUNTING


def test_what_moved_since_the_snapshot_is_not_compared() -> None:
    with pytest.raises(MovedSinceSnapshot):
        line("1", "1").check_unmoved(2, product="BOLT")
    line("1", "1").check_unmoved(1, product="BOLT")


def test_only_what_was_agreed_to_is_posted() -> None:
    for state in set(StocktakeState) - {StocktakeState.APPROVED}:
        with pytest.raises(StocktakeNotReady):
            Stocktake(state=state).post(at=NOW)
