"""The indexes behind relations, which follow from the plugin set and not from the history of one plugin.

Composition adds `ix_<table>_<foreign key>_in_order` for each relation, and which relations there are depends on which
plugins meet. So no revision carries them: each upgrade drops those that nobody declares any more, before the revisions
run, and makes the missing ones afterwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import sqlalchemy as sa

from kehu.kernel.app import App
from kehu.ops.migrations.owners import owner_of

SUFFIX = "_in_order"


def is_relation_index(name: str | None) -> bool:
    """Whether an index of this name is one of ours."""
    return name is not None and name.endswith(SUFFIX)


def declared(app: App) -> dict[str, sa.Index]:
    """The relation indexes of this plugin set by name."""
    indexes = (index for table in app.composition.metadata.tables.values() for index in table.indexes)
    return {str(index.name): index for index in indexes if is_relation_index(str(index.name))}


def missing(connection: sa.Connection, app: App) -> list[sa.Index]:
    """The indexes that the database lacks, of tables that it has."""
    tables = set(sa.inspect(connection).get_table_names())
    lacking = declared(app).keys() - dict(_there(connection, app))
    return [index for name, index in declared(app).items() if name in lacking and str(index.table) in tables]


def drop_outdated(connection: sa.Connection, app: App) -> None:
    """Drop those that are declared no more, or over other columns."""
    wanted = {name: [column.name for column in index.columns] for name, index in declared(app).items()}
    _drop(connection, [name for name, columns in _there(connection, app) if wanted.get(name) != columns])


def drop_of(connection: sa.Connection, app: App, plugin: str) -> None:
    """Drop all of one plugin's tables; the next upgrade makes those that are wanted."""
    _drop(connection, [name for name, _ in _there(connection, app, plugin)])


def create_missing(connection: sa.Connection, app: App) -> None:
    """Make what is lacking."""
    for index in missing(connection, app):
        index.create(connection)


def _there(connection: sa.Connection, app: App, *plugins: str) -> Iterator[tuple[str, list[str | None]]]:
    """Name and columns of the relation indexes on tables of these plugins (of all, when none is named)."""
    inspector = sa.inspect(connection)
    wanted = set(plugins or (plugin.name for plugin in app.composition.plugins))
    tables = [table for table in inspector.get_table_names() if owner_of(app, table) in wanted]
    found = inspector.get_multi_indexes(filter_names=tables) if tables else {}
    for index in itertools.chain.from_iterable(found.values()):
        if is_relation_index(index["name"]):
            yield str(index["name"]), index["column_names"]


def _drop(connection: sa.Connection, names: list[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for name in names:
        connection.exec_driver_sql(f"DROP INDEX {quote(name)}")
