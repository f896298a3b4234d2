"""Reach: on which of some records a principal may use which verbs, asked for together."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.access import Level, row_scope
from kehu.kernel.db import Unscoped

if TYPE_CHECKING:
    from kehu.kernel.context import Context

whoever_asks = Unscoped("the verb is asked for, and not reading")

Keys = frozenset[uuid.UUID]


async def reached(
    ctx: Context, model: type[Any], keys: Collection[uuid.UUID], verbs: Sequence[str]
) -> Mapping[str, Keys]:
    """The keys of the stored records that each verb reaches: one statement, and none where no record decides."""
    definition = ctx.app.composition.entities[model]
    levels = {verb: ctx.principal.level(definition.permission(verb)) for verb in verbs}
    found: dict[Level, Keys] = {Level.NONE: Keys()}
    scopes: dict[Level, sa.ColumnElement[bool]] = {}
    for verb, level in levels.items():
        if level not in found and level not in scopes:
            scope = row_scope(ctx, model, model, verb)
            if scope is None:
                found[level] = frozenset(keys)
            else:
                scopes[level] = scope
    if scopes:
        columns = [sa.case((scope, 1), else_=0) for scope in scopes.values()]
        statement = sa.select(model.id, *columns).where(model.id.in_(keys))
        rows = (await whoever_asks.execute(ctx, statement)).all()
        for at, level in enumerate(scopes, 1):
            found[level] = frozenset(row[0] for row in rows if row[at])
    return {verb: found[level] for verb, level in levels.items()}
