"""Prices explain themselves, and are those of a reference in plain Python."""

from __future__ import annotations

import dataclasses
import random
from decimal import Decimal

import pytest

import kehu
from kehu_partner_inventory.pricing.engine import (
    Discount,
    ListedPrice,
    NoPrice,
    PriceRules,
    StepKind,
    replayed,
)
from tests.kehu_partner_inventory.pricing.reference import Case, expected, random_case

D = Decimal


def rules_of(case: Case) -> PriceRules:
    level = case.level_percent
    return PriceRules(
        "Dealers",
        [ListedPrice(kehu.uuid7(), least, price) for least, price in case.listed],
        None if level is None else Discount(kehu.uuid7(), "Gold", level),
        [Discount(kehu.uuid7(), "Spring", off, least, first) for first, off, least in case.promotions],
        [ListedPrice(kehu.uuid7(), least, price) for least, price in case.special],
    )


def test_10_000_random_prices_are_those_of_the_reference_and_replay() -> None:
    chance = random.Random(5)
    priced = 0
    while priced < 10_000:
        case = random_case(chance)
        wanted = expected(case)
        if wanted is None:
            with pytest.raises(NoPrice):
                rules_of(case).price(case.quantity, product="BOLT")
            continue
        steps = rules_of(case).price(case.quantity, product="BOLT")
        assert steps[-1].price == wanted, case
        forgotten = [dataclasses.replace(step, price=D(-1)) for step in steps]
        assert replayed(forgotten) == wanted
        assert [step.kind for step in steps] == sorted((s.kind for s in steps), key=list(StepKind).index)
        priced += 1


def test_every_step_says_what_it_did() -> None:
    rules = PriceRules(
        "Dealers",
        [ListedPrice(kehu.uuid7(), D(1), D(10)), ListedPrice(kehu.uuid7(), D(100), D(9))],
        Discount(kehu.uuid7(), "Gold", D(10)),
        [Discount(kehu.uuid7(), "Spring", D(5))],
        [ListedPrice(kehu.uuid7(), D(1), D(7))],
    )
    steps = rules.price(D(100), product="BOLT")
    assert [(step.kind.name, step.name, step.value, step.price) for step in steps] == [
        ("PRICE_LIST", "Dealers", D(10), D(10)),
        ("LEVEL_DISCOUNT", "Gold", D(10), D(9)),
        ("QUANTITY_BREAK", "Dealers", D(9), D("8.1")),
        ("PROMOTION", "Spring", D(5), D("7.695")),
        ("SPECIAL_PRICE", "", D(7), D(7)),
    ]
