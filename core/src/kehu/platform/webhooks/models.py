"""Webhooks: who wants to be told of what over HTTP, and the telling of each event."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.model import Archivable, column, ref
from kehu.platform.core import Base
from kehu.platform.identity.models import User
from kehu.platform.outbox.models import Queued
from kehu.platform.webhooks.secrets import HasSecrets


class WebhookSubscription(HasSecrets, Archivable, Base):
    """Another system that is told of events by HTTP requests.

    It is told what its author may see, no more: the author is whoever last said what is sent, and where to.
    """

    __tablename__ = "core_webhook_subscription"
    name: Mapped[str] = column(sa.String(200), doc="What the other system is called.")
    url: Mapped[str] = column(
        sa.String(2000), filter=False, order=False, doc="Where to: `https://host/path`."
    )
    events: Mapped[list[str]] = column(
        doc="Which events: `core.customer.updated`, all of a kind with `core.customer.*`, or all with `*`."
    )
    filter: Mapped[dict[str, Any] | None] = column(
        doc="Which records: a filter as lists take it; or conditions on the fields of an event."
    )
    fields: Mapped[list[str] | None] = column(
        filter=False,
        doc="Fields of the record to send along. Without them the receiver gets the id, and reads what it needs.",
    )
    is_active: Mapped[bool] = column(default=True, doc="False: events from now on are not sent.")
    author_id: Mapped[uuid.UUID | None] = ref(
        User, create=False, update=False, doc="With whose rights records are read; none for the system."
    )

    def matches(self, event: str) -> bool:
        """Whether an event of this name is wanted."""
        return any(covers(pattern, event) for pattern in self.events)


class WebhookDelivery(Queued, Base):
    """The telling of one event to one subscription: each attempt, and how it ended."""

    __tablename__ = "core_webhook_delivery"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "subscription_id"),
        sa.Index("ix_core_webhook_delivery_due", "status", "next_attempt_at", "position"),
        sa.Index("ix_core_webhook_delivery_in_lane", "subscription_id", "lane", "status", "position"),
    )
    event_id: Mapped[uuid.UUID] = column(doc="The `webhook-id`, the same at each attempt.")
    event: Mapped[str] = column(sa.String(120), doc="What happened, such as `core.customer.updated`.")
    subscription_id: Mapped[uuid.UUID] = ref(WebhookSubscription, doc="Who is told.")
    last_status: Mapped[int | None] = column(doc="The HTTP status of the last answer.")
    last_answer: Mapped[str | None] = column(
        sa.Text, verbatim=True, filter=False, order=False, doc="The beginning of the last answer."
    )
    log: Mapped[dict[str, Any]] = column(
        default=dict, doc="By attempt: `at`, `status`, `milliseconds`, and `error` where it failed."
    )


def covers(pattern: str, event: str) -> bool:
    """Whether a pattern of a subscription means this event: the same name, `*`, or `core.customer.*`."""
    if pattern.endswith("*"):
        return event.startswith(pattern[:-1])
    return pattern == event
