"""Rebates in plain Python, from the text of the specification: fractions, one currency with two places."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

from kehu_partner_inventory.rebates.reckoning import RebateBase, RebateKind, Terms, Tier

GRID = [Decimal(each) for each in (0, 100, 500, 1000, 5000)]


def expected(
    terms: Terms, bought: list[Decimal], before: list[Decimal], focus: Decimal = Decimal(0)
) -> Decimal:
    """What is paid: cent by cent where tiers are slices, by the tier that is reached where it is not."""
    counted = Fraction(sum(bought))
    if terms.base is RebateBase.GROWTH:
        counted -= Fraction(sum(before))
    exact = Fraction(0)
    share = Fraction(focus) / counted * 100 if counted > 0 else None
    for tier in terms.tiers:
        start, end = Fraction(tier.start), None if tier.end is None else Fraction(tier.end)
        rate = Fraction(tier.percent) / 100
        if terms.base is RebateBase.MIX:
            reached = share is not None and start <= share and (end is None or share < end)
            exact = counted * rate if reached else exact
            continue
        if terms.kind is RebateKind.WHOLE_AMOUNT and start <= counted and (end is None or counted < end):
            exact = max(counted, Fraction(0)) * rate
        if terms.kind is RebateKind.MARGINAL and counted > start:
            exact += (counted - start if end is None or counted < end else end - start) * rate
    paid = Decimal(int(exact * 100 + Fraction(1, 2))).scaleb(-2)
    return paid if terms.cap is None else min(paid, terms.cap)


def random_terms(chance: random.Random) -> Terms:
    """Some tiers one after the other, perhaps with gaps, without an end, or with a cap."""
    bounds = sorted(chance.sample(GRID, chance.randint(2, len(GRID))))
    tiers = [
        Tier(start, end, Decimal(chance.randint(0, 2000)).scaleb(-2))
        for start, end in zip(bounds, [*bounds[1:], None], strict=True)
        if chance.random() < 0.85
    ]
    cap = chance.choice([None, None, Decimal(chance.randint(0, 20000)).scaleb(-2)])
    return Terms(chance.choice(list(RebateBase)), chance.choice(list(RebateKind)), tiers, "EUR", cap)


def random_lines(chance: random.Random) -> list[Decimal]:
    """What was bought, and some of it came back."""
    lines = [Decimal(chance.randint(1, 100_000)).scaleb(-2) for _ in range(chance.randint(0, 12))]
    return lines + [-line for line in lines if chance.random() < 0.2]
