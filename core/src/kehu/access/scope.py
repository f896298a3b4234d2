"""Row scope: the one predicate that says which records a principal may see or touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from kehu.composition import EntityDefinition
from kehu.ownership import Owned
from kehu.people.models import Level

if TYPE_CHECKING:
    from kehu.context import Context

Criterion = sa.ColumnElement[bool] | None


def row_scope(ctx: Context, model: type[Any], entity: Any, verb: str = "read") -> Criterion:
    """The condition on `entity` (the class or an alias of it) under which `verb` is allowed; None for no condition."""
    definition = ctx.app.composition.entities[model]
    criterion = _granted(ctx, definition, entity, verb)
    for implementation in ctx.app.hooks.of("kehu_row_scope"):
        extra = implementation.call({"ctx": ctx, "model": model, "entity": entity})
        if extra is not None:
            criterion = extra if criterion is None else sa.and_(criterion, extra)
    return criterion


def _granted(ctx: Context, definition: EntityDefinition, entity: Any, verb: str) -> Criterion:
    level = ctx.principal.level(definition.permission(verb))
    if level is Level.ALL:
        return None
    if level is Level.NONE:
        return sa.false()
    scope = definition.declaration.row_scope
    if scope != "auto":
        return _through_parents(ctx, scope if isinstance(scope, tuple) else (scope,), entity, level)
    return _by_owner(ctx, entity, level) if issubclass(definition.model, Owned) else None


def _by_owner(ctx: Context, entity: Any, level: Level) -> Criterion:
    mine: sa.ColumnElement[bool] = entity.owner_id == ctx.principal.id
    if level is Level.OWN:
        return mine
    teams = ctx.principal.teams if level is Level.TEAM else ctx.principal.subtree
    return sa.or_(mine, entity.team_id.in_(teams))


def _through_parents(
    ctx: Context, keys: tuple[InstrumentedAttribute[Any], ...], entity: Any, level: Level
) -> Criterion:
    """Visible through any of the records that the keys point at, as far as these themselves are visible at `level`."""
    ways = []
    for key in keys:
        column = key.property.columns[0]
        parent = ctx.app.composition.models_by_table[next(iter(column.foreign_keys)).column.table.name]
        alias = sa.orm.aliased(parent)
        reach = _by_owner(ctx, alias, level) if issubclass(parent, Owned) else row_scope(ctx, parent, alias)
        visible = sa.select(alias.id) if reach is None else sa.select(alias.id).where(reach)
        ways.append(getattr(entity, key.key).in_(visible))
    return sa.or_(*ways)
