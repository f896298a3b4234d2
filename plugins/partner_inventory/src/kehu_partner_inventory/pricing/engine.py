"""What a partner pays for a unit, step by step, each with the rule that decided. Knows no database.

List price, less the discount of the partner's level; the price from a larger quantity on instead, where the list
has one; less a promotion; or a special price instead of all that. Each price is rounded to four places, half away
from zero.
"""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

import kehu

HUNDRED = Decimal(100)
FOUR_PLACES = Decimal("0.0001")
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


class NoPrice(kehu.Refusal):
    """Neither a price list nor a special price says what the product costs."""

    code = "NO_PRICE"


class StepKind(enum.Enum):
    """Which kind of rule made a step of a price, in the order in which they decide."""

    PRICE_LIST = "PRICE_LIST"
    LEVEL_DISCOUNT = "LEVEL_DISCOUNT"
    QUANTITY_BREAK = "QUANTITY_BREAK"
    PROMOTION = "PROMOTION"
    SPECIAL_PRICE = "SPECIAL_PRICE"
    AGREED_PRICE = "AGREED_PRICE"
    LINE_DISCOUNT = "LINE_DISCOUNT"


@dataclasses.dataclass(frozen=True, slots=True)
class PriceStep:
    """A rule and what it did: `value` is its price, or its percentage; `price` is the price after it."""

    kind: StepKind
    rule: kehu.GlobalId
    name: str
    value: Decimal
    price: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class ListedPrice:
    """A price of a list from a quantity on."""

    id: uuid.UUID
    min_quantity: Decimal
    price: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Discount:
    """A percentage off from a quantity on: that of a level, or of a promotion; the highest priority decides."""

    id: uuid.UUID
    name: str
    percent: Decimal
    min_quantity: Decimal = Decimal(0)
    priority: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class PriceRules:
    """Everything that may decide on the price of one product for one partner on one day."""

    list_name: str = ""
    listed: Sequence[ListedPrice] = ()
    level: Discount | None = None
    promotions: Sequence[Discount] = ()
    special: Sequence[ListedPrice] = ()
    unusable: kehu.Refusal | None = None
    """Why the prices of the list cannot be taken, if so."""

    def price(self, quantity: Decimal, *, product: str) -> list[PriceStep]:
        """The steps to the price of a unit when so many are bought.

        Raises NoPrice, which names the product; where only the list could have a price, why it cannot be used.
        """
        steps = [*self._from_list(quantity), *self._promoted(quantity), *self._agreed(quantity)]
        if steps and steps[0].kind in (StepKind.PRICE_LIST, StepKind.SPECIAL_PRICE):
            return _priced(steps)
        if self.unusable is not None:
            raise self.unusable
        raise NoPrice(
            kehu.text("There is no price of {product} for this partner.", product=product), field="product_id"
        )

    def _from_list(self, quantity: Decimal) -> Iterable[PriceStep]:
        holding = sorted(
            (each for each in self.listed if each.min_quantity <= quantity),
            key=lambda each: each.min_quantity,
        )
        if not holding:
            return
        first, last = holding[0], holding[-1]
        yield _step(StepKind.PRICE_LIST, "PriceListItem", first.id, self.list_name, first.price)
        if self.level is not None and self.level.percent:
            level = self.level
            yield _step(StepKind.LEVEL_DISCOUNT, "PartnerLevel", level.id, level.name, level.percent)
        if last is not first:
            yield _step(StepKind.QUANTITY_BREAK, "PriceListItem", last.id, self.list_name, last.price)

    def _promoted(self, quantity: Decimal) -> Iterable[PriceStep]:
        running = [each for each in self.promotions if each.min_quantity <= quantity]
        if running and any(each.min_quantity <= quantity for each in self.listed):
            best = max(running, key=lambda each: (each.priority, each.percent, each.id))
            yield _step(StepKind.PROMOTION, "Promotion", best.id, best.name, best.percent)

    def _agreed(self, quantity: Decimal) -> Iterable[PriceStep]:
        agreed = [each for each in self.special if each.min_quantity <= quantity]
        if agreed:
            best = max(agreed, key=lambda each: each.min_quantity)
            yield _step(StepKind.SPECIAL_PRICE, "SpecialPrice", best.id, "", best.price)


@dataclasses.dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed for one line, by which record: a price instead of all rules, a percentage off, or both."""

    record: kehu.GlobalId
    name: str = ""
    price: Decimal | None = None
    percent: Decimal = Decimal(0)

    def after(self, steps: Iterable[PriceStep]) -> list[PriceStep]:
        """The steps to the price of the line; `steps` are those of the rules."""
        done = list(steps)
        if self.price is not None:
            done.append(PriceStep(StepKind.AGREED_PRICE, self.record, self.name, self.price, self.price))
        if self.percent:
            done.append(PriceStep(StepKind.LINE_DISCOUNT, self.record, self.name, self.percent, self.percent))
        return _priced(done)


def replayed(steps: Iterable[PriceStep]) -> Decimal:
    """The price that the rules of a trace lead to, whatever prices it states."""
    return _priced(list(steps))[-1].price


def holds_on(day: date, first: date | None, last: date | None) -> bool:
    """Whether a validity holds on a day."""
    return (first is None or first <= day) and (last is None or day <= last)


def _priced(steps: Sequence[PriceStep]) -> list[PriceStep]:
    """The same steps, with the price after each."""
    price = level = Decimal(0)
    done = []
    for step in steps:
        match step.kind:
            case StepKind.PRICE_LIST | StepKind.SPECIAL_PRICE | StepKind.AGREED_PRICE:
                price = step.value
            case StepKind.LEVEL_DISCOUNT:
                level, price = step.value, _less(price, step.value)
            case StepKind.QUANTITY_BREAK:
                price = _less(step.value, level)
            case StepKind.PROMOTION | StepKind.LINE_DISCOUNT:
                price = _less(price, step.value)
        done.append(dataclasses.replace(step, price=price))
    return done


def _less(price: Decimal, percent: Decimal) -> Decimal:
    exact = _WIDE.divide(_WIDE.multiply(price, HUNDRED - percent), HUNDRED)
    return exact.quantize(FOUR_PLACES, ROUND_HALF_UP, _WIDE)


def _step(kind: StepKind, entity: str, key: uuid.UUID, name: str, value: Decimal) -> PriceStep:
    return PriceStep(kind, kehu.GlobalId(kehu.global_id(entity, key)), name, value, value)
