"""Expected receipts: goods that are on order and will come in."""

from __future__ import annotations

import enum
import uuid
from datetime import date
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.stock.models import COST, LARGEST, QUANTITY, VALUE


class ReceiptState(enum.Enum):
    """Whether goods are still to come."""

    EXPECTED = "EXPECTED"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"


class ReceiptClosed(kehu.Refusal):
    """Nothing more comes of a receipt that is complete or cancelled."""

    code = "RECEIPT_CLOSED"


_S = ReceiptState
RECEIPT_STATES = StateChart(
    "ExpectedReceipt",
    _S.EXPECTED,
    [
        Transition("receivePart", (_S.EXPECTED,), _S.EXPECTED),
        Transition("receiveRest", (_S.EXPECTED,), _S.RECEIVED),
        Transition("cancel", (_S.EXPECTED,), _S.CANCELLED),
    ],
    refusal=ReceiptClosed,
    field="state",
)


class ImpossibleReceipt(kehu.Refusal):
    """Nobody orders nothing, or at a cost below zero."""

    code = "OUT_OF_RANGE"


class ExpectedReceipt(kehu.Entity, Base):
    """A quantity of a product that is on order for a location; it counts as incoming until it is there."""

    __tablename__ = "partner_inventory_expected_receipt"
    states: ClassVar = RECEIPT_STATES
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_above_zero"),
        sa.CheckConstraint("received >= 0", name="received_not_below_zero"),
    )

    location_id: Mapped[uuid.UUID] = kehu.ref(Location, update=False, doc="Where it will come in.")
    product_id: Mapped[uuid.UUID] = kehu.ref(
        kehu.Product, index=False, update=False, offered=True, doc="What is on order."
    )
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Customer, doc="The supplier.")
    quantity: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much was ordered.")
    received: Mapped[Decimal] = kehu.column(
        QUANTITY, default=Decimal(0), create=False, update=False, doc="How much of it has come."
    )
    unit_cost: Mapped[Decimal] = kehu.column(
        COST,
        money="location.currency",
        rounded=False,
        read=VALUE,
        doc="What one unit costs, in the currency of the location.",
    )
    due_on: Mapped[date | None] = kehu.column(doc="When it should come; none where nobody knows.")
    state: Mapped[ReceiptState] = kehu.column(
        default=ReceiptState.EXPECTED, create=False, update=False, doc="Whether more is to come."
    )
    document: Mapped[kehu.GlobalId | None] = kehu.column(doc="The id of the purchase it belongs to.")

    @property
    def outstanding(self) -> Decimal:
        """What is still to come."""
        return max(self.quantity - self.received, Decimal(0))

    def check(self) -> None:
        """Raise ImpossibleReceipt for a quantity or a cost that cannot be."""
        if not 0 < self.quantity <= LARGEST:
            raise ImpossibleReceipt(kehu.text("A quantity is above zero."), field=ExpectedReceipt.quantity)
        if not 0 <= self.unit_cost <= LARGEST:
            raise ImpossibleReceipt(kehu.text("A cost is not below zero."), field=ExpectedReceipt.unit_cost)
        if self.quantity < self.received:
            message = kehu.text("{received} has come already.", received=self.received)
            raise ImpossibleReceipt(message, field=ExpectedReceipt.quantity)

    def arrive(self, quantity: Decimal) -> None:
        """Some of it has come, perhaps more than was ordered. Raises ReceiptClosed."""
        self._move("receiveRest" if self.received + quantity >= self.quantity else "receivePart")
        self.received += quantity

    def cancel(self) -> None:
        """The rest will not come. Raises ReceiptClosed."""
        self._move("cancel")

    def _move(self, verb: str) -> None:
        target = self.states.targets.get((verb, self.state))
        if target is None:
            message = kehu.text(
                "The receipt is {state}.", state=kehu.label(ExpectedReceipt.state, self.state)
            )
            raise ReceiptClosed(message, field=ExpectedReceipt.state)
        self.state = target
