"""Programmes: the rules of a partnership, and the levels that a partner can reach in them."""

from __future__ import annotations

import enum
import uuid
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu_partner_inventory.inventory_base import Base


class ImpossibleLevel(kehu.Refusal):
    """A discount is 0 to 100 percent; limits, days and ranks are not below zero."""

    code = "IMPOSSIBLE_LEVEL"


class ReviewInterval(enum.Enum):
    """How long the periods of a programme are; they begin with the year."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    HALF_YEAR = "HALF_YEAR"
    YEAR = "YEAR"

    @property
    def months(self) -> int:
        """1, 3, 6 or 12."""
        return {"MONTH": 1, "QUARTER": 3, "HALF_YEAR": 6, "YEAR": 12}[self.value]

    def last_over(self, today: date) -> tuple[date, date]:
        """First and last day of the last period that is over, today being in the one after it."""
        began_on = today.replace(month=(today.month - 1) // self.months * self.months + 1, day=1)
        until_on = began_on - timedelta(days=1)
        return until_on.replace(month=until_on.month - self.months + 1, day=1), until_on


class PartnerProgramme(kehu.Archivable, Base):
    """What we offer to partners of a kind, and what we ask of them."""

    __tablename__ = "partner_inventory_programme"
    name: Mapped[str] = kehu.column(sa.String(100), unique=True, doc="What the programme is called.")
    description: Mapped[str | None] = kehu.column(
        sa.Text, order=False, doc="What partners should know of it."
    )
    review_interval: Mapped[ReviewInterval | None] = kehu.column(
        doc="How long its periods are; levels are reviewed when one has ended, at first the one that runs. "
        "None where people ask for reviews."
    )
    reviewed_until_on: Mapped[date | None] = kehu.column(
        create=False, update=False, doc="Last day of the last period that needs no review any more."
    )

    def count_from(self, today: date) -> None:
        """Periods that are over by today are not reviewed any more; the first one is the one that runs."""
        self.reviewed_until_on = self.review_interval.last_over(today)[1] if self.review_interval else None

    def period_to_review(self, today: date) -> tuple[date, date] | None:
        """First and last day of the last period that is over; None where it was reviewed, or people ask."""
        if self.review_interval is None:
            return None
        period = self.review_interval.last_over(today)
        is_done = self.reviewed_until_on is not None and period[1] <= self.reviewed_until_on
        return None if is_done else period


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
    price_list_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.PriceList, offered=True, doc="Where their prices come from."
    )
    discount_percent: Mapped[Decimal] = kehu.column(default=Decimal(0), doc="What they pay less, 0 to 100.")
    payment_days: Mapped[int] = kehu.column(default=30, doc="Within how many days they pay.")
    credit_limit: Mapped[Decimal | None] = kehu.column(
        doc="How much they may owe unless the partner has a limit of its own; none for nothing. A plain number, in the "
        "currency of each partner: 10000 is 10000 JPY for one that owes in JPY."
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
