"""Events as they wait to be told, and the telling of each to the handlers of plugins."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.errors import Refusal
from kehu.kernel.ids import uuid7
from kehu.kernel.model import Entity, GlobalId, column
from kehu.platform.core import Base


class Position(sa.types.TypeDecorator[int]):
    """A place in the order of events: 64 bits, counted by the database, never given twice."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """SQLite counts in columns of the type INTEGER only, which has 64 bits there."""
        return dialect.type_descriptor(sa.Integer() if dialect.name == "sqlite" else sa.BigInteger())

    @property
    def python_type(self) -> type[Any]:
        """An int."""
        return int


class DeliveryStatus(enum.Enum):
    """How far the delivery of one event to one receiver got. PARKED: given up until somebody retries it."""

    PENDING = "PENDING"
    DONE = "DONE"
    SKIPPED = "SKIPPED"
    PARKED = "PARKED"


class DeliveryIsPending(Refusal):
    """The delivery is under way, so there is nothing to repeat."""

    code = "DELIVERY_IS_PENDING"


class OutboxEvent(Base):
    """Something that happened; written in the same transaction as what happened.

    `lane` is the customer whom it concerns, else the record, else the event itself: what is in one lane is told in
    the order of `position`, which is the order of commits. `depth` counts the handlers between a person's deed and
    this event, and `causation_id` is the event that the last of them was handling.
    """

    __tablename__ = "core_outbox_event"
    __table_args__ = (
        sa.Index(
            "ix_core_outbox_event_waiting",
            "position",
            sqlite_where=sa.text("distributed_at IS NULL"),
            postgresql_where=sa.text("distributed_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )
    position: Mapped[int] = column(Position(), primary_key=True)
    id: Mapped[uuid.UUID] = column(unique=True, default=uuid7)
    created_at: Mapped[datetime] = column(index=True)
    name: Mapped[str] = column(sa.String(120))
    version: Mapped[int] = column(default=1)
    lane: Mapped[uuid.UUID] = column()
    customer_id: Mapped[uuid.UUID | None] = column(index=True)
    record_id: Mapped[GlobalId | None] = column()
    request_id: Mapped[str | None] = column(sa.String(64))
    causation_id: Mapped[uuid.UUID | None] = column()
    depth: Mapped[int] = column(default=0)
    payload: Mapped[dict[str, Any]] = column()
    distributed_at: Mapped[datetime | None] = column()


class Queued(Entity):
    """What is to be done once, later, until it works: the mixin of deliveries and received messages.

    Whoever works on it writes it past the write path, without hooks and audit. Within one lane of one receiver the
    next waits until the one before is no longer PENDING.
    """

    status: Mapped[DeliveryStatus] = column(
        default=DeliveryStatus.PENDING, create=False, update=False, doc="How far it got."
    )
    attempts: Mapped[int] = column(
        default=0, create=False, update=False, doc="How often it was tried since it was due."
    )
    due_at: Mapped[datetime] = column(
        create=False,
        update=False,
        doc="Since when it is to be done (UTC): the window of its retries begins here.",
    )
    next_attempt_at: Mapped[datetime] = column(
        create=False, update=False, doc="Not tried before this moment (UTC)."
    )
    finished_at: Mapped[datetime | None] = column(
        create=False, update=False, doc="When it was done, skipped or parked (UTC)."
    )
    last_error: Mapped[str | None] = column(
        sa.Text,
        verbatim=True,
        order=False,
        create=False,
        update=False,
        doc="Why the last attempt failed, in a sentence.",
    )
    lane: Mapped[uuid.UUID] = column(expose=False, audit=False)
    position: Mapped[int] = column(Position(), expose=False, audit=False)

    def repeat(self, *, at: datetime) -> None:
        """Do it again from `at` on, with all of its attempts. Raises DeliveryIsPending while it is under way."""
        if self.status is DeliveryStatus.PENDING and self.attempts == 0:
            raise DeliveryIsPending("It is waiting to be delivered.", field="status")
        self.status, self.attempts, self.finished_at = DeliveryStatus.PENDING, 0, None
        self.due_at = self.next_attempt_at = at


class EventDelivery(Queued, Base):
    """The telling of one event to one handler of a plugin.

    The handler's own transaction makes it DONE, so that what the handler writes happens once, however often the event
    is delivered.
    """

    __tablename__ = "core_event_delivery"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "handler"),
        sa.Index("ix_core_event_delivery_due", "status", "next_attempt_at", "position"),
        sa.Index("ix_core_event_delivery_in_lane", "handler", "lane", "status", "position"),
    )
    event_id: Mapped[uuid.UUID] = column(doc="Which event: its own id, the same at each attempt.")
    event: Mapped[str] = column(sa.String(120), doc="What happened, such as `sfa.opportunity_won`.")
    handler: Mapped[str] = column(sa.String(120), doc="Who is told: `<plugin>.<function>`.")
