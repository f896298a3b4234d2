"""Rounding and splitting, in currencies of 0, 2 and 3 decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu.kernel.currencies import UnknownCurrency
from kehu_sfa.money.rounding import percent_of, rounded, rounded_together, share_percent, split, unit

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])
WEIGHTS = st.lists(st.decimals(0, 1000, places=4), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("amount", "currency", "whole"),
    [("2.5", "JPY", "3"), ("-2.5", "JPY", "-3"), ("0.005", "EUR", "0.01"), ("1.0005", "KWD", "1.001")],
)
def test_half_a_unit_is_rounded_away_from_zero(amount: str, currency: str, whole: str) -> None:
    assert rounded(Decimal(amount), currency) == Decimal(whole)


def test_a_currency_that_does_not_exist_has_no_unit() -> None:
    with pytest.raises(UnknownCurrency):
        unit("EURO")


@given(units=st.integers(-(10**14), 10**14), currency=CURRENCIES, weights=WEIGHTS)
def test_parts_sum_to_the_whole(units: int, currency: str, weights: list[Decimal]) -> None:
    amount = Decimal(units) * unit(currency)

    parts = split(amount, weights, currency)

    assert sum(parts) == amount
    assert all(part == rounded(part, currency) for part in parts)


@given(units=st.integers(0, 10**12), currency=CURRENCIES, weights=WEIGHTS)
def test_no_part_is_a_whole_unit_away_from_its_share(
    units: int, currency: str, weights: list[Decimal]
) -> None:
    amount, step = Decimal(units) * unit(currency), unit(currency)

    parts = split(amount, weights, currency)

    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < step * Decimal("1.000001")
        assert part == 0 or weight > 0


def test_units_that_are_left_go_to_those_who_lost_most() -> None:
    assert split(Decimal(10), [Decimal(1)] * 3, "EUR") == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert split(Decimal("0.05"), [Decimal(70), Decimal(30)], "EUR") == [Decimal("0.04"), Decimal("0.01")]


def test_nothing_can_be_split_among_nobody() -> None:
    assert split(Decimal(0), [], "EUR") == []
    assert split(Decimal(0), [Decimal(0)], "EUR") == [0]


@pytest.mark.parametrize(
    ("amount", "weights"), [("1", ["0"]), ("1", []), ("1", ["2", "-1"]), ("0.001", ["1"])]
)
def test_what_cannot_be_split_is_refused(amount: str, weights: list[str]) -> None:
    with pytest.raises(ValueError, match=r"Weights|whole units"):
        split(Decimal(amount), list(map(Decimal, weights)), "EUR")


@given(units=st.integers(-(10**12), 10**12), percent=st.decimals(0, 100, places=4), currency=CURRENCIES)
def test_what_is_taken_back_is_what_was_given(units: int, percent: Decimal, currency: str) -> None:
    amount = Decimal(units) * unit(currency)

    assert percent_of(amount, percent, currency) == -percent_of(-amount, percent, currency)


def test_a_share_of_nothing_is_none() -> None:
    assert share_percent(Decimal(1), Decimal(0)) is None
    assert share_percent(Decimal(1), Decimal(3)) == Decimal("33.33")


@given(amounts=st.lists(st.decimals(0, 10**9, places=6), max_size=8), currency=CURRENCIES)
def test_amounts_that_are_rounded_together_sum_to_their_rounded_sum(
    amounts: list[Decimal], currency: str
) -> None:
    parts = rounded_together(amounts, currency)

    assert sum(parts, Decimal(0)) == rounded(sum(amounts, Decimal(0)), currency)
    assert all(part == rounded(part, currency) for part in parts)
    assert all(abs(part - amount) < unit(currency) for part, amount in zip(parts, amounts, strict=True))


def test_what_is_rounded_together_is_not_negative() -> None:
    with pytest.raises(ValueError, match="not negative"):
        rounded_together([Decimal(1), Decimal(-1)], "EUR")
