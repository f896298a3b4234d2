"""How a database differs from what the composed plugins map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from kehu.kernel.app import App
from kehu.ops.migrations.owners import owner_of
from kehu.ops.migrations.relation_indexes import is_relation_index


def comparing_context(connection: sa.Connection, app: App, *plugins: str) -> MigrationContext:
    """An Alembic context that sees the tables of these plugins only, and no relation indexes."""

    def include(_: Any, name: str | None, kind: str, *_more: Any) -> bool:
        if kind == "table":
            return owner_of(app, str(name)) in plugins
        return not (kind == "index" and is_relation_index(name))

    options = {
        "include_object": include,
        "target_metadata": app.composition.metadata,
        "render_as_batch": connection.dialect.name == "sqlite",
    }
    return MigrationContext.configure(connection, opts=options)


def differences(connection: sa.Connection, app: App) -> list[tuple[str, str]]:
    """What differs between the database and the tables that the plugins map: whose table it is, and a sentence."""
    context = comparing_context(connection, app, *(plugin.name for plugin in app.composition.plugins))
    found = compare_metadata(context, app.composition.metadata)
    dialect = connection.dialect
    return [(str(owner_of(app, _table_of(change))), _sentence(change, dialect)) for change in _flat(found)]


def _flat(changes: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    """Alembic gives what concerns one column as a list within the list."""
    for change in changes:
        if isinstance(change, list):
            yield from change
        else:
            yield change


def _table_of(change: tuple[Any, ...]) -> str:
    kind, *what = change
    if kind.endswith("_table"):
        return str(what[0].name)
    if kind.endswith("_column") or kind.startswith("modify_"):
        return str(what[1])
    return str(what[0].table.name)


def _sentence(change: tuple[Any, ...], dialect: sa.Dialect) -> str:
    kind, *what = change
    table = _table_of(change)
    if kind.startswith("modify_"):
        before, after = (_described(value, dialect) for value in what[-2:])
        return f"Column {table}.{what[2]} differs: {_ASPECTS[kind]} is {before}, the code says {after}."
    verb, _, noun = kind.partition("_")
    verdict = "is missing" if verb == "add" else "is not in the code"
    if noun == "table":
        return f"Table {table} {verdict}."
    if noun == "column":
        return f"Column {table}.{what[-1].name} {verdict}."
    return f"The {_NOUNS.get(noun, noun)} {what[0].name} on {table} {verdict}."


def _described(value: Any, dialect: sa.Dialect) -> str:
    return str(value.compile(dialect=dialect) if isinstance(value, sa.types.TypeEngine) else value)


_NOUNS: Mapping[str, str] = {"fk": "foreign key", "table_comment": "comment of"}
_ASPECTS: Mapping[str, str] = {
    "modify_type": "its type",
    "modify_nullable": "whether it may be empty",
    "modify_default": "its default",
    "modify_comment": "its comment",
}
