"""Interactions: calls, visits, mails and the like, planned or done."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.crm.contacts.models import Contact
from kehu.crm.customers.models import Customer
from kehu.kernel.errors import Refusal
from kehu.kernel.model import Entity, GlobalId, choice, column, ref
from kehu.kernel.texts import text
from kehu.platform.core import Base
from kehu.platform.identity.models import User
from kehu.platform.identity.ownership import Owned

# How far the clocks of telephones and servers may be apart.
CLOCKS_DIFFER = timedelta(minutes=5)


class InteractionDirection(enum.Enum):
    """Who turned to whom."""

    IN = "IN"
    OUT = "OUT"
    INTERNAL = "INTERNAL"


class InteractionStatus(enum.Enum):
    """How far it got."""

    PLANNED = "PLANNED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class InteractionClosed(Refusal):
    """Done or cancelled, so it cannot be done or cancelled again."""

    code = "INTERACTION_CLOSED"


class InteractionInFuture(Refusal):
    """What is done lies in the past."""

    code = "INTERACTION_IN_FUTURE"


class ImpossibleTimes(Refusal):
    """Times that contradict each other, or a duration below zero."""

    code = "INVALID"


class Interaction(Owned, Base):
    """A contact with a customer: a call, visit, meeting, mail or message, planned or done.

    It concerns a customer, a contact, or any other record through `regarding_id`.
    """

    __tablename__ = "core_interaction"

    customer_id: Mapped[uuid.UUID | None] = ref(Customer, doc="With which customer.")
    contact_id: Mapped[uuid.UUID | None] = ref(Contact, doc="With whom there, above all.")
    kind: Mapped[str] = choice(
        "CALL",
        "VISIT",
        "MEETING",
        "EMAIL",
        "LETTER",
        "CHAT",
        "COUNTER",
        "WEB",
        "NOTE",
        default="NOTE",
        doc="By what means.",
    )
    direction: Mapped[InteractionDirection] = column(
        default=InteractionDirection.OUT, doc="Who turned to whom."
    )
    status: Mapped[InteractionStatus] = column(
        default=InteractionStatus.PLANNED, index=True, update=False, doc="Planned, done or cancelled."
    )
    planned_for: Mapped[datetime | None] = column(index=True, doc="When it is to happen (UTC).")
    due_at: Mapped[datetime | None] = column(index=True, doc="When it must have happened (UTC).")
    started_at: Mapped[datetime | None] = column(index=True, doc="When it began (UTC).")
    ended_at: Mapped[datetime | None] = column(doc="When it was over (UTC).")
    subject: Mapped[str] = column(sa.String(200), doc="What it is about, in a line.")
    body: Mapped[str | None] = column(sa.Text, order=False, doc="What was said or written.")
    outcome: Mapped[str | None] = column(
        sa.String(500), multiline=True, doc="What came of it; of a cancelled one, why."
    )
    regarding_id: Mapped[GlobalId | None] = column(
        index=True, doc="The record of any plugin that it is about."
    )
    follow_up_of_id: Mapped[uuid.UUID | None] = column(
        sa.ForeignKey("core_interaction.id"),
        index=True,
        create=False,
        update=False,
        doc="The interaction that led to this one.",
    )
    answered_after_seconds: Mapped[int | None] = column(
        doc="How long a caller waited for somebody to answer."
    )
    replied_after_minutes: Mapped[int | None] = column(doc="How long a writer waited for the reply.")

    def complete(self, *, at: datetime, outcome: str | None) -> None:
        """It has happened, and was over at `at` (UTC); one without a beginning began then.

        Raises InteractionClosed unless it was planned.
        """
        self._leave_planned()
        self.status = InteractionStatus.DONE
        self.started_at = self.started_at or at
        self.ended_at = at
        self.outcome = outcome

    def cancel(self, *, reason: str) -> None:
        """It will not happen, for this reason. Raises InteractionClosed unless it was planned."""
        self._leave_planned()
        self.status = InteractionStatus.CANCELLED
        self.outcome = reason

    def follow_up(self, *, subject: str, due_at: datetime | None) -> Interaction:
        """A new planned interaction that this one led to, with the same people and about the same."""
        return Interaction(
            customer_id=self.customer_id,
            contact_id=self.contact_id,
            regarding_id=self.regarding_id,
            owner_id=self.owner_id,
            team_id=self.team_id,
            kind=self.kind,
            direction=InteractionDirection.OUT,
            status=InteractionStatus.PLANNED,
            subject=subject,
            planned_for=due_at,
            due_at=due_at,
            follow_up_of_id=self.id,
        )

    def is_overdue(self, *, at: datetime) -> bool:
        """Whether it is still only planned although it was due before `at`."""
        return self.status is InteractionStatus.PLANNED and self.due_at is not None and self.due_at < at

    def check_times(self, *, now: datetime) -> None:
        """Raise ImpossibleTimes when it ends before it starts, InteractionInFuture when it is done and yet to come."""
        if self.started_at is not None and self.ended_at is not None and self.ended_at < self.started_at:
            message = text("{subject} cannot end before it starts.", subject=self.subject)
            raise ImpossibleTimes(message, field="ended_at")
        latest = max(filter(None, (self.started_at, self.ended_at)), default=now)
        if self.status is InteractionStatus.DONE:
            self.check_over(latest, now=now, field="ended_at")

    def check_over(self, at: datetime, *, now: datetime, field: object) -> None:
        """Raise InteractionInFuture, which blames `field`, for a moment to come; the clocks of two machines differ."""
        if at > now + CLOCKS_DIFFER:
            message = text("{subject} is done, so it cannot lie in the future.", subject=self.subject)
            raise InteractionInFuture(message, field=field)

    def check_measures(self) -> None:
        """Raise ImpossibleTimes for a wait below zero."""
        if self.answered_after_seconds is not None and self.answered_after_seconds < 0:
            raise ImpossibleTimes("Nobody answers before the call.", field="answered_after_seconds")
        if self.replied_after_minutes is not None and self.replied_after_minutes < 0:
            raise ImpossibleTimes("Nobody replies before the message.", field="replied_after_minutes")

    def _leave_planned(self) -> None:
        if self.status is InteractionStatus.DONE:
            message = text("{subject} is done already.", subject=self.subject)
            raise InteractionClosed(message, field="status")
        if self.status is InteractionStatus.CANCELLED:
            message = text("{subject} is cancelled already.", subject=self.subject)
            raise InteractionClosed(message, field="status")


class InteractionParticipant(Entity, Base):
    """A user or a contact who takes part in an interaction."""

    __tablename__ = "core_interaction_participant"
    __table_args__ = (
        sa.UniqueConstraint("interaction_id", "user_id"),
        sa.UniqueConstraint("interaction_id", "contact_id"),
    )

    interaction_id: Mapped[uuid.UUID] = ref(Interaction, update=False, doc="In what.")
    user_id: Mapped[uuid.UUID | None] = ref(User, update=False, doc="The colleague who takes part.")
    contact_id: Mapped[uuid.UUID | None] = ref(Contact, update=False, doc="The contact who takes part.")
