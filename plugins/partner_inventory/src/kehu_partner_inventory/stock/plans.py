"""What is to move, and on which occasion: what callers hand to the ledger."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime
from decimal import Decimal

import kehu
from kehu_partner_inventory.reservations.models import Reservation
from kehu_partner_inventory.stock.books import Key
from kehu_partner_inventory.stock.models import StockMove


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMove:
    """A quantity that is to go from one location to another.

    unit_cost: what one unit costs where it arrives; needed from outside, where goods have no cost yet, and between
    currencies. cost_first: goods that came in at this unit cost leave first, as when they go back to a supplier.
    """

    product_id: uuid.UUID
    from_id: uuid.UUID
    to_id: uuid.UUID
    quantity: Decimal
    lot_id: uuid.UUID | None = None
    unit_cost: Decimal | None = None
    cost_first: Decimal | None = None
    reservation: Reservation | None = None
    reverses: StockMove | None = None

    @property
    def source(self) -> Key:
        """The balance that it is taken from."""
        return Key(self.product_id, self.from_id, self.lot_id)

    @property
    def target(self) -> Key:
        """The balance that it is added to."""
        return Key(self.product_id, self.to_id, self.lot_id)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Why something moves, and when: now, unless a moment in the past is given."""

    reason: str
    moved_at: datetime | None = None
    moment_field: str = "moved_at"
    note: str | None = None
    document: kehu.GlobalId | None = None
    customer_id: uuid.UUID | None = None
