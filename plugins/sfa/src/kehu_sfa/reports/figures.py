"""Counting, averaging and dividing, exactly and the same everywhere; shares are percentages with two places."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from kehu_sfa.reports.selection import Deal

HUNDREDTH = Decimal("0.01")
ZERO = Decimal(0)


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """How many percent of `whole` the part is, rounded half to even; None of nothing."""
    return (Decimal(100) * part / whole).quantize(HUNDREDTH, ROUND_HALF_EVEN) if whole else None


def mean(values: Sequence[int | Decimal]) -> Decimal | None:
    """The mean with two places, rounded half to even; None of nothing."""
    return (Decimal(sum(values)) / len(values)).quantize(HUNDREDTH, ROUND_HALF_EVEN) if values else None


def median(values: Sequence[int | Decimal]) -> Decimal | None:
    """The value in the middle, or the mean of the two there, with two places; None of nothing."""
    exact = [Decimal(value) for value in values]
    return statistics.median(exact).quantize(HUNDREDTH, ROUND_HALF_EVEN) if exact else None


def total(deals: Sequence[Deal]) -> Decimal:
    """The sum of the amounts, those that are missing as nothing."""
    return sum((deal.row.amount for deal in deals if deal.row.amount is not None), ZERO)


def weighted(deals: Sequence[Deal]) -> Decimal:
    """The sum of the amounts times their probabilities, exact."""
    return (
        sum((deal.row.amount * deal.row.probability for deal in deals if deal.row.amount is not None), ZERO)
        / 100
    )


def only_currency(deals: Sequence[Deal]) -> str | None:
    """The currency of all amounts; None where there is none, or several, which are never added up."""
    found = {deal.row.currency for deal in deals if deal.row.amount is not None}
    return found.pop() if len(found) == 1 else None


def cycle_days(deals: Sequence[Deal]) -> list[int]:
    """How many days each deal took from its opening to the decision."""
    rows = [deal.row for deal in deals]
    return [
        (r.closed_on - r.opened_on).days for r in rows if r.closed_on is not None and r.opened_on is not None
    ]
