"""Reorder rules: how little and how much of a product there should be at a location."""

from __future__ import annotations

import uuid
from decimal import ROUND_CEILING, Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.locations.models import Location
from kehu_partner_inventory.stock.models import QUANTITY


class ImpossibleRule(kehu.Refusal):
    """A minimum below zero, a maximum below it, or a lot size of nothing."""

    code = "OUT_OF_RANGE"


class ReorderRule(kehu.Entity, Base):
    """How much of a product there should be at a location, with everything below it."""

    __tablename__ = "partner_inventory_reorder_rule"
    __table_args__ = (sa.UniqueConstraint("location_id", "product_id"),)

    location_id: Mapped[uuid.UUID] = kehu.ref(Location, index=False, update=False, doc="Where.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, update=False, doc="Of what.")
    minimum: Mapped[Decimal] = kehu.column(
        QUANTITY, default=Decimal(0), doc="Order more when there is less than this, what is coming included."
    )
    maximum: Mapped[Decimal | None] = kehu.column(
        QUANTITY, doc="Order up to this; up to the minimum unless given."
    )
    multiple: Mapped[Decimal | None] = kehu.column(
        QUANTITY, doc="Order in multiples of this, such as a full box."
    )
    lead_time_days: Mapped[int | None] = kehu.column(
        doc="How long goods take to come once they are ordered; none where nobody knows."
    )
    safety_days: Mapped[int] = kehu.column(
        default=0, doc="For how many days more than that there should be enough."
    )
    is_active: Mapped[bool] = kehu.column(default=True, doc="The rule is in force.")

    def check(self) -> None:
        """Raise ImpossibleRule for levels that cannot be."""
        if self.minimum < 0:
            raise ImpossibleRule(kehu.text("A minimum is not below zero."), field=ReorderRule.minimum)
        if self.maximum is not None and self.maximum < self.minimum:
            message = kehu.text("A maximum is not below the minimum.")
            raise ImpossibleRule(message, field=ReorderRule.maximum)
        if self.multiple is not None and self.multiple <= 0:
            raise ImpossibleRule(kehu.text("A multiple is above zero."), field=ReorderRule.multiple)

        if (self.lead_time_days or 0) < 0 or (self.safety_days or 0) < 0:
            message = kehu.text("Goods do not come before they are ordered.")
            raise ImpossibleRule(message, field=ReorderRule.lead_time_days)

    def needed(self, sold: Decimal, *, window_days: int, position: Decimal) -> Decimal:
        """How much to order so that it lasts until more can come, when so much was sold in a window of days.

        What a day needs, for the lead time and the days of safety, less the position; never below zero.
        """
        days = (self.lead_time_days or 0) + self.safety_days
        missing = sold * days / window_days - position
        if missing <= 0:
            return Decimal(0)
        step = self.multiple or Decimal(1)
        return (missing / step).to_integral_value(ROUND_CEILING) * step

    def suggestion(self, position: Decimal) -> Decimal:
        """How much to order when `position` is available or coming; 0 unless that is below the minimum."""
        if position >= self.minimum:
            return Decimal(0)
        missing = (self.maximum if self.maximum is not None else self.minimum) - position
        if self.multiple is None:
            return missing
        return (missing / self.multiple).to_integral_value(ROUND_CEILING) * self.multiple

    def surplus(self, on_hand: Decimal) -> Decimal:
        """How much more there is than the maximum; 0 without one."""
        return Decimal(0) if self.maximum is None else max(on_hand - self.maximum, Decimal(0))
