"""Commissions by slabs: those of a period sum to that on all its sales, whatever the order of the sales."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kehu_sfa import CommissionPlan, CommissionSlab
from kehu_sfa.commissions.models import (
    CommissionPeriod,
    ImpossiblePlan,
    ImpossibleSlab,
    commission,
    earned,
    reversal,
)
from kehu_sfa.money.rounding import rounded, unit

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])
SLABS = st.lists(
    st.builds(
        CommissionSlab,
        above=st.decimals(0, 100_000, places=2),
        percent=st.decimals(0, 100, places=2),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda slab: slab.above,
)
UNITS = st.lists(st.integers(1, 10**8), min_size=1, max_size=10)


def slab(above: int, percent: int) -> CommissionSlab:
    return CommissionSlab(above=Decimal(above), percent=Decimal(percent))


@given(units=UNITS, slabs=SLABS, currency=CURRENCIES)
def test_the_commissions_of_a_period_sum_to_that_on_all_sales(
    units: list[int], slabs: list[CommissionSlab], currency: str
) -> None:
    sales = [count * unit(currency) for count in units]
    before, total = Decimal(0), Decimal(0)

    for amount in sales:
        more = commission(before, amount, slabs, currency)
        assert more >= 0
        assert more == rounded(more, currency)
        before, total = before + amount, total + more

    assert total == earned(sum(sales, Decimal(0)), slabs, currency)


@given(amount=st.integers(0, 10**9), base=st.integers(1, 10**9), data=st.data(), currency=CURRENCIES)
def test_what_is_lost_again_sums_to_what_was_earned(
    amount: int, base: int, data: st.DataObject, currency: str
) -> None:
    left, kept = base * unit(currency), amount * unit(currency)

    while left:
        less = data.draw(st.integers(1, int(left / unit(currency)))) * unit(currency)
        kept, left = kept + reversal(kept, left, less, currency), left - less
        if data.draw(st.booleans()):
            kept, left = kept + reversal(kept, left, left, currency) if left else kept, Decimal(0)

    assert kept == 0


def test_each_part_of_the_sales_earns_what_its_slab_gives() -> None:
    slabs = [slab(0, 2), slab(1000, 5)]

    assert earned(Decimal(1500), slabs, "EUR") == 45
    assert commission(Decimal(900), Decimal(200), slabs, "EUR") == 7
    assert earned(Decimal(1500), [], "EUR") == 0


def test_a_period_begins_on_its_first_day() -> None:
    day = date(2026, 8, 15)

    assert [period.first_day(day) for period in CommissionPeriod] == [
        date(2026, 8, 1),
        date(2026, 7, 1),
        date(2026, 1, 1),
        date.min,
    ]


@pytest.mark.parametrize(("above", "percent"), [(-1, 5), (0, 101), (0, -1)])
def test_a_slab_that_cannot_be_is_refused(above: int, percent: int) -> None:
    with pytest.raises(ImpossibleSlab):
        slab(above, percent).check()


def test_a_plan_does_not_end_before_it_begins() -> None:
    plan = CommissionPlan(name="2026", valid_from_on=date(2026, 2, 1), valid_until_on=date(2026, 1, 1))

    with pytest.raises(ImpossiblePlan):
        plan.check()
