"""Amounts in the smallest unit of their currency: the one place where money is rounded, and how it is shared out.

Half a unit is rounded up, away from zero, as on paper invoices; so what is taken back is what was given, to the unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from kehu.kernel.currencies import minor_digits

ZERO = Decimal(0)
HUNDRED = Decimal(100)


def unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 EUR, 1 JPY, 0.001 KWD. Raises UnknownCurrency."""
    return Decimal(1).scaleb(-minor_digits(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole units of the currency, half a unit away from zero. Raises UnknownCurrency."""
    return amount.quantize(unit(currency), ROUND_HALF_UP, _WIDE)


def percent_of(amount: Decimal, percent: Decimal, currency: str) -> Decimal:
    """So many percent of an amount, rounded to the currency."""
    return rounded(_WIDE.divide(_WIDE.multiply(amount, percent), HUNDRED), currency)


def share_percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """How many percent of `whole` the part is, with two places; None where the whole is nothing."""
    if not whole:
        return None
    return _WIDE.divide(_WIDE.multiply(part, HUNDRED), whole).quantize(Decimal("0.01"), ROUND_HALF_UP, _WIDE)


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """The amount in parts as large as the weights are to each other; the parts always sum to it.

    By largest remainder: each part is rounded towards zero, and the units that are left go to the parts that lost
    most by it, the first of equals first. The amount must be in whole units, weights not negative, and some weight
    above zero unless there is nothing to split. Raises ValueError otherwise.
    """
    step = unit(currency)
    units = _whole_units(amount, step)
    total = sum(map(Fraction, weights), Fraction(0))
    if any(weight < 0 for weight in weights) or (not total and units):
        raise ValueError("Weights are not negative, and one of them is above zero.")
    if not total:
        return [ZERO * step for _ in weights]
    exact = [Fraction(abs(units)) * Fraction(weight) / total for weight in weights]
    parts = [int(part) for part in exact]
    by_loss = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_loss[: abs(units) - sum(parts)]:
        parts[place] += 1
    sign = -1 if units < 0 else 1
    return [_WIDE.multiply(Decimal(sign * part), step) for part in parts]


def rounded_together(amounts: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Each amount in whole units of the currency, so that they sum to their exact sum, rounded once.

    By largest remainder, like `split`: no amount is a whole unit away from the exact one. Amounts are not negative.
    """
    step = unit(currency)
    exact = [Fraction(amount) / Fraction(step) for amount in amounts]
    if any(each < 0 for each in exact):
        raise ValueError("Amounts that are rounded together are not negative.")
    units = [int(each) for each in exact]
    whole = int(sum(exact, Fraction(0)) + Fraction(1, 2))
    by_loss = sorted(range(len(units)), key=lambda place: (units[place] - exact[place], place))
    for place in by_loss[: whole - sum(units)]:
        units[place] += 1
    return [_WIDE.multiply(Decimal(each), step) for each in units]


def _whole_units(amount: Decimal, step: Decimal) -> int:
    units = Fraction(amount) / Fraction(step)
    if units.denominator != 1:
        raise ValueError(f"{amount} is not in whole units of {step}; round it first.")
    return units.numerator


# As many digits as the widest product has; Python's own context would round at 28.
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)
