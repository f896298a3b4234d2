"""Rebates are those of a reference in plain Python, and their shares sum to them."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from kehu_partner_inventory.rebates.reckoning import (
    RebateBase,
    RebateKind,
    Terms,
    Tier,
    overlapping,
    reckon,
    shares,
)
from tests.kehu_partner_inventory.rebates.reference import expected, random_lines, random_terms

D = Decimal
TIERS = [Tier(D(0), D(1000), D(1)), Tier(D(1000), D(5000), D(2)), Tier(D(5000), None, D(4))]


def test_5_000_random_books_earn_what_the_reference_says_and_explain_it() -> None:
    chance = random.Random(7)
    for _ in range(5_000):
        terms, bought, before = random_terms(chance), random_lines(chance), random_lines(chance)
        focus = chance.choice([D(0), sum(bought, D(0)), sum(bought, D(0)) * chance.randint(0, 100) / 100])
        result = reckon(terms, bought, before, focus)
        assert result.earned == expected(terms, bought, before, focus), (terms, bought, before, focus)
        assert sum(result.shares) == (result.earned if sum(bought) else 0)
        assert all(share == share.quantize(D("0.01")) for share in result.shares)


@pytest.mark.parametrize(
    ("kind", "amount", "earned"),
    [
        (RebateKind.WHOLE_AMOUNT, "999.99", "10.00"),
        (RebateKind.WHOLE_AMOUNT, "1000", "20.00"),
        (RebateKind.WHOLE_AMOUNT, "6000", "240.00"),
        (RebateKind.MARGINAL, "999.99", "10.00"),
        (RebateKind.MARGINAL, "1000", "10.00"),
        (RebateKind.MARGINAL, "6000", "130.00"),
    ],
)
def test_a_tier_holds_for_the_whole_amount_or_for_its_slice(
    kind: RebateKind, amount: str, earned: str
) -> None:
    assert reckon(Terms(RebateBase.SELL_IN, kind, TIERS, "EUR"), [D(amount)]).earned == D(earned)


def test_growth_is_what_was_bought_beyond_a_year_before() -> None:
    terms = Terms(RebateBase.GROWTH, RebateKind.WHOLE_AMOUNT, TIERS, "EUR")
    assert reckon(terms, [D(3000)], [D(1800)]).earned == D(24)
    assert reckon(terms, [D(1000)], [D(1800)]).earned == D(0)


@pytest.mark.parametrize(
    ("focus", "earned"),
    [("0", "0"), ("299.99", "0"), ("300", "20.00"), ("599.99", "20.00"), ("600", "50.00")],
)
def test_the_share_of_a_category_decides_on_all_that_was_bought(focus: str, earned: str) -> None:
    tiers = [Tier(D(30), D(60), D(2)), Tier(D(60), None, D(5))]
    terms = Terms(RebateBase.MIX, RebateKind.WHOLE_AMOUNT, tiers, "EUR")
    assert reckon(terms, [D(1100), D(-100)], [], D(focus)).earned == D(earned)


def test_no_more_is_paid_than_the_cap() -> None:
    terms = Terms(RebateBase.SELL_IN, RebateKind.MARGINAL, TIERS, "EUR", cap=D(100))
    result = reckon(terms, [D(4000), D(2000)])
    assert (result.earned, result.is_capped, result.shares) == (D(100), True, (D("66.67"), D("33.33")))


def test_shares_of_goods_that_came_back_are_below_zero() -> None:
    assert shares(D("1.00"), [D(30), D(30), D(-20)], "EUR") == (D("0.75"), D("0.75"), D("-0.50"))


def test_an_amount_is_in_one_tier() -> None:
    assert not overlapping(TIERS)
    assert overlapping([*TIERS, Tier(D(4999), D(5000), D(1))])
    assert overlapping([Tier(D(0), None, D(1)), Tier(D(5), D(6), D(1))])
