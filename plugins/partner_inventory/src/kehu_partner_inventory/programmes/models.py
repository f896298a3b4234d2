"""Programmes: the rules of a partnership, and the levels that a partner can reach in them."""

from __future__ import annotations

import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_partner_inventory.inventory_base import Base


class ImpossibleLevel(kehu.Refusal):
    """A discount is 0 to 100 percent; limits, days and ranks are not below zero."""

    code = "IMPOSSIBLE_LEVEL"


class PartnerProgramme(kehu.Archivable, Base):
    """What we offer to partners of a kind, and what we ask of them."""

    __tablename__ = "partner_inventory_programme"
    name: Mapped[str] = kehu.column(sa.String(100), unique=True, doc="What the programme is called.")
    description: Mapped[str | None] = kehu.column(
        sa.Text, order=False, doc="What partners should know of it."
    )


class PartnerLevel(kehu.Archivable, Base):
    """A rung of a programme: what a partner gets who has reached it."""

    __tablename__ = "partner_inventory_level"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "rank"),
        sa.UniqueConstraint("programme_id", "name"),
    )

    programme_id: Mapped[uuid.UUID] = kehu.ref(PartnerProgramme, update=False, doc="Of which programme.")
    name: Mapped[str] = kehu.column(sa.String(100), doc="What the level is called.")
    rank: Mapped[int] = kehu.column(doc="How high it is; 1 is the lowest.")
    benefits: Mapped[str | None] = kehu.column(sa.Text, order=False, doc="What else partners of it get.")
    price_list_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.PriceList, doc="Where their prices come from.")
    discount_percent: Mapped[Decimal] = kehu.column(default=Decimal(0), doc="What they pay less, 0 to 100.")
    payment_days: Mapped[int] = kehu.column(default=30, doc="Within how many days they pay.")
    credit_limit: Mapped[Decimal | None] = kehu.column(
        doc="How much they may owe unless the partner has a limit of its own; none for nothing."
    )

    def check(self) -> None:
        """Raise ImpossibleLevel."""
        if not 0 <= self.discount_percent <= 100:
            message = kehu.text(
                "A discount is 0 to 100 percent; {percent} is not.", percent=self.discount_percent
            )
            raise ImpossibleLevel(message, field=PartnerLevel.discount_percent)
        if self.rank < 1:
            raise ImpossibleLevel(kehu.text("The lowest rank is 1."), field=PartnerLevel.rank)
        if self.payment_days < 0:
            raise ImpossibleLevel(kehu.text("Days are not below zero."), field=PartnerLevel.payment_days)
        if self.credit_limit is not None and self.credit_limit < 0:
            raise ImpossibleLevel(kehu.text("A limit is not below zero."), field=PartnerLevel.credit_limit)
