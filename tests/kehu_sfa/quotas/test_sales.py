"""The parts of a shared sale always sum to it, in currencies of 0, 2 and 3 decimals and in units."""

from __future__ import annotations

import itertools
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kehu
from kehu_sfa.money.rounding import rounded, unit
from kehu_sfa.quotas.sales import parts_of

# Parts in hundredths of a percent: as many cuts as there are people, less one.
CUTS = st.lists(st.integers(1, 9_999), max_size=6, unique=True).map(sorted)


def shares(cuts: list[int]) -> list[tuple[uuid.UUID, Decimal]]:
    ends = [0, *cuts, 10_000]
    return [(kehu.uuid7(), Decimal(last - first) / 100) for first, last in itertools.pairwise(ends)]


@given(units=st.integers(-(10**12), 10**12), currency=st.sampled_from(["JPY", "EUR", "KWD"]), cuts=CUTS)
def test_parts_of_money_sum_to_it_in_whole_units(units: int, currency: str, cuts: list[int]) -> None:
    amount = units * unit(currency)

    parts = parts_of(amount, currency, shares(cuts), None)

    assert sum(parts.values(), Decimal(0)) == amount
    assert all(part == rounded(part, currency) for part in parts.values())


@given(quantity=st.decimals(0, 10**6, places=4), cuts=CUTS)
def test_parts_of_units_sum_to_them(quantity: Decimal, cuts: list[int]) -> None:
    assert sum(parts_of(quantity, None, shares(cuts), None).values(), Decimal(0)) == quantity


@pytest.mark.parametrize("owner", [kehu.uuid7(), None])
def test_what_nobody_shares_is_its_owners(owner: uuid.UUID | None) -> None:
    expected = {} if owner is None else {owner: Decimal(5)}

    assert parts_of(Decimal(5), "EUR", None, owner) == expected
