"""What was done under which idempotency key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.model import column
from kehu.platform.core import Base


class IdempotencyKey(Base):
    """One mutation that was done under a key, or, with the empty `part`, the whole answer that was given.

    The row of a mutation is written in the transaction of the mutation: there is one exactly when it has happened.
    """

    __tablename__ = "core_idempotency_key"
    principal: Mapped[str] = column(sa.String(64), primary_key=True)
    key: Mapped[str] = column(sa.String(200), primary_key=True)
    part: Mapped[str] = column(sa.String(200), primary_key=True)
    fingerprint: Mapped[str] = column(sa.String(64))
    answer: Mapped[dict[str, Any] | None] = column()
    created_at: Mapped[datetime] = column(index=True)
