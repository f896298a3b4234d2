"""What a rebate comes to, and how it is shared among the lines that earned it. Knows no database."""

from __future__ import annotations

import dataclasses
import enum
import itertools
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from kehu.kernel.currencies import minor_digits

ZERO = Decimal(0)
HUNDRED = Decimal(100)
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)


class RebateBase(enum.Enum):
    """What is rewarded.

    SELL_IN: what a partner bought in the period; GROWTH: by how much that is more than a year before; SELL_OUT: what
    it sold on, at what it last paid for it; MIX: what it bought, by how many percent of that are of one category;
    ON_TIME_PAYMENT: what it bought and paid in time.
    """

    SELL_IN = "SELL_IN"
    GROWTH = "GROWTH"
    SELL_OUT = "SELL_OUT"
    MIX = "MIX"
    ON_TIME_PAYMENT = "ON_TIME_PAYMENT"


class RebateKind(enum.Enum):
    """Whether the percentage of the tier that is reached holds for the whole amount, or each for its own slice."""

    WHOLE_AMOUNT = "WHOLE_AMOUNT"
    MARGINAL = "MARGINAL"


@dataclasses.dataclass(frozen=True, slots=True)
class Tier:
    """A percentage for amounts from `start` up to `end`, which is not in it any more; none for no end.

    Where the mix is rewarded, start and end are percent of the amount that is of the category.
    """

    start: Decimal
    end: Decimal | None
    percent: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """How a programme reckons."""

    base: RebateBase
    kind: RebateKind
    tiers: Sequence[Tier]
    currency: str
    cap: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Reckoned:
    """What was bought, what counts of it, what that earns, and what of it each line earned, in their order."""

    bought: Decimal
    before: Decimal
    counted: Decimal
    earned: Decimal
    is_capped: bool
    amounts: tuple[Decimal, ...]
    shares: tuple[Decimal, ...]


def reckon(
    terms: Terms, bought: Sequence[Decimal], before: Sequence[Decimal] = (), focus: Decimal = ZERO
) -> Reckoned:
    """The rebate on amounts of lines, those below zero came back; `before` are those of a year earlier.

    `focus` is what of the amount is of the category whose share decides, where the mix is rewarded.

    Rounded once, to the currency, half away from zero. The shares of the lines are as large as the lines, and always
    sum to the rebate.
    """
    total, earlier = sum(bought, ZERO), sum(before, ZERO)
    counted = max(total - earlier if terms.base is RebateBase.GROWTH else total, ZERO)
    earned = _exact(terms, counted, focus).quantize(_unit(terms.currency), ROUND_HALF_UP, _WIDE)
    is_capped = terms.cap is not None and earned > terms.cap
    if terms.cap is not None and is_capped:
        earned = terms.cap
    parts = shares(earned, bought, terms.currency)
    return Reckoned(total, earlier, counted, earned, is_capped, tuple(bought), parts)


def shares(amount: Decimal, lines: Sequence[Decimal], currency: str) -> tuple[Decimal, ...]:
    """The amount in parts as large as the lines are to each other, in whole units, which sum to it.

    Each part is rounded towards zero; the units that are left go, one each, to the lines that lost most by it, the
    first of equals first.
    """
    total = sum(lines, ZERO)
    if not total or not amount:
        return tuple(ZERO for _ in lines)
    unit = _unit(currency)
    exact = [_WIDE.divide(_WIDE.multiply(amount, line), total) for line in lines]
    whole = [int(_WIDE.divide(each, unit)) for each in exact]
    left = int(_WIDE.divide(amount, unit)) - sum(whole)
    step = 1 if left > 0 else -1
    lost = [(each - count * unit) * step for each, count in zip(exact, whole, strict=True)]
    order = sorted(range(len(lines)), key=lambda place: (-lost[place], place))
    for place in (order * (abs(left) // len(lines) + 1))[: abs(left)]:
        whole[place] += step
    return tuple(count * unit for count in whole)


def overlapping(tiers: Sequence[Tier]) -> bool:
    """Whether some amount is in two tiers."""
    ordered = sorted(tiers, key=lambda tier: tier.start)
    return any(one.end is None or one.end > other.start for one, other in itertools.pairwise(ordered))


def _exact(terms: Terms, counted: Decimal, focus: Decimal) -> Decimal:
    if terms.base is RebateBase.MIX:
        return _by_share(terms.tiers, counted, focus)
    if terms.kind is RebateKind.WHOLE_AMOUNT:
        return _whole(terms.tiers, counted)
    return _sliced(terms.tiers, counted)


def _by_share(tiers: Sequence[Tier], counted: Decimal, focus: Decimal) -> Decimal:
    """The tier that the share of the focus reaches holds for the whole amount; compared without dividing."""
    if not counted:
        return ZERO
    share = _WIDE.multiply(focus, HUNDRED)
    for tier in tiers:
        is_below = tier.end is None or share < _WIDE.multiply(tier.end, counted)
        if _WIDE.multiply(tier.start, counted) <= share and is_below:
            return _percent(counted, tier.percent)
    return ZERO


def _whole(tiers: Sequence[Tier], counted: Decimal) -> Decimal:
    reached = (t for t in tiers if t.start <= counted and (t.end is None or counted < t.end))
    tier = next(reached, None)
    return ZERO if tier is None else _percent(counted, tier.percent)


def _sliced(tiers: Sequence[Tier], counted: Decimal) -> Decimal:
    slices = (
        _percent((counted if t.end is None else min(counted, t.end)) - t.start, t.percent)
        for t in tiers
        if t.start < counted
    )
    return sum(slices, ZERO)


def _percent(amount: Decimal, percent: Decimal) -> Decimal:
    return _WIDE.divide(_WIDE.multiply(amount, percent), HUNDRED)


def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_digits(currency))
