"""Which class a customer has."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kehu_sfa import CustomerClass
from kehu_sfa.service_cost.models import class_of, cost_of

TOTAL, HOURS = Decimal(10_000), 100 * 3600


@pytest.mark.parametrize(
    ("revenue", "hours", "expected"),
    [
        (2000, 10, CustomerClass.A),
        (1999, 10, CustomerClass.B),
        (500, 10, CustomerClass.B),
        (499, 10, CustomerClass.C),
        (1, 0, CustomerClass.A),
        (0, 1, CustomerClass.C),
        (0, 0, None),
    ],
)
def test_the_class_compares_what_comes_in_with_the_time_it_takes(
    revenue: int, hours: int, expected: CustomerClass | None
) -> None:
    assert class_of(Decimal(revenue), hours * 3600, TOTAL, HOURS) is expected


def test_hours_and_rates_have_two_places() -> None:
    cost = cost_of(Decimal(100), 5400 + 1, TOTAL, HOURS, "EUR")

    assert (cost.hours, cost.revenue_per_hour) == (Decimal("1.50"), Decimal("66.65"))


def test_without_an_hour_there_is_no_rate() -> None:
    assert cost_of(Decimal(100), 0, TOTAL, HOURS, "EUR").revenue_per_hour is None
