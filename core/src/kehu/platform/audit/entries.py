"""The audit entries of a transaction: one for each change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from kehu.kernel.ids import global_id, uuid7
from kehu.kernel.model.values import to_json
from kehu.kernel.names import camel
from kehu.kernel.writing.changes import Change
from kehu.platform.audit.models import AuditEntry, AuditOperation

if TYPE_CHECKING:
    from kehu.kernel.context import Context


LONGEST_REQUEST_ID = 64


def audit_table() -> sa.Table:
    """Where the rows go."""
    return cast(sa.Table, AuditEntry.__table__)


def audit_rows(ctx: Context, changes: Sequence[Change[Any]]) -> list[dict[str, Any]]:
    """The rows of core_audit_entry for these changes."""
    now = ctx.now()
    return [
        {
            "id": uuid7(),
            "version": 1,
            "created_at": now,
            "updated_at": now,
            "custom": {},
            "user_id": ctx.principal.id,
            "principal": ctx.principal.name,
            "operation": AuditOperation[change.op.upper()],
            "entity": change.entity.name,
            "record_id": global_id(change.entity.name, change.obj.id),
            "request_id": ctx.request_id[:LONGEST_REQUEST_ID],
            "changes": _described(change),
        }
        for change in changes
    ]


def _described(change: Change[Any]) -> dict[str, Any]:
    untold = change.shape.untold
    described = {}
    for name in dict.fromkeys([*change.before, *change.after]):
        if name in untold:
            continue
        entry = {"before": to_json(change.before.get(name)), "after": to_json(change.after.get(name))}
        if name in change.changed_by:
            entry["plugin"] = change.changed_by[name]
        described[name if "." in name else camel(name)] = entry
    return described
