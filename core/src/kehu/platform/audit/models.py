"""What happened to records: the audit trail."""

from __future__ import annotations

import enum
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.model import Entity, GlobalId, column, ref
from kehu.platform.core import Base
from kehu.platform.identity.models import User


class AuditOperation(enum.Enum):
    """What was done to a record."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class AuditEntry(Entity, Base):
    """One write of one record: who, when, through which request, what before and what after."""

    __tablename__ = "core_audit_entry"
    user_id: Mapped[uuid.UUID | None] = ref(User, doc="Who wrote; none for the system.")
    principal: Mapped[str] = column(sa.String(200), doc="The name of who wrote, as it was then.")
    operation: Mapped[AuditOperation] = column(doc="What was done.")
    entity: Mapped[str] = column(sa.String(120), doc="The type of the record.")
    record_id: Mapped[GlobalId] = column(index=True, doc="The record's id.")
    request_id: Mapped[str | None] = column(sa.String(64), doc="The request, job or import that wrote.")
    changes: Mapped[dict[str, Any]] = column(
        doc="By field: `before`, `after`, and `plugin` where the hook of a plugin set the value."
    )
