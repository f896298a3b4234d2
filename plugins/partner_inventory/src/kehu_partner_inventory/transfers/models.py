"""Transfers: goods that go from one location to another after a request and an approval, and are counted on arrival."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.locations.models import Location, LocationUsage
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.reservations.models import Reservation
from kehu_partner_inventory.stock.models import QUANTITY


class TransferState(enum.Enum):
    """Where a transfer stands."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    IN_TRANSIT = "IN_TRANSIT"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"


class TransferNotReady(kehu.Refusal):
    """The verb does not fit the state of the transfer."""

    code = "TRANSFER_NOT_READY"


_S = TransferState
TRANSFER_STATES = StateChart(
    "Transfer",
    _S.REQUESTED,
    [
        Transition("approve", (_S.REQUESTED,), _S.APPROVED),
        Transition("send", (_S.APPROVED,), _S.IN_TRANSIT),
        Transition("receive", (_S.IN_TRANSIT,), _S.RECEIVED),
        Transition("cancel", (_S.REQUESTED, _S.APPROVED), _S.CANCELLED),
    ],
    refusal=TransferNotReady,
    field="state",
)


class ImpossibleTransfer(kehu.Refusal):
    """Goods go between two different locations that hold stock, and some goods."""

    code = "IMPOSSIBLE_TRANSFER"


class DifferenceUnexplained(kehu.Refusal):
    """When more or less arrives than was sent, somebody says why."""

    code = "REASON_MISSING"


class Transfer(kehu.Entity, Base):
    """Goods on their way between two locations, our own or partners'. On the way they are in transit."""

    __tablename__ = "partner_inventory_transfer"
    states: ClassVar = TRANSFER_STATES

    from_location_id: Mapped[uuid.UUID] = kehu.ref(Location, index=False, doc="Where the goods are.")
    to_location_id: Mapped[uuid.UUID] = kehu.ref(Location, index=False, doc="Where they shall be.")
    via_location_id: Mapped[uuid.UUID] = kehu.ref(
        Location, index=False, doc="Where they are while they are on the way."
    )
    state: Mapped[TransferState] = kehu.column(
        default=TransferState.REQUESTED, index=True, doc="Where the transfer stands."
    )
    note: Mapped[str | None] = kehu.column(sa.String(500), multiline=True, doc="Why the goods shall move.")
    requested_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, index=False, doc="Who asked for it.")
    approved_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, index=False, doc="Who agreed.")
    approved_at: Mapped[datetime | None] = kehu.column(doc="When somebody agreed (UTC).")
    sent_at: Mapped[datetime | None] = kehu.column(doc="When the goods left (UTC).")
    received_at: Mapped[datetime | None] = kehu.column(doc="When the goods arrived (UTC).")
    difference_reason: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, doc="Why more or less arrived than was sent."
    )

    def move(self, verb: str) -> None:
        """Follow the chart. Raises TransferNotReady."""
        target = self.states.targets.get((verb, self.state))
        if target is None:
            message = kehu.text(
                "The transfer is {state}: that is not possible in this state.",
                state=kehu.label(Transfer.state, self.state),
            )
            raise TransferNotReady(message, field=Transfer.state)
        self.state = target


class TransferLine(kehu.Entity, Base):
    """What goes along with a transfer; once approved, of one lot or one piece where the product has them."""

    __tablename__ = "partner_inventory_transfer_line"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_above_zero"),)

    transfer_id: Mapped[uuid.UUID] = kehu.ref(Transfer, index=False, doc="Of which transfer.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, doc="What.")
    lot_id: Mapped[uuid.UUID | None] = kehu.ref(Lot, index=False, doc="Of which lot, or which piece.")
    quantity: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much shall go.")
    received: Mapped[Decimal | None] = kehu.column(QUANTITY, doc="How much arrived; none before.")
    reservation_id: Mapped[uuid.UUID | None] = kehu.ref(
        Reservation, index=False, doc="What holds it back for the transfer."
    )

    @property
    def difference(self) -> Decimal:
        """What arrived beyond what was sent; below zero for what got lost."""
        return Decimal(0) if self.received is None else self.received - self.quantity


def check_ends(source: Location, target: Location, via: Location) -> None:
    """Raise ImpossibleTransfer unless goods can go from `source` to `target` through `via`."""
    if source.id == target.id:
        raise ImpossibleTransfer(kehu.text("Goods go somewhere else."), field="to_location")
    for field, place in (("from_location", source), ("to_location", target)):
        if not place.usage.holds_stock or place.usage is LocationUsage.TRANSIT:
            message = kehu.text("{code} is no location of ours or of a partner.", code=place.code)
            raise ImpossibleTransfer(message, field=field)
    if via.usage is not LocationUsage.TRANSIT:
        raise ImpossibleTransfer(kehu.text("{code} is not in transit.", code=via.code), field="via")
