"""Whose tables there are, as one MetaData of copies, so that nothing global is altered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kehu.composition.definitions import EntityDefinition
from kehu.model import NAMING
from kehu.plugin import Plugin

LONGEST_NAME = 63  # bytes, in PostgreSQL
OwnedTables = Sequence[tuple[sa.Table, str]]


def tables_of(plugins: Sequence[Plugin], problems: list[str]) -> list[tuple[sa.Table, str]]:
    """Every table with the id of its plugin: those on the MetaData of its resources, and those declared."""
    owners: dict[sa.Table, str] = {}
    metadata_owner: dict[int, Plugin] = {}
    for plugin in plugins:
        for resource in plugin.resources:
            metadata: sa.MetaData = resource.model.metadata
            first = metadata_owner.setdefault(id(metadata), plugin)
            if first.name != plugin.name:
                problems.append(
                    f"{resource.model.__qualname__} of {resource.origin} is mapped on the Base of "
                    f"plugin {first.name!r}; "
                    f"declare `class Base(kehu.Model, DeclarativeBase): ...` in your plugin"
                )
                continue
            for table in metadata.tables.values():
                owners.setdefault(table, plugin.name)
        for table in plugin.tables:
            owners.setdefault(table, plugin.name)
        if plugin.local_file and any(owner == plugin.name for owner in owners.values()):
            problems.append(
                f"plugin {plugin.name!r} ({plugin.where}) is a single file, which cannot define tables; "
                "make it a distribution with migrations, or use custom fields"
            )
    _check_names(list(owners.items()), problems)
    return list(owners.items())


def union_metadata(
    tables: OwnedTables, entities: Sequence[EntityDefinition], problems: list[str]
) -> sa.MetaData:
    """Copies of all tables in one MetaData, with the indexes that relations need."""
    union = sa.MetaData(naming_convention=NAMING)
    for table, _ in tables:
        table.to_metadata(union)
    try:
        _ = union.sorted_tables
    except sa.exc.NoReferencedTableError as error:
        problems.append(f"a foreign key leads to a table that no enabled plugin has: {error}")
        return union
    for entity in entities:
        for relation in entity.relations:
            _add_relation_index(union, relation.foreign_key, entities)
    return union


def _check_names(tables: OwnedTables, problems: list[str]) -> None:
    first: dict[str, str] = {}
    for table, owner in tables:
        if first.setdefault(table.name, owner) != owner:
            problems.append(
                f"table {table.name!r} is defined by plugin {first[table.name]!r} and by plugin {owner!r}"
            )
        elif not table.name.startswith(f"{owner}_"):
            problems.append(
                f"table {table.name!r} of plugin {owner!r} must be named {owner}_..., so that no two plugins can meet"
            )


def _add_relation_index(union: sa.MetaData, foreign_key: Any, entities: Sequence[EntityDefinition]) -> None:
    """`Index(fk, *default_order, id)`: the first rows of a parent are read from it without sorting."""
    child = next(entity for entity in entities if entity.model is foreign_key.class_)
    table = union.tables[child.model.__table__.name]
    order = [getattr(term, "element", term) for term in child.declaration.default_order]
    columns = [foreign_key.key, *(term.key for term in order), "id"]
    name = _index_name(f"ix_{table.name}_{foreign_key.key}")
    if name not in {index.name for index in table.indexes}:
        sa.Index(name, *(table.c[column] for column in dict.fromkeys(columns)))


def _index_name(of: str) -> str:
    """The name of a relation's index, which migrations know by its end; a digest stands for what is too long."""
    name = f"{of}_in_order"
    if len(name) <= LONGEST_NAME:
        return name
    end = f"_{hashlib.sha256(of.encode()).hexdigest()[:8]}_in_order"
    return of[: LONGEST_NAME - len(end)] + end
