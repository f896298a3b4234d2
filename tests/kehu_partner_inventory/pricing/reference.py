"""Prices in plain Python, from the text of the specification: fractions, no steps, no rules objects."""

from __future__ import annotations

import dataclasses
import random
from decimal import Decimal
from fractions import Fraction


@dataclasses.dataclass
class Case:
    """One question: what is bought, and everything that may decide, as plain numbers."""

    quantity: Decimal
    listed: list[tuple[Decimal, Decimal]]
    level_percent: Decimal | None
    promotions: list[tuple[int, Decimal, Decimal]]
    special: list[tuple[Decimal, Decimal]]


def expected(case: Case) -> Decimal | None:
    """The price of a unit; None where there is none."""
    agreed = [pair for pair in case.special if pair[0] <= case.quantity]
    if agreed:
        return max(agreed)[1]
    listed = [pair for pair in case.listed if pair[0] <= case.quantity]
    if not listed:
        return None
    price = _off(max(listed)[1], case.level_percent or Decimal(0))
    running = sorted(
        (priority, percent) for priority, percent, least in case.promotions if least <= case.quantity
    )
    return _off(price, running[-1][1]) if running else price


def random_case(chance: random.Random) -> Case:
    """Anything that can be: few prices, many, none; ties of priority; free goods."""
    quantities = [Decimal(each) for each in (1, 2, 5, 10, 50, 100)]

    def prices() -> list[tuple[Decimal, Decimal]]:
        some = chance.sample(quantities, chance.choice([0, 1, 1, 2, 3]))
        return [
            (least, Decimal(chance.randint(0, 10**6)).scaleb(-chance.choice([0, 2, 4]))) for least in some
        ]

    promotions = [
        (chance.randint(0, 2), _percent(chance), chance.choice(quantities))
        for _ in range(chance.randint(0, 3))
    ]
    return Case(
        quantity=Decimal(chance.choice([1, 2, 3, 7, 10, 49, 50, 120])),
        listed=prices(),
        level_percent=chance.choice([None, Decimal(0), _percent(chance)]),
        promotions=promotions,
        special=prices() if chance.random() < 0.2 else [],
    )


def _percent(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(0, 10000)).scaleb(-2)


def _off(price: Decimal, percent: Decimal) -> Decimal:
    """Rounded to four places, half up: prices are not below zero."""
    exact = Fraction(price) * (100 - Fraction(percent)) / 100 * 10**4
    return Decimal(int(exact + Fraction(1, 2))).scaleb(-4)
