"""Row scope: the one predicate that says which records a principal may see or touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from kehu.kernel.access.levels import Level
from kehu.kernel.access.owned import OwnedRecord
from kehu.kernel.composition import EntityDefinition

if TYPE_CHECKING:
    from kehu.kernel.context import Context

Criterion = sa.ColumnElement[bool] | None


def row_scope(ctx: Context, model: type[Any], entity: Any, verb: str = "read") -> Criterion:
    """The condition on `entity` (the class or an alias of it) under which `verb` is allowed; None for no condition."""
    definition = ctx.app.composition.entities[model]
    return narrowed(_granted(ctx, definition, entity, verb), added_scope(ctx, model, entity))


def reaches(ctx: Context, model: type[Any], record: Any, verb: str) -> bool:
    """Whether the row scope of `verb` has a record that is not stored yet, as far as its own values tell.

    False where it does not have it, and where only the database knows: then it is to be stored and asked for.
    """
    definition = ctx.app.composition.entities[model]
    if added_scope(ctx, model, model) is not None:
        return False
    level = ctx.principal.level(definition.permission(verb))
    if level in {Level.ALL, Level.NONE}:
        return level is Level.ALL
    if definition.declaration.row_scope != "auto":
        return False
    return not issubclass(model, OwnedRecord) or _owns(ctx, record, level)


def may_have_left(ctx: Context, model: type[Any], record: Any) -> bool:
    """Whether pending changes may have moved a record to where the row scope does not have it any more.

    To another parent, that is, or anywhere where plugins add to the scope. To give a record of one's own to somebody
    else is no such move.
    """
    if added_scope(ctx, model, model) is not None:
        return True
    scope = ctx.app.composition.entities[model].declaration.row_scope
    if scope == "auto":
        return False
    state: Any = sa.inspect(record)
    keys = scope if isinstance(scope, tuple) else (scope,)
    return any(state.attrs[key.key].history.has_changes() for key in keys)


def added_scope(ctx: Context, model: type[Any], entity: Any) -> Criterion:
    """What hooks of plugins add to the row scope, whatever the verb; None where they add nothing."""
    criterion: Criterion = None
    for implementation in ctx.app.hooks.of("kehu_row_scope"):
        criterion = narrowed(criterion, implementation.call({"ctx": ctx, "model": model, "entity": entity}))
    return criterion


def narrowed(criterion: Criterion, extra: Criterion) -> Criterion:
    """Both conditions; None stands for no condition."""
    if criterion is None or extra is None:
        return extra if criterion is None else criterion
    return sa.and_(criterion, extra)


def _granted(ctx: Context, definition: EntityDefinition, entity: Any, verb: str) -> Criterion:
    level = ctx.principal.level(definition.permission(verb))
    if level is Level.ALL:
        return None
    if level is Level.NONE:
        return sa.false()
    scope = definition.declaration.row_scope
    if scope != "auto":
        return _through_parents(ctx, scope if isinstance(scope, tuple) else (scope,), entity, level)
    return _by_owner(ctx, entity, level) if issubclass(definition.model, OwnedRecord) else None


def _by_owner(ctx: Context, entity: Any, level: Level) -> Criterion:
    mine: sa.ColumnElement[bool] = entity.owner_id == ctx.principal.id
    if level is Level.OWN:
        return mine
    teams = ctx.principal.teams if level is Level.TEAM else ctx.principal.subtree
    return sa.or_(mine, entity.team_id.in_(teams))


def _owns(ctx: Context, record: OwnedRecord, level: Level) -> bool:
    """What `_by_owner` says, of one record in Python."""
    if record.owner_id == ctx.principal.id:
        return True
    teams = ctx.principal.teams if level is Level.TEAM else ctx.principal.subtree
    return level is not Level.OWN and record.team_id in teams


def _through_parents(
    ctx: Context, keys: tuple[InstrumentedAttribute[Any], ...], entity: Any, level: Level
) -> Criterion:
    """Visible through any of the records that the keys point at, as far as these themselves are visible at `level`."""
    ways = []
    for key in keys:
        column = key.property.columns[0]
        parent = ctx.app.composition.models_by_table[next(iter(column.foreign_keys)).column.table.name]
        alias = sa.orm.aliased(parent)
        reach = (
            _by_owner(ctx, alias, level) if issubclass(parent, OwnedRecord) else row_scope(ctx, parent, alias)
        )
        visible = sa.select(alias.id) if reach is None else sa.select(alias.id).where(reach)
        ways.append(getattr(entity, key.key).in_(visible))
    return sa.or_(*ways)
