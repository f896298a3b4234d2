"""Costing: which goods leave first, as far as their cost is concerned. Knows no database.

Source of the cases it is tested with: the expected queues of frappe/erpnext, oracles/stock_valuation.json.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Generic, TypeVar

from kehu_partner_inventory.stocking.models import Costing

L = TypeVar("L")


@dataclasses.dataclass(slots=True)
class Part(Generic[L]):
    """A quantity at one cost; `layer` is whatever the caller knows it by."""

    quantity: Decimal
    unit_cost: Decimal
    layer: L | None = None

    @property
    def value(self) -> Decimal:
        """Quantity times unit cost, exact."""
        return self.quantity * self.unit_cost


class CostQueue(Generic[L]):
    """The goods of one balance by cost, oldest first.

    The ledger never lets stock fall below zero; the queue can, for whoever wants to value what is owed: then it holds
    one part below zero, at the cost of what left last, until goods come in.
    """

    def __init__(self, costing: Costing = Costing.FIFO, parts: Iterable[Part[L]] = ()) -> None:
        self.costing, self.parts = costing, list(parts)

    @property
    def quantity(self) -> Decimal:
        """How much there is."""
        return sum((part.quantity for part in self.parts), Decimal(0))

    @property
    def value(self) -> Decimal:
        """What it is worth."""
        return sum((part.value for part in self.parts), Decimal(0))

    def merged(self) -> list[tuple[Decimal, Decimal]]:
        """Quantity and unit cost, oldest first, neighbours of the same cost as one."""
        rows: list[tuple[Decimal, Decimal]] = []
        for part in self.parts:
            if rows and rows[-1][1] == part.unit_cost:
                rows[-1] = (rows[-1][0] + part.quantity, part.unit_cost)
            else:
                rows.append((part.quantity, part.unit_cost))
        return rows

    def add(self, part: Part[L]) -> None:
        """Put goods at the end; they first settle what is owed."""
        owed = self.parts[-1] if self.parts and self.parts[-1].quantity < 0 else None
        if owed is None:
            self.parts.append(part)
            return
        left = owed.quantity + part.quantity
        self.parts.pop()
        if left > 0:
            self.parts.append(dataclasses.replace(part, quantity=left))
        elif left < 0:
            self.parts.append(dataclasses.replace(owed, quantity=left))

    def remove(self, quantity: Decimal, *, first: Callable[[Part[L]], bool] | None = None) -> list[Part[L]]:
        """Take goods out and say at which cost: those that `first` picks, then by the order of costing."""
        taken: list[Part[L]] = []
        for part in self._order(first):
            if quantity <= 0:
                break
            share = min(part.quantity, quantity)
            if share <= 0:
                continue
            part.quantity -= share
            quantity -= share
            taken.append(dataclasses.replace(part, quantity=share))
        last = taken[-1] if taken else next(reversed(self.parts), None)
        self.parts = [part for part in self.parts if part.quantity != 0]
        if quantity > 0:
            taken.append(self._owe(quantity, last))
        return taken

    def _order(self, first: Callable[[Part[L]], bool] | None) -> Sequence[Part[L]]:
        parts = self.parts if self.costing is Costing.FIFO else self.parts[::-1]
        if first is None:
            return list(parts)
        return sorted(parts, key=lambda part: not first(part))

    def _owe(self, quantity: Decimal, last: Part[L] | None) -> Part[L]:
        unit_cost = last.unit_cost if last else Decimal(0)
        if self.parts and self.parts[-1].quantity < 0:
            self.parts[-1].quantity -= quantity
        else:
            self.parts.append(Part(-quantity, unit_cost))
        return Part(quantity, unit_cost)
