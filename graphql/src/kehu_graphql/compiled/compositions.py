"""Several records by their keys: what references lead to, and what was asked for by ids."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import FieldNode

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.reading.lists import found_among, parents_value
from kehu.kernel.reading.prepared_statements import Prepared
from kehu_graphql.compiled.connections import compiled_function, maps_of, within
from kehu_graphql.compiled.fields import Making
from kehu_graphql.compiled.records import Record
from kehu_graphql.compiled.run import Run


class Several:
    """Records of one entity; `nodes` say what is selected of each."""

    def __init__(self, making: Making, entity: EntityDefinition, nodes: Sequence[FieldNode]) -> None:
        self._app, self._entity = making.app, entity
        self._record = Record(making, entity, first=1)
        kind: Any = making.collector.schema.get_type(entity.name)
        expression = self._record.shape(kind, nodes)
        self._record.closed()
        self._made = compiled_function("rows, maps", f"{{r[0]: {expression} for r in rows}}", self._record)
        self._lists = within(making, self._record)
        self._prepared: Prepared | None = None

    async def of_parents(self, run: Run, parents: Sequence[Any]) -> Mapping[Any, Any]:
        """The record for each key, as the driver gives it; None where there is none that the principal may see."""
        if not parents:
            return {}
        if self._prepared is None:
            assert self._app.rows is not None
            statement = found_among(run.ctx, self._entity.model, self._record)
            self._prepared = Prepared(run.ctx, self._app.rows, statement)
        told = parents_value(parents, is_postgresql=self._app.is_postgresql)
        rows = await self._prepared.fetch(run.ctx, {"parents": told})
        found: Mapping[Any, Any] = self._made(rows, await maps_of(self._lists, run, rows))
        return {key: found.get(key) for key in parents}


def driver_key(app: kehu.App, key: uuid.UUID) -> Any:
    """The key as the driver gives it: PostgreSQL has UUIDs, SQLite has text."""
    return key if app.is_postgresql else key.hex
