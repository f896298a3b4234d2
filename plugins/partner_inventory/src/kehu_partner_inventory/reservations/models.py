"""Reservations: stock that is promised to somebody, until it is shipped, released or too late."""

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
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.lots.models import Lot
from kehu_partner_inventory.stock.models import QUANTITY, Sealed


class ReservationState(enum.Enum):
    """Where a promise stands; only an active one holds stock back."""

    ACTIVE = "ACTIVE"
    SHIPPED = "SHIPPED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


class ReservationClosed(kehu.Refusal):
    """A promise that was kept, given up or is too late holds nothing any more."""

    code = "RESERVATION_CLOSED"


_S = ReservationState
RESERVATION_STATES = StateChart(
    "Reservation",
    _S.ACTIVE,
    [
        Transition("shipPart", (_S.ACTIVE,), _S.ACTIVE),
        Transition("shipRest", (_S.ACTIVE,), _S.SHIPPED),
        Transition("release", (_S.ACTIVE,), _S.RELEASED),
        Transition("expire", (_S.ACTIVE,), _S.EXPIRED),
    ],
    refusal=ReservationClosed,
    field="state",
)


class HeldForOrder(kehu.Refusal):
    """What is held back, left or came back for an order is released, shipped and undone by the order's own verbs."""

    code = "HELD_FOR_ORDER"


class ReservationTooSmall(kehu.Refusal):
    """More is to be shipped than was promised."""

    code = "RESERVATION_TOO_SMALL"


class ReservedInThePast(kehu.Refusal):
    """A promise lasts until some moment to come."""

    code = "RESERVED_IN_THE_PAST"


class Reservation(Sealed, kehu.Entity, Base):
    """A quantity at a location that is promised, for a document, until it is shipped or the promise expires."""

    __tablename__ = "partner_inventory_reservation"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_above_zero"),
        sa.CheckConstraint("shipped >= 0 AND shipped <= quantity", name="shipped_at_most_all"),
        sa.Index(
            "ix_partner_inventory_reservation_active",
            *("product_id", "location_id"),
            sqlite_where=sa.text("state = 'ACTIVE'"),
            postgresql_where=sa.text("state = 'ACTIVE'"),
        ),
        sa.Index(
            "ix_partner_inventory_reservation_expiring",
            "expires_at",
            sqlite_where=sa.text("state = 'ACTIVE'"),
            postgresql_where=sa.text("state = 'ACTIVE'"),
        ),
    )
    states: ClassVar = RESERVATION_STATES
    sealed = (
        *("location_id", "product_id", "lot_id", "quantity", "shipped", "state"),
        *("reserved_at", "expires_at", "closed_at"),
    )

    location_id: Mapped[uuid.UUID] = kehu.ref(Location, index=False, doc="Where it is kept.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, index=False, doc="What is promised.")
    lot_id: Mapped[uuid.UUID | None] = kehu.ref(Lot, index=False, doc="Which lot or piece.")
    quantity: Mapped[Decimal] = kehu.column(QUANTITY, doc="How much was promised.")
    shipped: Mapped[Decimal] = kehu.column(QUANTITY, default=Decimal(0), doc="How much of it has left.")
    state: Mapped[ReservationState] = kehu.column(
        default=ReservationState.ACTIVE, doc="Where the promise stands."
    )
    reserved_at: Mapped[datetime] = kehu.column(doc="Since when (UTC).")
    expires_at: Mapped[datetime | None] = kehu.column(
        not_before="reserved_at", doc="Until when (UTC); none until it is released."
    )
    closed_at: Mapped[datetime | None] = kehu.column(doc="When it was kept or given up (UTC).")
    document: Mapped[kehu.GlobalId | None] = kehu.column(
        index=True, doc="The id of the order or other record that it is promised to."
    )
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Customer, doc="Whom it is promised to.")

    @property
    def open_quantity(self) -> Decimal:
        """What it still holds back."""
        return self.quantity - self.shipped if self.state is ReservationState.ACTIVE else Decimal(0)

    def is_due(self, at: datetime) -> bool:
        """It holds stock back though its time is over."""
        return self.state is ReservationState.ACTIVE and self.expires_at is not None and self.expires_at <= at

    def check_open(self, *, at: datetime) -> None:
        """Raise ReservationClosed unless it holds stock back at this moment."""
        if self.state is not ReservationState.ACTIVE or self.is_due(at):
            state = self.state if self.state is not ReservationState.ACTIVE else ReservationState.EXPIRED
            told = kehu.label(Reservation.state, state)
            raise ReservationClosed(kehu.text("The reservation is {state}.", state=told))

    def ship(self, quantity: Decimal, *, at: datetime) -> None:
        """Some of it leaves. Raises ReservationClosed, ReservationTooSmall."""
        self.check_open(at=at)
        if quantity > self.open_quantity:
            message = kehu.text(
                "{open} is reserved; {wanted} is too much.",
                open=self.open_quantity,
                wanted=quantity,
            )
            raise ReservationTooSmall(message, field="quantity")
        self.shipped += quantity
        if self.shipped == self.quantity:
            self._close("shipRest", at)
        self.seal()

    def release(self, *, at: datetime) -> Decimal:
        """Give up what is left of it, and say how much. Raises ReservationClosed."""
        if self.state is not ReservationState.ACTIVE:
            self.check_open(at=at)
        left = self.open_quantity
        self._close("expire" if self.is_due(at) else "release", at)
        self.seal()
        return left

    def _close(self, verb: str, at: datetime) -> None:
        self.state, self.closed_at = self.states.targets[verb, self.state], at
