"""What other systems send us: where to, and each message as it came."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.errors import BadInput
from kehu.kernel.model import Archivable, column, ref
from kehu.platform.core import Base
from kehu.platform.identity.models import User
from kehu.platform.outbox.models import Queued
from kehu.platform.webhooks.secrets import HasSecrets


class InboundEndpoint(HasSecrets, Archivable, Base):
    """A system that may send messages of one kind, with a secret of its own.

    What a message does is done with the rights of the author, who is whoever last said which kind it is.
    """

    __tablename__ = "core_inbound_endpoint"
    name: Mapped[str] = column(sa.String(200), doc="What the other system is called.")
    kind: Mapped[str] = column(
        sa.String(120),
        index=True,
        doc="Which messages: `<plugin>.<name>`, sent to `/inbound/<plugin>/<name>`.",
    )
    is_active: Mapped[bool] = column(default=True, doc="False: its messages are refused.")
    author_id: Mapped[uuid.UUID | None] = ref(
        User, create=False, update=False, doc="With whose rights messages are handled; none for the system."
    )


class InboundMessage(Queued, Base):
    """A message as it came. The transaction of its handler makes it DONE, so its effects happen once."""

    __tablename__ = "core_inbound_message"
    __table_args__ = (
        sa.UniqueConstraint("endpoint_id", "message_id"),
        sa.Index("ix_core_inbound_message_due", "status", "next_attempt_at", "position"),
        sa.Index("ix_core_inbound_message_in_lane", "endpoint_id", "lane", "status", "position"),
    )
    endpoint_id: Mapped[uuid.UUID] = ref(InboundEndpoint, doc="Who sent it.")
    kind: Mapped[str] = column(sa.String(120), doc="Which messages: `<plugin>.<name>`.")
    message_id: Mapped[str] = column(
        sa.String(255), verbatim=True, doc="The sender's id of it: the same one again is ignored."
    )
    headers: Mapped[dict[str, Any]] = column(doc="The headers that say what the body is.")
    body: Mapped[str] = column(
        sa.Text, verbatim=True, filter=False, order=False, doc="The body; base64 where it is no text."
    )
    is_base64: Mapped[bool] = column(default=False, doc="Whether `body` is base64.")
    request_id: Mapped[str | None] = column(sa.String(64), doc="The request that brought it.")

    @property
    def content(self) -> bytes:
        """The body as it came."""
        return base64.b64decode(self.body) if self.is_base64 else self.body.encode()

    def json(self) -> Any:
        """The body as JSON. Raises BadInput for a body that is none."""
        try:
            return json.loads(self.content)
        except ValueError as error:
            raise BadInput(f"The message {self.message_id} is no JSON: {error}.") from None
