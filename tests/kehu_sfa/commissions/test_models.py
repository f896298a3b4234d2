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
    Gain,
    ImpossiblePlan,
    ImpossibleSlab,
    Loss,
    commission,
    commissions,
    earned,
    reversal,
    reversals,
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


@given(percent=st.decimals(0, 100, places=2), data=st.data(), currency=CURRENCIES)
def test_those_who_share_an_order_earn_what_the_whole_earns(
    percent: Decimal, data: st.DataObject, currency: str
) -> None:
    """With one percentage for all, however much each of them has sold before."""
    parts = [
        count * unit(currency) for count in data.draw(st.lists(st.integers(0, 10**8), min_size=2, max_size=6))
    ]
    flat = [CommissionSlab(above=Decimal(0), percent=percent)]
    before = [count * unit(currency) for count in data.draw(st.lists(st.integers(0, 10**8), min_size=6))]

    gains = [Gain(sold, part, flat) for part, sold in zip(parts, before, strict=False)]
    amounts = commissions(gains, currency)

    assert sum(amounts) == rounded(sum(parts, Decimal(0)) * percent / 100, currency)
    assert all(amount >= 0 and amount == rounded(amount, currency) for amount in amounts)
    assert all(
        abs(amount - part * percent / 100) < unit(currency)
        for amount, part in zip(amounts, parts, strict=True)
    )


@given(data=st.data(), slabs=st.lists(SLABS, min_size=2, max_size=5), currency=CURRENCIES)
def test_by_slabs_of_their_own_they_earn_the_sum_rounded_once(
    data: st.DataObject, slabs: list[list[CommissionSlab]], currency: str
) -> None:
    counts = st.integers(0, 10**8)
    gains = [
        Gain(data.draw(counts) * unit(currency), data.draw(counts) * unit(currency), each) for each in slabs
    ]
    alone = [commission(each.before, each.more, each.slabs, currency) for each in gains]

    amounts = commissions(gains, currency)

    assert commissions(gains[:1], currency) == alone[:1]
    assert all(amount >= 0 and amount == rounded(amount, currency) for amount in amounts)
    assert abs(sum(amounts, Decimal(0)) - sum(alone, Decimal(0))) <= len(gains) * unit(currency)
    assert all(abs(amount - own) < 3 * unit(currency) for amount, own in zip(amounts, alone, strict=True))


@given(data=st.data(), currency=CURRENCIES)
def test_what_sharers_lose_again_sums_to_what_they_earned(data: st.DataObject, currency: str) -> None:
    step = unit(currency)
    kept = [
        (data.draw(st.integers(0, 10**8)) * step, data.draw(st.integers(1, 10**8)) * step) for _ in range(3)
    ]
    share = data.draw(st.integers(1, 99))
    losses = [Loss(amount, base, rounded(base * share / 100, currency)) for amount, base in kept]

    first = reversals(losses, currency)
    rest = reversals(
        [
            Loss(loss.amount + back, left, left)
            for loss, back in zip(losses, first, strict=True)
            if (left := loss.base - loss.less)
        ],
        currency,
    )

    exact = sum((each.amount * each.less / each.base for each in losses), Decimal(0))
    assert sum(first) == -rounded(exact, currency)
    if len(rest) == len(first):
        assert [back + more for back, more in zip(first, rest, strict=True)] == [
            -amount for amount, _ in kept
        ]


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
