"""Whose tables there are, and in which order they refer to one another."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.schema import sort_tables

from kehu.kernel.plugin import Plugin

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


def order_of(tables: OwnedTables, problems: list[str]) -> list[str]:
    """The names of all tables, each after those that it refers to.

    Appends a sentence to `problems` for a foreign key to a table that no plugin has.
    """
    known = {table.name for table, _ in tables}
    missing = [
        f"{key.parent.table.name}.{key.parent.name} refers to {key.target_fullname}"
        for table, _ in tables
        for key in table.foreign_keys
        if key.target_fullname.rpartition(".")[0] not in known
    ]
    problems.extend(f"a foreign key leads to a table that no enabled plugin has: {each}" for each in missing)
    by_name = sorted((table for table, _ in tables), key=lambda table: table.name)
    return [] if missing else [table.name for table in sort_tables(by_name)]


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
