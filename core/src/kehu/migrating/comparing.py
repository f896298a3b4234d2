"""How a database differs from what the composed plugins map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from kehu.app import App
from kehu.migrating.relation_indexes import is_relation_index


def comparing_context(connection: sa.Connection, app: App, plugin: str) -> MigrationContext:
    """An Alembic context that sees the tables of one plugin only, and no relation indexes."""
    owners = app.composition.table_owners

    def is_of_plugin(table: str) -> bool:
        return owners[table] == plugin if table in owners else table.startswith(f"{plugin}_")

    def include(_: Any, name: str | None, kind: str, *_more: Any) -> bool:
        if kind == "table":
            return is_of_plugin(str(name))
        return not (kind == "index" and is_relation_index(name))

    options = {
        "include_object": include,
        "target_metadata": app.composition.metadata,
        "render_as_batch": connection.dialect.name == "sqlite",
    }
    return MigrationContext.configure(connection, opts=options)


def differences(connection: sa.Connection, app: App, plugin: str) -> list[str]:
    """A sentence for each difference between the database and the tables that a plugin maps."""
    context = comparing_context(connection, app, plugin)
    found = compare_metadata(context, app.composition.metadata)
    return [_sentence(change) for change in _flat(found)]


def _flat(changes: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    """Alembic gives what concerns one column as a list within the list."""
    for change in changes:
        if isinstance(change, list):
            yield from change
        else:
            yield change


def _sentence(change: tuple[Any, ...]) -> str:
    kind, *what = change
    if kind.endswith("_table"):
        return _TABLES[kind].format(what[0].name)
    if kind.endswith("_column"):
        return _COLUMNS[kind].format(what[1], what[2].name)
    if kind.startswith("modify_"):
        subject = f"Column {what[1]}.{what[2]} differs: {_WORDS.get(kind, kind)}"
        return f"{subject} is {what[4]!r}, the code says {what[5]!r}."
    verb, _, noun = kind.partition("_")
    element = what[0]
    noun = _WORDS.get(noun, noun)
    name = f"{noun} {element.name} on {element.table.name}"
    return f"The {name} is missing." if verb == "add" else f"The {name} is not in the code."


_TABLES: Mapping[str, str] = {
    "add_table": "Table {} is missing.",
    "remove_table": "Table {} is not in the code.",
    "add_table_comment": "The comment of table {} is missing.",
    "remove_table_comment": "The comment of table {} is not in the code.",
}
_COLUMNS: Mapping[str, str] = {
    "add_column": "Column {}.{} is missing.",
    "remove_column": "Column {}.{} is not in the code.",
}
_WORDS: Mapping[str, str] = {
    "fk": "foreign key",
    "modify_type": "its type",
    "modify_nullable": "that it may be empty",
    "modify_default": "its default",
}
