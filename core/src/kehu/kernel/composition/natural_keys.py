"""By which columns a record is known outside of kehu: what upserts find it by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from kehu.kernel.composition.definitions import ColumnDefinition, EntityDefinition, NaturalKey

EXTERNAL_ID = "external_id"


def natural_keys(entity: EntityDefinition) -> dict[str, NaturalKey]:
    """The keys by their constants: each unique constraint over columns that `create` takes, and `external_id`.

    None for an entity that the API does not both create and update.
    """
    if not {"create", "update"} <= entity.operations:
        return {}
    by_column = {c.mapped.property.columns[0]: c for c in entity.columns.values()}
    keys = [[by_column.get(column) for column in columns] for columns in _unique(entity.model.__table__)]
    if EXTERNAL_ID in entity.columns:
        keys.append([entity.columns[EXTERNAL_ID]])
    found = (NaturalKey(_constant(given), given) for given in map(_given, keys) if given)
    return {key.constant: key for key in sorted(found, key=lambda key: key.constant)}


def _unique(table: sa.Table) -> Iterator[list[sa.Column[object]]]:
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            yield list(constraint.columns)
    for index in table.indexes:
        partial = any(name.endswith("_where") for name in index.dialect_kwargs)
        if index.unique and not partial and all(isinstance(each, sa.Column) for each in index.expressions):
            yield list(index.columns)


def _given(columns: Iterable[ColumnDefinition | None]) -> tuple[ColumnDefinition, ...]:
    """The columns, or none of them where one is not for the API to give."""
    known = list(columns)
    given = tuple(c for c in known if c is not None and c.options.expose and c.options.create)
    return given if len(given) == len(known) else ()


def _constant(columns: Iterable[ColumnDefinition]) -> str:
    return "_".join(column.attribute.upper() for column in columns)
