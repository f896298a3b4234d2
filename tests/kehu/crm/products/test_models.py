from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu.crm.products.models import CurrencyRate, PriceList, PriceListItem

SPRING = (date(2026, 3, 1), date(2026, 5, 31))
SUMMER = (date(2026, 6, 1), date(2026, 8, 31))
ALWAYS = (None, None)


def price(
    amount: str = "10", *, quantity: str = "1", holds: tuple[date | None, date | None] = ALWAYS
) -> PriceListItem:
    first, last = holds
    return PriceListItem(
        price=Decimal(amount), min_quantity=Decimal(quantity), valid_from_on=first, valid_until_on=last
    )


def rate(base: str = "EUR", quote: str = "CNY", value: str = "7.8") -> CurrencyRate:
    return CurrencyRate(base=base, quote=quote, rate=Decimal(value))


@pytest.mark.parametrize(
    ("impossible", "field"),
    [
        (price("-0.01"), "price"),
        (price(quantity="0"), "minQuantity"),
        (price(holds=(SPRING[1], SPRING[0])), "validUntilOn"),
        (PriceList(name="2026", currency="ABC"), "currency"),
        (
            PriceList(name="2026", currency="EUR", valid_from_on=SPRING[1], valid_until_on=SPRING[0]),
            "validUntilOn",
        ),
        (rate(base="ABC"), "base"),
        (rate(quote="ABC"), "quote"),
        (rate(quote="EUR"), "quote"),
        (rate(value="0"), "rate"),
    ],
)
def test_prices_and_rates_are_possible(impossible: Any, field: str) -> None:
    with pytest.raises(kehu.Refusal) as refusal:
        impossible.check()
    assert [(e.code, e.field) for e in refusal.value.errors] == [("INVALID", field)]


def test_something_may_be_free() -> None:
    price("0").check()


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (SPRING, SUMMER, False),
        (SPRING, SPRING, True),
        (SPRING, ALWAYS, True),
        ((None, SPRING[1]), (SUMMER[0], None), False),
        ((None, SUMMER[0]), (SUMMER[0], None), True),
    ],
)
def test_prices_overlap_when_both_hold_on_some_day(
    one: tuple[date | None, date | None], other: tuple[date | None, date | None], overlap: bool
) -> None:
    assert price(holds=one).overlaps(price(holds=other)) is overlap
    assert price(holds=other).overlaps(price(holds=one)) is overlap
