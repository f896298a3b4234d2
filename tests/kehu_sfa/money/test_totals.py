"""The totals of documents: whatever the lines, discounts and taxes, the figures sum."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu_sfa.money.rounding import rounded
from kehu_sfa.money.totals import Position, TaxMode, TaxRounding, Terms, Totals, reckon

PERCENT = st.decimals(0, 100, places=2)
PRICE = st.decimals(0, 100_000, places=4)
POSITIONS = st.lists(
    st.builds(
        Position,
        quantity=st.decimals("0.0001", 1000, places=4),
        unit_price=PRICE,
        discount_percent=PERCENT,
        tax_percent=st.sampled_from(list(map(Decimal, ["0", "6", "7", "13", "19", "8.875"]))),
        list_price=st.none() | PRICE,
        unit_cost=st.none() | PRICE,
    ),
    max_size=8,
)
TERMS: Any = st.builds(
    Terms,
    currency=st.sampled_from(["JPY", "EUR", "KWD"]),
    tax_mode=st.sampled_from(TaxMode),
    tax_rounding=st.sampled_from(TaxRounding),
    discount_percent=st.none() | PERCENT,
)


@given(positions=POSITIONS, terms=TERMS)
def test_figures_sum_line_by_line_and_in_total(positions: list[Position], terms: Terms) -> None:
    totals = reckon(positions, terms)

    taxed = totals.tax if terms.tax_mode is TaxMode.INCLUDED else 0
    for line in totals.lines:
        tax = line.tax if terms.tax_mode is TaxMode.INCLUDED else 0
        assert line.gross - line.line_discount - line.share_of_discount == line.net + tax
        assert line.amount >= line.share_of_discount >= 0
        assert line.net >= 0 <= line.tax
    assert totals.subtotal - totals.discount == totals.net + taxed
    assert totals.total == sum(line.total for line in totals.lines)
    assert totals.discount == sum(line.share_of_discount for line in totals.lines)
    assert all(amount == rounded(amount, terms.currency) for amount in amounts(totals))


def amounts(totals: Totals) -> list[Decimal]:
    figures = [totals.subtotal, totals.discount, totals.net, totals.tax, totals.total]
    return figures + [each for line in totals.lines for each in (line.gross, line.net, line.tax, line.total)]


@given(positions=POSITIONS, terms=TERMS)
def test_concessions_are_zero_to_one_hundred_percent(positions: list[Position], terms: Terms) -> None:
    # A line of half a cent may be rounded up on its own and down on the list, so a price of the list is left out.
    totals = reckon(positions, terms)

    assert 0 <= totals.conceded_percent <= 100
    if totals.margin is not None:
        assert totals.margin == sum(line.net - (line.cost or 0) for line in totals.lines)


def position(price: str, tax: str = "19", quantity: str = "1", **values: str) -> Position:
    decimals: dict[str, Any] = {name: Decimal(value) for name, value in values.items()}
    return Position(Decimal(quantity), Decimal(price), tax_percent=Decimal(tax), **decimals)


def test_tax_by_line_and_by_total_differ_by_rounding_only() -> None:
    positions = [position("0.13")] * 3

    by_line = reckon(positions, Terms("EUR"))
    by_total = reckon(positions, Terms("EUR", tax_rounding=TaxRounding.PER_TOTAL))

    assert [line.tax for line in by_line.lines] == [Decimal("0.02")] * 3
    assert [line.tax for line in by_total.lines] == [Decimal("0.03"), Decimal("0.02"), Decimal("0.02")]
    assert (by_line.tax, by_total.tax) == (Decimal("0.06"), Decimal("0.07"))


def test_tax_that_is_included_is_taken_out() -> None:
    totals = reckon([position("119"), position("107", "7")], Terms("EUR", TaxMode.INCLUDED))

    assert [str(line.net) for line in totals.lines] == ["100.00", "100.00"]
    assert [str(line.tax) for line in totals.lines] == ["19.00", "7.00"]
    assert totals.total == 226


def test_a_discount_on_the_total_is_shared_among_the_tax_rates() -> None:
    terms = Terms("EUR", discount_amount=Decimal(10))

    totals = reckon([position("60"), position("30", "7")], terms)

    assert [line.share_of_discount for line in totals.lines] == [Decimal("6.67"), Decimal("3.33")]
    assert (totals.net, totals.tax) == (Decimal(80), Decimal("10.13") + Decimal("1.87"))


def test_a_price_below_the_list_counts_as_a_concession() -> None:
    totals = reckon([position("90", list_price="100", discount_percent="10")], Terms("EUR"))

    assert totals.conceded_percent == 19


def test_the_margin_is_known_only_if_every_cost_is() -> None:
    known, unknown = position("100", unit_cost="60"), position("100")

    assert reckon([known], Terms("EUR")).margin_percent == 40
    assert reckon([known, unknown], Terms("EUR")).margin is None
    assert reckon([], Terms("EUR")).margin is None


@pytest.mark.parametrize("amount", ["-1", "100.01"])
def test_a_discount_of_more_than_the_whole_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="not possible"):
        reckon([position("100")], Terms("EUR", discount_amount=Decimal(amount)))
