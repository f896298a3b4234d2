"""Alerts: something about stock or an order that somebody should look at, once for each time that it happens."""

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
from kehu_partner_inventory.orders.models import ChannelOrder
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.stock.models import QUANTITY


class AlertsFollow(kehu.Refusal):
    """Alerts are opened and closed by what they watch, never by hand."""

    code = "ALERTS_FOLLOW"


class AlertKind(enum.Enum):
    """What an alert is about."""

    BELOW_MINIMUM = "BELOW_MINIMUM"
    OVER_MAXIMUM = "OVER_MAXIMUM"
    SLOW_MOVER = "SLOW_MOVER"
    EXPIRING_LOT = "EXPIRING_LOT"
    LATE_SHIPMENT = "LATE_SHIPMENT"


class AlertState(enum.Enum):
    """Whether it is still so."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


_S = AlertState
ALERT_STATES = StateChart(
    "StockAlert",
    _S.OPEN,
    [Transition("close", (_S.OPEN,), _S.CLOSED)],
    refusal=AlertsFollow,
    field="state",
)


class StockAlert(kehu.Owned, Base):
    """Something that somebody should look at, from when until when it was so; its owner is who is responsible.

    While it is so there is one alert; when it is so again later, there is another one.
    """

    __tablename__ = "partner_inventory_stock_alert"
    states: ClassVar = ALERT_STATES
    __table_args__ = (
        sa.Index(
            "uq_partner_inventory_stock_alert_open",
            "subject",
            unique=True,
            sqlite_where=sa.text("state = 'OPEN'"),
            postgresql_where=sa.text("state = 'OPEN'"),
        ),
    )

    kind: Mapped[AlertKind] = kehu.column(index=True, doc="What it is about.")
    state: Mapped[AlertState] = kehu.column(default=_S.OPEN, index=True, doc="Whether it is still so.")
    subject: Mapped[str] = kehu.column(
        sa.String(200), expose=False, doc="What there is one open alert about at most."
    )
    location_id: Mapped[uuid.UUID | None] = kehu.ref(Location, doc="Where; none for an order.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="Of what; none for an order.")
    lot_id: Mapped[uuid.UUID | None] = kehu.ref(Lot, index=False, doc="Of which lot, where it is about one.")
    order_id: Mapped[uuid.UUID | None] = kehu.ref(ChannelOrder, index=False, doc="Which order is late.")
    partner_id: Mapped[uuid.UUID | None] = kehu.ref(
        Partner, doc="Whose order, or whose stock; none for our own."
    )
    quantity: Mapped[Decimal | None] = kehu.column(
        QUANTITY, doc="How much there was when it was opened; none for an order."
    )
    threshold: Mapped[Decimal | None] = kehu.column(
        QUANTITY, doc="The minimum or maximum that it passed; none for others."
    )
    opened_at: Mapped[datetime] = kehu.column(index=True, doc="Since when (UTC).")
    closed_at: Mapped[datetime | None] = kehu.column(doc="Until when (UTC); none while it is so.")

    def close(self, *, at: datetime) -> None:
        """It is so no longer. Raises AlertsFollow for one that is closed."""
        self.state = self.states.after("close", self.state, of=self.subject)
        self.closed_at = at
