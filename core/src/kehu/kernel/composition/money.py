"""Money: where the currency of each amount stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from kehu.kernel.composition.definitions import CurrencyPath, EntityDefinition
from kehu.kernel.plugin import Origin


class _Nowhere(Exception):
    """A currency that no attribute has."""


def find_currencies(entities: Mapping[type[Any], EntityDefinition]) -> Iterator[str]:
    """Give every amount the path to its currency; what is wrong with those that name none."""
    for entity in entities.values():
        for name, origin, money in _amounts(entity):
            try:
                entity.currencies[name] = _path(entities, entity, money)
            except _Nowhere as missing:
                yield f"{entity.name}.{name} of {origin} names the currency {money!r}, but there is no {missing}"


def _amounts(entity: EntityDefinition) -> Iterator[tuple[str, Origin, str]]:
    """Columns and SQL fields that say by a path where their currency stands."""
    for column in entity.columns.values():
        if column.options.money is not None:
            yield column.attribute, entity.owner, column.options.money
    for field in entity.fields:
        if isinstance(field.money, str):
            yield field.name, field.origin, field.money


def _path(
    entities: Mapping[type[Any], EntityDefinition], entity: EntityDefinition, money: str
) -> CurrencyPath:
    *steps, last = money.split(".")
    keys: list[str] = []
    models: list[type[Any]] = []
    for step in steps:
        # A mixin leaves the reference open: `document`, and each class says which one it is.
        named = getattr(entity.model, step, None)
        key = f"{named if isinstance(named, str) else step}_id"
        column = entity.columns.get(key)
        if column is None or column.target is None:
            raise _Nowhere(f"reference {key} on {entity.name}")
        entity = entities[column.target]
        keys.append(key)
        models.append(column.target)
    if last not in entity.columns:
        raise _Nowhere(f"attribute {last} on {entity.name}")
    return CurrencyPath(tuple(keys), tuple(models), last)


def currency_on(path: CurrencyPath, entity: Any) -> sa.ColumnElement[Any]:
    """The currency as SQL, for an entity's class or an alias of it, whoever may see the records on the way.

    It serves for comparing currencies, and is not to be shown.
    """
    here, conditions, tables = entity, [], []
    for key, model in zip(path.keys, path.models, strict=True):
        there = _Row(model)
        conditions.append(there.id == getattr(here, key))
        tables.append(there.table)
        here = there
    value: sa.ColumnElement[Any] = getattr(here, path.attribute)
    if not tables:
        return value
    outside = [] if isinstance(entity, _Row) else [sa.inspect(entity).selectable]
    return sa.select(value).select_from(*tables).where(*conditions).correlate(*outside).scalar_subquery()


class _Row:
    """An alias of a table without what one may see of it, with columns by the attributes of the mapped class."""

    def __init__(self, model: type[Any]) -> None:
        self.table: Any = model.__table__.alias()
        self._names = {each.key: each.columns[0].name for each in sa.inspect(model).column_attrs}

    def __getattr__(self, attribute: str) -> Any:
        return self.table.c[self._names[attribute]]
