"""The ledger as plain Python: what must be where, promised and worth, by its own reckoning."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
HOLDING = ("MAIN", "SIDE", "SHOP", "TRUCK")


class Spot(NamedTuple):
    """A balance: product, location and lot by their names."""

    product: str
    location: str
    lot: str | None = None

    @property
    def holds_stock(self) -> bool:
        return self.location in HOLDING


@dataclasses.dataclass(slots=True)
class Step:
    """One move."""

    id: uuid.UUID
    source: Spot
    target: Spot
    quantity: Decimal
    at: datetime
    cost: Decimal
    is_reversal: bool = False
    is_reversed: bool = False
    price: Decimal | None = None

    @property
    def gain(self) -> Decimal:
        """What stock is worth more because of it: in from outside, out to there, or sold on at a price."""
        if self.source.holds_stock == self.target.holds_stock:
            return ZERO if self.price is None else self.price * self.quantity - self.cost
        return self.cost if self.target.holds_stock else -self.cost


@dataclasses.dataclass(slots=True)
class Promise:
    """One reservation; `left` is what it holds back while it is active."""

    id: uuid.UUID
    spot: Spot
    left: Decimal
    expires_at: datetime | None
    active: bool = True

    def is_due(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def holds(self, now: datetime) -> Decimal:
        return self.left if self.active and not self.is_due(now) else ZERO


class Reference:
    """The books of one sequence."""

    def __init__(self) -> None:
        self.on_hand: dict[Spot, Decimal] = defaultdict(Decimal)
        self.counts: dict[Spot, int] = defaultdict(int)
        self.steps: list[Step] = []
        self.promises: dict[uuid.UUID, Promise] = {}

    def record(self, step: Step) -> None:
        """A move has happened."""
        self.steps.append(step)
        self.on_hand[step.source] -= step.quantity
        self.on_hand[step.target] += step.quantity
        self.counts[step.source] += 1
        self.counts[step.target] += 1

    def available(self, spot: Spot, now: datetime) -> Decimal:
        return self.on_hand[spot] - sum(
            (p.holds(now) for p in self.promises.values() if p.spot == spot), ZERO
        )

    def can_leave(self, spot: Spot, quantity: Decimal, now: datetime) -> bool:
        """Whether so much may go from here."""
        return not spot.holds_stock or self.available(spot, now) >= quantity

    def lowest(self, spot: Spot, since: datetime) -> Decimal:
        """The least there was at any moment since; only moves after it count."""
        moments = {since, *(step.at for step in self.steps if step.at > since)}
        return min(self.as_of(spot, moment) for moment in moments)

    def as_of(self, spot: Spot, at: datetime) -> Decimal:
        """Replay."""
        total = ZERO
        for step in self.steps:
            if step.at <= at:
                total += step.quantity if step.target == spot else ZERO
                total -= step.quantity if step.source == spot else ZERO
        return total

    def everything_as_of(self, at: datetime) -> dict[Spot, Decimal]:
        """Replay all spots at once; nothing where it is nothing."""
        there: dict[Spot, Decimal] = defaultdict(Decimal)
        for step in self.steps:
            if step.at <= at:
                there[step.target] += step.quantity
                there[step.source] -= step.quantity
        return {spot: n for spot, n in there.items() if n}

    def place(self, product: str, lot: str) -> str | None:
        """Where a piece is."""
        pieces = (spot for spot in self.spots(product) if spot.lot == lot and self.on_hand[spot] > 0)
        return next((spot.location for spot in pieces), None)

    def sold_on(self, step: Step, price: Decimal) -> None:
        """Goods arrived at another price than they cost."""
        step.price = price

    def value(self, product: str) -> Decimal:
        """What stock is worth: what came in from outside less what went out."""
        return sum((step.gain for step in self.steps if step.source.product == product), ZERO)

    def spots(self, product: str) -> Iterator[Spot]:
        return (spot for spot in list(self.on_hand) if spot.product == product)
