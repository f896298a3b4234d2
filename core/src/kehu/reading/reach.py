"""Reach: on which of some records a principal may use which verbs, asked for together."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.access import Level, row_scope
from kehu.database import unscoped

if TYPE_CHECKING:
    from kehu.context import Context

Keys = frozenset[uuid.UUID]


async def reached(
    ctx: Context, model: type[Any], keys: Collection[uuid.UUID], verbs: Sequence[str]
) -> Mapping[str, Keys]:
    """The keys of the stored records that each verb reaches: one statement, and none where no record decides."""
    definition = ctx.app.composition.entities[model]
    everything, nothing = frozenset(keys), Keys()
    found: dict[str, Keys] = {}
    scopes: dict[str, sa.ColumnElement[bool]] = {}
    for verb in verbs:
        if ctx.principal.level(definition.permission(verb)) is Level.NONE:
            found[verb] = nothing
            continue
        scope = row_scope(ctx, model, model, verb)
        if scope is None:
            found[verb] = everything
        else:
            scopes[verb] = scope
    if scopes and keys:
        columns = [sa.case((scope, 1), else_=0) for scope in scopes.values()]
        rows = (
            await ctx.session.execute(unscoped(sa.select(model.id, *columns).where(model.id.in_(keys))))
        ).all()
        for at, verb in enumerate(scopes, 1):
            found[verb] = frozenset(row[0] for row in rows if row[at])
    return {verb: found.get(verb, nothing) for verb in verbs}
