"""At once: which new records can wait to be stored together with the trail of their transaction, as one bundle.

They can when nobody has asked the database anything yet. Until somebody does, the session knows them as stored, their
rows wait, and hooks are told as ever; who asks then finds them stored, because the rows that wait are stored first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, Session

from kehu.kernel.composition import EntityDefinition
from kehu.kernel.db.bundles import MOST_ROWS
from kehu.kernel.writing.changes import Change

if TYPE_CHECKING:
    from kehu.kernel.context import Context

_ENDS_OF_TIME = (1, 9999)

Row = tuple[sa.Table, dict[str, Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    """An entity whose new records are rows of one table, with nothing that the database or SQLAlchemy would add."""

    mapper: Mapper[Any]
    table: sa.Table
    columns: Sequence[tuple[str, str]]
    version: str | None
    first_version: Any

    @property
    def is_listened_to(self) -> bool:
        """Whether somebody has asked SQLAlchemy to be told of new records, who would not be told here."""
        told: Any = self.mapper.dispatch
        return bool(told.before_insert or told.after_insert)


def plain(entity: EntityDefinition) -> Plain | None:
    """What is known of an entity, None where it is not plain; ask for it with `entity.derived(plain)`."""
    mapper: Mapper[Any] = sa.inspect(entity.model)
    table = mapper.local_table
    attributes = mapper.column_attrs
    if (
        not isinstance(table, sa.Table)
        or mapper.tables != [table]
        or mapper.inherits is not None
        or len(mapper.attrs) != len(attributes)
        or not all(len(each.columns) == 1 and _is_plain(each.columns[0], table) for each in attributes)
    ):
        return None
    version, count = mapper.version_id_col, mapper.version_id_generator
    if version is not None and not callable(count):
        return None
    return Plain(
        mapper,
        table,
        [(each.key, each.columns[0].name) for each in attributes],
        None if version is None else mapper.get_property_by_column(version).key,
        count(None) if callable(count) else None,
    )


def fits(ctx: Context, changes: Sequence[Change[Any]]) -> bool:
    """Whether these changes, which before_write hooks are done with, are new records that can wait."""
    session = ctx.session.sync_session
    return (
        ctx.app.stores is not None
        and ctx.session.first_use is not None
        and len(changes) == len(session._new) <= MOST_ROWS
        and not session._deleted
        and not session.identity_map._modified
        and all(_fits(session, change) for change in changes)
    )


def wait(ctx: Context, changes: Sequence[Change[Any]]) -> list[Row]:
    """The rows of new records, parents first; from now on the session knows the records as it does after a flush."""
    rows = [_row(change) for change in changes]
    ctx.session.sync_session._register_persistent({sa.inspect(change.obj) for change in changes})
    if len(rows) == 1:
        return rows
    rank = {name: place for place, name in enumerate(ctx.app.composition.tables_in_order)}
    return sorted(rows, key=lambda row: rank.get(row[0].name, -1))


def _fits(session: Session, change: Change[Any]) -> bool:
    known = change.entity.derived(plain)
    if known is None or not change.creating or known.is_listened_to:
        return False
    state = sa.inspect(change.obj)
    if known.mapper.identity_key_from_instance(change.obj) in session.identity_map:
        return False
    return not any(_is_special(value) for value in state.dict.values())


def _is_special(value: Any) -> bool:
    """An expression of SQL, or a day at the end of time, which asyncpg takes for infinity."""
    return isinstance(value, sa.ClauseElement) or (isinstance(value, date) and value.year in _ENDS_OF_TIME)


def _row(change: Change[Any]) -> Row:
    known = cast(Plain, change.entity.derived(plain))
    values = sa.inspect(change.obj).dict
    if known.version is not None:
        values[known.version] = known.first_version
    return known.table, {column: values.get(attribute) for attribute, column in known.columns}


def _is_plain(column: Any, table: sa.Table) -> bool:
    return (
        isinstance(column, sa.Column)
        and column.table is table
        and column.server_default is None
        and column.computed is None
        and column.identity is None
        and (column.default is None or column.default.is_scalar or column.default.is_callable)
    )
