"""The audit trail in the API."""

from __future__ import annotations

from kehu.platform.audit.models import AuditEntry
from kehu.platform.core import plugin

audit_entry = plugin.resource(
    AuditEntry,
    plural_name="AuditEntries",
    operations=["list", "get", "aggregate"],
    default_order=[AuditEntry.created_at.desc()],
)
