"""Visit plans: customers are seen again and again, at an interval."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.calendars import WorkingHours
from kehu_sfa.sfa_base import Base

WORKING_DAYS = 5
_WEEK = timedelta(weeks=1)
_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 60


class VisitPlan(kehu.Owned, Base):
    """The customers of a class, or one customer, are visited every few weeks.

    The visits of a class are spread over the working days of the interval; one customer keeps the weekday of
    `startsOn`. A day that is closed moves the visit to the next open one.
    """

    __tablename__ = "sfa_visit_plan"
    name: Mapped[str] = kehu.column(sa.String(100), doc="What the visits are about; their subject.")
    customer_class: Mapped[str | None] = kehu.choice(
        "A", "B", "C", doc="Customers of this class by cost to serve; see Customer.serviceCost."
    )
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Customer, doc="The one customer who is visited.")
    interval_weeks: Mapped[int] = kehu.column(doc="A visit every so many weeks.")
    starts_on: Mapped[date] = kehu.column(doc="The first week, or the first day for one customer.")
    until_on: Mapped[date | None] = kehu.column(
        not_before="starts_on", doc="The last day for visits; none to go on."
    )
    is_active: Mapped[bool] = kehu.column(default=True, doc="False: plans no visits at present.")

    def slots(
        self, customer_id: uuid.UUID, hours: WorkingHours, *, begin: date, end: date
    ) -> Iterator[tuple[date, date]]:
        """The slots of a customer from `begin` to `end`, both included: the day by the plan, and the open day."""
        first = self._first(customer_id)
        step = self.interval_weeks * _WEEK
        skipped = max(0, (begin - first) // step - 1)
        slot = first + skipped * step
        while slot <= min(end, self.until_on or end):
            day = _open_day(slot, hours)
            if slot >= self.starts_on and begin <= day <= end:
                yield slot, day
            slot += step

    def _first(self, customer_id: uuid.UUID) -> date:
        if self.customer_id is not None:
            return self.starts_on
        weeks, weekday = divmod(customer_id.int % (self.interval_weeks * WORKING_DAYS), WORKING_DAYS)
        monday = self.starts_on - timedelta(days=self.starts_on.weekday())
        return monday + weeks * _WEEK + weekday * _DAY


class VisitSlot(kehu.Entity, Base):
    """A visit was planned for a slot of a plan; whatever becomes of it, the slot is not planned again."""

    __tablename__ = "sfa_visit_slot"
    __table_args__ = (sa.UniqueConstraint("plan_id", "customer_id", "falls_on"),)
    plan_id: Mapped[uuid.UUID] = kehu.ref(VisitPlan, doc="By which plan.")
    customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer, doc="Whom.")
    falls_on: Mapped[date] = kehu.column(doc="The day by the plan, before closed days are avoided.")
    interaction_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.Interaction, ondelete="SET NULL", doc="The visit that was planned."
    )


def _open_day(slot: date, hours: WorkingHours) -> date:
    """The slot itself, or the next day that is open; the slot where nothing opens for two months."""
    days = (slot + timedelta(days=ahead) for ahead in range(_LONGEST_CLOSURE))
    return next((day for day in days if hours.hours_on(day)), slot)
