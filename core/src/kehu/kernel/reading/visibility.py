"""Whether there is a record that the principal may see, without loading it and beside any transaction."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.db.driver_pool import Rows
from kehu.kernel.model import Archivable
from kehu.kernel.reading.prepared_statements import Prepared

if TYPE_CHECKING:
    from kehu.kernel.context import Context


class VisibilityCheck:
    """Asks the driver; the statement of each entity is made once, and has the row scope as every other."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._known: dict[type[Any], Prepared] = {}

    async def sees(self, ctx: Context, model: type[Any], key: uuid.UUID) -> bool:
        """Whether the record is stored and committed, not archived, and may be seen."""
        known = self._known.get(model)
        if known is None:
            same = model.id == sa.bindparam("key", None, type_=model.id.type)
            conditions = [same, model.archived_at.is_(None)] if issubclass(model, Archivable) else [same]
            known = self._known[model] = Prepared(ctx, self._rows, sa.select(model.id).where(*conditions))
        return bool(await known.fetch(ctx, {"key": key}))
