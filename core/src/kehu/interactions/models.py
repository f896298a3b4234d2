"""Interactions: calls, visits, mails and the like, planned or done."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.contacts.models import Contact
from kehu.core_base import Base
from kehu.customers.models import Customer
from kehu.model import Entity, GlobalId, choice, column, ref
from kehu.ownership import Owned
from kehu.people.models import User


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


class Interaction(Owned, Base):
    """A contact with a customer: a call, visit, meeting, mail or message, planned or done."""

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
    outcome: Mapped[str | None] = column(sa.String(500), doc="What came of it; of a cancelled one, why.")
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
