"""Pages of lists: of all records, and of the first records of many parents in one statement."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import aliased

from kehu.kernel.errors import BadInput
from kehu.kernel.reading.bounds import TooMuch
from kehu.kernel.reading.filters import Clauses
from kehu.kernel.reading.ordering import Keys, beyond, cursor, keys_of, order_by

if TYPE_CHECKING:
    from kehu.kernel.context import Context

DEFAULT_SIZE = 20
LARGEST_SIZE = 200
_SQLITE = sqlite.dialect()

# Rows, whether more come after them, and before them.
Window = tuple[Sequence[Any], bool, bool]


@dataclasses.dataclass(frozen=True, slots=True)
class ListArguments:
    """The arguments of a connection field. `first` and `last` are 0 to 200."""

    filter: Mapping[str, Any] | None = None
    order_by: Sequence[Mapping[str, Any]] | None = None
    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def backwards(self) -> bool:
        """The page is read from its end."""
        return self.last is not None

    @property
    def size(self) -> int:
        """How many records at most. Raises BadInput outside of 0..200, or when first and last are both given."""
        if self.first is not None and self.last is not None:
            raise BadInput("Use either first or last, not both.", field="first")
        asked = self.last if self.backwards else self.first
        size = DEFAULT_SIZE if asked is None else asked
        if not 0 <= size <= LARGEST_SIZE:
            field = "last" if self.backwards else "first"
            raise TooMuch("first and last must be between 0 and {limit}.", LARGEST_SIZE, field=field)
        return size


def window(rows: Sequence[Any], arguments: ListArguments) -> Window:
    """The rows of a page, in order, of those that were read for it; whether more come after it, and before it."""
    return windows([rows], arguments)[0]


def windows(lists: Iterable[Sequence[Any]], arguments: ListArguments) -> list[Window]:
    """The same for each of many lists."""
    size = arguments.size
    before, after = arguments.before is not None, arguments.after is not None
    if arguments.backwards:
        return [(rows[:size][::-1], before, len(rows) > size) for rows in lists]
    return [(rows[:size], True, after) if len(rows) > size else (rows, False, after) for rows in lists]


class Page:
    """One page of records, in order. `count` counts the whole list, when it is called."""

    __slots__ = ("_keys", "_rows", "count", "has_next", "has_previous")

    def __init__(
        self, rows: Sequence[Any], keys: Keys, arguments: ListArguments, count: Callable[[], Awaitable[int]]
    ) -> None:
        self._keys, self.count = keys, count
        self._rows, self.has_next, self.has_previous = window(rows, arguments)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def records(self) -> list[Any]:
        """The records themselves."""
        return [row[0] for row in self._rows]

    def cursor(self, index: int) -> str:
        """The cursor of the record at this index."""
        row = self._rows[index]
        selected = iter(row[1:])
        values = [
            next(selected) if key.selected else getattr(row[0], key.attribute.attribute or "")
            for key in self._keys
        ]
        return cursor(self._keys, values)


async def page(ctx: Context, model: type[Any], arguments: ListArguments, extra: Sequence[Any] = ()) -> Page:
    """One page of all records that the principal may see; `extra` are conditions on the class itself."""
    keys = keys_of(ctx, ctx.app.catalogue, model, arguments.order_by)
    listed = [*ctx.app.filters.listed(ctx, model, arguments.filter), *extra]
    statement = (
        sa.select(model, *_selected(keys, model))
        .where(*listed, *_bounds(keys, model, arguments))
        .order_by(*order_by(keys, model, backwards=arguments.backwards))
        .limit(arguments.size + 1)
    )
    rows = (await ctx.session.execute(statement)).all()

    async def count() -> int:
        return await ctx.session.scalar(sa.select(sa.func.count()).select_from(model).where(*listed)) or 0

    return Page(rows, keys, arguments, count)


async def pages_of_parents(
    ctx: Context, foreign_key: Any, parents: Sequence[uuid.UUID], arguments: ListArguments
) -> list[Page]:
    """The page of each parent, in the order of `parents`: one statement, which reads only what it returns."""
    model = foreign_key.class_
    keys = keys_of(ctx, ctx.app.catalogue, model, arguments.order_by)
    listed = ctx.app.filters.listed(ctx, model, arguments.filter)
    conditions = [*listed, *_bounds(keys, model, arguments)]
    build = _with_lateral if ctx.app.is_postgresql else _with_json_each
    statement = build(foreign_key, parents, keys, conditions, arguments)
    found: dict[uuid.UUID, list[Any]] = {parent: [] for parent in parents}
    for row in (await ctx.session.execute(statement)).all():
        found[getattr(row[0], foreign_key.key)].append(row)
    counter = _counter(ctx, foreign_key, listed, arguments)
    return [Page(found[parent], keys, arguments, counter(parent)) for parent in parents]


def _counter(
    ctx: Context, foreign_key: Any, listed: Clauses, arguments: ListArguments
) -> Callable[[uuid.UUID], Callable[[], Awaitable[int]]]:
    """Counts for all parents together, the first time that one of them is asked for."""

    async def fetch(parents: Sequence[uuid.UUID]) -> Sequence[int]:
        statement = (
            sa.select(foreign_key, sa.func.count())
            .where(foreign_key.in_(parents), *listed)
            .group_by(foreign_key)
        )
        counts = {row[0]: row[1] for row in await ctx.session.execute(statement)}
        return [counts.get(parent, 0) for parent in parents]

    name = ("count", foreign_key.class_, foreign_key.key, repr(arguments.filter))

    def of(parent: uuid.UUID) -> Callable[[], Awaitable[int]]:
        async def count() -> int:
            return await ctx.loader(name, fetch).load(parent)

        return count

    return of


def _bounds(keys: Keys, entity: Any, arguments: ListArguments) -> Clauses:
    bounds = []
    if arguments.after is not None:
        bounds.append(beyond(keys, entity, arguments.after))
    if arguments.before is not None:
        bounds.append(beyond(keys, entity, arguments.before, backwards=True))
    return bounds


def _selected(keys: Keys, entity: Any) -> list[Any]:
    return [key.attribute.on(entity).label(f"key_{i}") for i, key in enumerate(keys) if key.selected]


def _with_lateral(
    foreign_key: Any, parents: Sequence[uuid.UUID], keys: Keys, conditions: Clauses, arguments: ListArguments
) -> Any:
    """PostgreSQL: the index (fk, order...) is probed once per parent."""
    model = foreign_key.class_
    ids = sa.cast(sa.literal(list(parents), sa.ARRAY(sa.Uuid())), sa.ARRAY(sa.Uuid()))
    parent = (
        sa.func.unnest(ids)
        .table_valued(sa.column("id", sa.Uuid()), joins_implicitly=True)
        .render_derived(name="parent")
    )
    top = (
        sa.select(model, *_selected(keys, model))
        .where(foreign_key == parent.c.id, *conditions)
        .order_by(*order_by(keys, model, backwards=arguments.backwards))
        .limit(arguments.size + 1)
        .lateral("top")
    )
    record = aliased(model, top)
    extra = [top.c[f"key_{i}"] for i, key in enumerate(keys) if key.selected]
    return (
        sa.select(record, *extra)
        .select_from(parent)
        .join(top, sa.true())
        .order_by(*_outer_order(record, top, keys, arguments))
    )


def _outer_order(record: Any, top: Any, keys: Keys, arguments: ListArguments) -> list[Any]:
    """The order of the inner statement again, since a join promises none."""
    terms: list[Any] = []
    for i, key in enumerate(keys):
        value = top.c[f"key_{i}"] if key.selected else getattr(record, key.attribute.attribute or "")
        terms.append(
            (value.desc() if key.descending != arguments.backwards else value.asc()).nulls_first()
            if arguments.backwards
            else (value.desc() if key.descending else value.asc()).nulls_last()
        )
    return terms


def _with_json_each(
    foreign_key: Any, parents: Sequence[uuid.UUID], keys: Keys, conditions: Clauses, arguments: ListArguments
) -> Any:
    """SQLite has no LATERAL; a correlated IN with a LIMIT uses the index (fk, order...) once per parent.

    A window function would read every child of every parent.
    """
    model = foreign_key.class_
    bind = foreign_key.type.bind_processor(_SQLITE)
    ids = json.dumps([bind(parent) if bind else parent for parent in parents])
    parent = sa.func.json_each(ids).table_valued("value", name="parent")
    top = (
        sa.select(model.id)
        .where(foreign_key == sa.type_coerce(parent.c.value, foreign_key.type), *conditions)
        .order_by(*order_by(keys, model, backwards=arguments.backwards))
        .limit(arguments.size + 1)
        .correlate(parent)
    )
    record = aliased(model)
    outer = order_by(keys, record, backwards=arguments.backwards)
    return (
        sa.select(record, *_selected(keys, record))
        .select_from(parent)
        .join(record, record.id.in_(top))
        .order_by(*outer)
    )
