"""What figures are worth on a scorecard. Knows no database."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from kehu_partner_inventory.evaluation.models import PartnerMeasure

ZERO, HUNDRED = Decimal(0), Decimal(100)
TWO_PLACES = Decimal("0.01")
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """What a partner did in a period, in its currency; percentages are null where there is nothing to compare."""

    purchases: Decimal = ZERO
    returns: Decimal = ZERO
    due: Decimal = ZERO
    on_time: Decimal = ZERO
    target: Decimal = ZERO
    attained: Decimal = ZERO

    def value(self, measure: PartnerMeasure) -> Decimal | None:
        """The value of a measure; None where there is nothing to compare with."""
        if measure is PartnerMeasure.PURCHASES:
            return self.purchases - self.returns
        part, whole = {
            PartnerMeasure.RETURN_PERCENT: (self.returns, self.purchases),
            PartnerMeasure.ON_TIME_PERCENT: (self.on_time, self.due),
            PartnerMeasure.ATTAINMENT_PERCENT: (self.attained, self.target),
        }[measure]
        return percent_of(part, whole)


def percent_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """How many percent of the whole a part is, to two places; None of nothing."""
    if whole == 0:
        return None
    return _WIDE.divide(_WIDE.multiply(part, HUNDRED), whole).quantize(TWO_PLACES, ROUND_HALF_UP, _WIDE)


def points(value: Decimal, none_at: Decimal, full_at: Decimal) -> Decimal:
    """0 to 100, straight from the value that scores nothing to the one that scores all, to two places."""
    share = _WIDE.divide(_WIDE.multiply(value - none_at, HUNDRED), full_at - none_at)
    return min(max(share, ZERO), HUNDRED).quantize(TWO_PLACES, ROUND_HALF_UP)


def weighted(parts: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The mean of points by their weights, (weight, points) each, to two places; None of none."""
    total = sum((weight for weight, _ in parts), ZERO)
    if not total:
        return None
    exact = _WIDE.divide(sum((_WIDE.multiply(*part) for part in parts), ZERO), total)
    return exact.quantize(TWO_PLACES, ROUND_HALF_UP)
