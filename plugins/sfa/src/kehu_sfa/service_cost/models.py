"""Which customers bring more than they cost in time, and which do not."""

from __future__ import annotations

import dataclasses
import enum
from decimal import ROUND_HALF_EVEN, Decimal

A_FROM, B_FROM = Decimal(2), Decimal("0.5")
_CENT = Decimal("0.01")


class CustomerClass(enum.Enum):
    """What a customer brings for the time it takes, against the average of all customers.

    A brings at least twice the average of an hour, C less than half of it, B lies between.
    """

    A = "A"
    B = "B"
    C = "C"


@dataclasses.dataclass(frozen=True, slots=True)
class ServiceCost:
    """Revenue won in the last 365 days against the hours of interactions; `customerClass` is null without either.

    `revenue` and what follows from it are null where some of it is in a currency without a rate.
    """

    revenue: Decimal | None
    currency: str | None
    hours: Decimal
    revenue_per_hour: Decimal | None
    customer_class: CustomerClass | None


def class_of(
    revenue: Decimal, seconds: int, total_revenue: Decimal, total_seconds: int
) -> CustomerClass | None:
    """The class by the share of revenue against the share of time; None where there is neither."""
    if not revenue and not seconds:
        return None
    # Both sides times both totals: the shares are compared without a division.
    brings, takes = revenue * total_seconds, total_revenue * seconds
    if revenue and brings >= A_FROM * takes:
        return CustomerClass.A
    return CustomerClass.B if revenue and brings >= B_FROM * takes else CustomerClass.C


def cost_of(
    revenue: Decimal, seconds: int, total_revenue: Decimal, total_seconds: int, currency: str | None
) -> ServiceCost:
    """The figures of one customer, hours and rate to two places."""
    rate = (revenue * 3600 / seconds).quantize(_CENT, ROUND_HALF_EVEN) if seconds else None
    found = class_of(revenue, seconds, total_revenue, total_seconds)
    return ServiceCost(revenue, currency, hours_of(seconds), rate, found)


def hours_of(seconds: int) -> Decimal:
    """Seconds as hours, to two places."""
    return (Decimal(seconds) / 3600).quantize(_CENT, ROUND_HALF_EVEN)
