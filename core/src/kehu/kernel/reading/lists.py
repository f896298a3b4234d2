"""Lists as columns: the pages of `reading/pages.py` without loading records, as statements that are made once."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kehu.kernel.reading.filters import Clauses
from kehu.kernel.reading.ordering import Keys, beyond_values, order_by

if TYPE_CHECKING:
    from kehu.kernel.context import Context

SIZE = "size"
PARENTS = "parents"


class Selection(Protocol):
    """What is read of each record."""

    def columns(self, entity: Any) -> tuple[Sequence[Any], Sequence[tuple[Any, Any]]]:
        """The columns for the class or an alias of it, and what to join for them: alias and condition."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class ListForm:
    """Arguments of a list with slots in the place of values: `filter`, and where `after` and `before` begin."""

    model: type[Any]
    keys: Keys
    filter: Any
    after: Sequence[Any] | None
    before: Sequence[Any] | None
    backwards: bool


def listed(ctx: Context, form: ListForm, selection: Selection, size: Any = None) -> sa.Select[Any]:
    """One page of all records: as many as `size` says, or as the parameter `size`."""
    return _top(ctx, form, selection, form.model, _size() if size is None else size)


def counted(ctx: Context, form: ListForm) -> sa.Select[Any]:
    """How many records there are in the whole list."""
    conditions = ctx.app.filters.listed(ctx, form.model, form.filter)
    return sa.select(sa.func.count()).select_from(form.model).where(*conditions)


def listed_within(
    ctx: Context, foreign_key: Any, parent: Any, form: ListForm, selection: Selection, size: Any
) -> sa.Select[Any]:
    """One page for the `parent` of a statement around it: as many as `size` says."""
    record = aliased(form.model)
    belongs = getattr(record, foreign_key.key) == parent.id
    return _top(ctx, form, selection, record, size).where(belongs).correlate(parent)


def counted_within(ctx: Context, foreign_key: Any, parent: Any, form: ListForm) -> sa.Select[Any]:
    """How many records the whole list of the `parent` of a statement around it has."""
    record = aliased(form.model)
    conditions = ctx.app.filters.listed(ctx, form.model, form.filter, record)
    belongs = getattr(record, foreign_key.key) == parent.id
    counting = sa.select(sa.func.count()).select_from(record)
    return counting.where(belongs, *conditions).correlate(parent)


def found(model: type[Any], selection: Selection) -> sa.Select[Any]:
    """The record whose key is the parameter `key`."""
    return _select(selection, model).where(model.id == sa.bindparam("key", None, type_=model.id.type))


def found_among(ctx: Context, model: type[Any], selection: Selection) -> sa.Select[Any]:
    """The records whose keys are the parameter `parents`, in no order; the first column is the key."""
    parent = _parents(is_postgresql=ctx.app.is_postgresql)
    key = parent.c.id if ctx.app.is_postgresql else sa.type_coerce(parent.c.value, model.id.type)
    return _select(selection, model, model.id.label("parent")).where(model.id.in_(sa.select(key)))


def listed_of_parents(ctx: Context, foreign_key: Any, form: ListForm, selection: Selection) -> sa.Select[Any]:
    """One page for each of the parameter `parents`, in order within each; the first column is the parent's key."""
    conditions = [*ctx.app.filters.listed(ctx, form.model, form.filter), *_bounds(form, form.model)]
    build = _with_lateral if ctx.app.is_postgresql else _with_json_each
    statement: sa.Select[Any] = build(foreign_key, form, selection, conditions)
    return statement


def counted_of_parents(ctx: Context, foreign_key: Any, form: ListForm) -> sa.Select[Any]:
    """How many records the whole list of each of the parameter `parents` has: the parent's key, and the number."""
    parent = _parents(is_postgresql=ctx.app.is_postgresql)
    key = parent.c.id if ctx.app.is_postgresql else sa.type_coerce(parent.c.value, foreign_key.type)
    conditions = ctx.app.filters.listed(ctx, form.model, form.filter)
    return (
        sa.select(foreign_key, sa.func.count())
        .where(foreign_key.in_(sa.select(key)), *conditions)
        .group_by(foreign_key)
    )


def parents_value(keys: Sequence[Any], *, is_postgresql: bool) -> Any:
    """The parameter `parents` for keys as the driver gives them."""
    return keys if is_postgresql else json.dumps(keys)


def _select(selection: Selection, entity: Any, *first: Any) -> sa.Select[Any]:
    columns, joined = selection.columns(entity)
    labelled = [column.label(f"c{i}") for i, column in enumerate(columns)]
    statement = sa.select(*first, *labelled).select_from(entity)
    for alias, condition in joined:
        statement = statement.outerjoin(alias, condition)
    return statement


def _top(ctx: Context, form: ListForm, selection: Selection, entity: Any, size: Any) -> sa.Select[Any]:
    conditions = ctx.app.filters.listed(ctx, form.model, form.filter, entity)
    order = order_by(form.keys, entity, backwards=form.backwards)
    found = _select(selection, entity).where(*conditions, *_bounds(form, entity))
    return found.order_by(*order).limit(size)


def _bounds(form: ListForm, entity: Any) -> Clauses:
    bounds = []
    if form.after is not None:
        bounds.append(beyond_values(form.keys, entity, form.after))
    if form.before is not None:
        bounds.append(beyond_values(form.keys, entity, form.before, backwards=True))
    return bounds


def _size() -> sa.BindParameter[int]:
    return sa.bindparam(SIZE, None, type_=sa.Integer())


def _parents(*, is_postgresql: bool) -> Any:
    if is_postgresql:
        keys = sa.ARRAY(sa.Uuid())
        ids = sa.cast(sa.bindparam(PARENTS, None, type_=keys), keys)
        unnested = sa.func.unnest(ids).table_valued(sa.column("id", sa.Uuid()), joins_implicitly=True)
        return unnested.render_derived(name="parent")
    ids_as_json: Any = sa.bindparam(PARENTS, None, type_=sa.String())
    return sa.func.json_each(ids_as_json).table_valued("value", name="parent")


def _with_lateral(foreign_key: Any, form: ListForm, selection: Selection, conditions: Clauses) -> Any:
    """PostgreSQL: the index (fk, order...) is probed once per parent."""
    parent = _parents(is_postgresql=True)
    keys = [key.attribute.on(form.model).label(f"k{i}") for i, key in enumerate(form.keys)]
    inner = _select(selection, form.model, foreign_key.label("parent"), *keys)
    top = (
        inner.where(foreign_key == parent.c.id, *conditions)
        .order_by(*order_by(form.keys, form.model, backwards=form.backwards))
        .limit(_size())
        .lateral("top")
    )
    shown = [column for column in top.c if not column.name.startswith("k")]
    return sa.select(*shown).select_from(parent).join(top, sa.true()).order_by(*_outer_order(top, form))


def _outer_order(top: Any, form: ListForm) -> list[Any]:
    """The order of the inner statement again, since a join promises none."""
    terms: list[Any] = []
    for i, key in enumerate(form.keys):
        value = top.c[f"k{i}"]
        turned = value.desc() if key.descending != form.backwards else value.asc()
        terms.append(turned.nulls_first() if form.backwards else turned.nulls_last())
    return terms


def _with_json_each(foreign_key: Any, form: ListForm, selection: Selection, conditions: Clauses) -> Any:
    """SQLite: a correlated IN with a LIMIT uses the index (fk, order...) once per parent."""
    model, parent = form.model, _parents(is_postgresql=False)
    top = (
        sa.select(model.id)
        .where(foreign_key == sa.type_coerce(parent.c.value, foreign_key.type), *conditions)
        .order_by(*order_by(form.keys, model, backwards=form.backwards))
        .limit(_size())
        .correlate(parent)
    )
    record = aliased(model)
    columns, joined = selection.columns(record)
    labelled = [column.label(f"c{i}") for i, column in enumerate(columns)]
    statement = (
        sa.select(getattr(record, foreign_key.key).label("parent"), *labelled)
        .select_from(parent)
        .join(record, record.id.in_(top))
    )
    for alias, condition in joined:
        statement = statement.outerjoin(alias, condition)
    return statement.order_by(*order_by(form.keys, record, backwards=form.backwards))
