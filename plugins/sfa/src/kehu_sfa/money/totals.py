"""What a document of several lines comes to: discounts, tax, cost and margin, which always sum to the unit."""

from __future__ import annotations

import dataclasses
import enum
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from kehu_sfa.money.rounding import HUNDRED, ZERO, percent_of, rounded, share_percent, split


class TaxMode(enum.Enum):
    """Whether prices are before tax, which is added, or have it in them."""

    ADDED = "ADDED"
    INCLUDED = "INCLUDED"


class TaxRounding(enum.Enum):
    """Whether tax is rounded for each line, or once for all lines of a rate and then shared out among them."""

    PER_LINE = "PER_LINE"
    PER_TOTAL = "PER_TOTAL"


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """How a document is reckoned. Of the two discounts on the total at most one is given."""

    currency: str
    tax_mode: TaxMode = TaxMode.ADDED
    tax_rounding: TaxRounding = TaxRounding.PER_LINE
    discount_percent: Decimal | None = None
    discount_amount: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Position:
    """What is offered in one line: `list_price` where a price list has one, `unit_cost` where it is known."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    tax_percent: Decimal = ZERO
    list_price: Decimal | None = None
    unit_cost: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class LineAmounts:
    """What one line comes to. gross - line_discount - share_of_discount is net, or net + tax where tax is included."""

    gross: Decimal
    line_discount: Decimal
    share_of_discount: Decimal
    net: Decimal
    tax: Decimal
    at_list: Decimal
    cost: Decimal | None

    @property
    def amount(self) -> Decimal:
        """The line as it is printed: before any discount on the total."""
        return self.gross - self.line_discount

    @property
    def total(self) -> Decimal:
        """What the customer pays for it."""
        return self.net + self.tax

    @property
    def margin(self) -> Decimal | None:
        """What is left of net after the cost; None where that is not known."""
        return None if self.cost is None else self.net - self.cost


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """What the document comes to; each figure is the sum of that of its lines."""

    lines: tuple[LineAmounts, ...]
    subtotal: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    conceded_percent: Decimal
    margin: Decimal | None
    margin_percent: Decimal | None

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.net + self.tax


def reckon(positions: Sequence[Position], terms: Terms) -> Totals:
    """The amounts of all lines and of the whole.

    The discount on the total is shared among the lines as large as they are, so that each tax rate gets its part.
    `conceded_percent` is what all discounts together take off, those below the price of the list included. Raises
    ValueError for a discount that is more than the whole.
    """
    gross = [rounded(each.quantity * each.unit_price, terms.currency) for each in positions]
    off = [
        percent_of(amount, each.discount_percent, terms.currency)
        for amount, each in zip(gross, positions, strict=True)
    ]
    amounts = [amount - discount for amount, discount in zip(gross, off, strict=True)]
    discount = _discount(sum(amounts, ZERO), terms)
    shares = split(discount, amounts, terms.currency)
    reduced = [amount - share for amount, share in zip(amounts, shares, strict=True)]
    taxes = _taxes(reduced, [each.tax_percent for each in positions], terms)
    included = terms.tax_mode is TaxMode.INCLUDED
    lines = tuple(
        LineAmounts(
            gross=gross[place],
            line_discount=off[place],
            share_of_discount=shares[place],
            net=reduced[place] - (taxes[place] if included else ZERO),
            tax=taxes[place],
            at_list=_at_list(each, terms.currency),
            cost=None if each.unit_cost is None else rounded(each.quantity * each.unit_cost, terms.currency),
        )
        for place, each in enumerate(positions)
    )
    return _totals(lines, discount)


def _discount(subtotal: Decimal, terms: Terms) -> Decimal:
    if terms.discount_percent is not None:
        return percent_of(subtotal, terms.discount_percent, terms.currency)
    discount = rounded(terms.discount_amount or ZERO, terms.currency)
    if not ZERO <= discount <= subtotal:
        raise ValueError(f"A discount of {discount} on {subtotal} is not possible.")
    return discount


def _taxes(amounts: Sequence[Decimal], percents: Sequence[Decimal], terms: Terms) -> list[Decimal]:
    if terms.tax_rounding is TaxRounding.PER_LINE:
        return [_tax(amount, percent, terms) for amount, percent in zip(amounts, percents, strict=True)]
    taxes = [ZERO] * len(amounts)
    of_rate: dict[Decimal, list[int]] = defaultdict(list)
    for place, percent in enumerate(percents):
        of_rate[percent].append(place)
    for percent, places in of_rate.items():
        same = [amounts[place] for place in places]
        whole = _tax(sum(same, ZERO), percent, terms)
        for place, tax in zip(places, split(whole, same, terms.currency), strict=True):
            taxes[place] = tax
    return taxes


def _tax(amount: Decimal, percent: Decimal, terms: Terms) -> Decimal:
    if terms.tax_mode is TaxMode.ADDED:
        return percent_of(amount, percent, terms.currency)
    return amount - rounded(amount * HUNDRED / (HUNDRED + percent), terms.currency)


def _at_list(position: Position, currency: str) -> Decimal:
    """What the line would cost without any concession; a price above the list is none."""
    full_price = max(position.unit_price, position.list_price or ZERO)
    return rounded(position.quantity * full_price, currency)


def _totals(lines: tuple[LineAmounts, ...], discount: Decimal) -> Totals:
    net = sum((line.net for line in lines), ZERO)
    at_list = sum((line.at_list for line in lines), ZERO)
    subtotal = sum((line.amount for line in lines), ZERO)
    margins = [line.margin for line in lines]
    known = [margin for margin in margins if margin is not None]
    margin = sum(known, ZERO) if lines and len(known) == len(margins) else None
    return Totals(
        lines=lines,
        subtotal=subtotal,
        discount=discount,
        net=net,
        tax=sum((line.tax for line in lines), ZERO),
        conceded_percent=share_percent(at_list - (subtotal - discount), at_list) or ZERO,
        margin=margin,
        margin_percent=None if margin is None else share_percent(margin, net),
    )
