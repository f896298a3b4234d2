"""Removing what a plugin left behind whose code is gone or disabled; the ledger knows what that is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kehu.kernel.app import App
from kehu.kernel.errors import SetupError
from kehu.ops.migrations.connection import changing_schema, reached
from kehu.ops.migrations.folders import version_table
from kehu.ops.migrations.references import check_nothing_refers_to
from kehu.platform.identity.models import Grant
from kehu.platform.ledger.records import forget_plugin, recorded


@dataclasses.dataclass(frozen=True, slots=True)
class Remains:
    """What is left of a plugin: the rows of its tables, its permissions, and custom fields by table of others."""

    plugin: str
    rows: Mapping[str, int]
    permissions: Sequence[str]
    custom_fields: Mapping[str, Sequence[str]]


async def remains_of(app: App, plugin: str) -> Remains:
    """What a plugin that is not enabled left in the database.

    Raises SetupError for one that is enabled, and for one that the ledger does not know.
    """
    async with reached(app.direct_engine) as connection:
        return await connection.run_sync(_remains_of, app, plugin)


async def purge(app: App, plugin: str) -> None:
    """Drop what a plugin that is not enabled left: tables, grants of its permissions, custom fields, its history.

    Raises SetupError like `remains_of`, and when tables of other plugins refer to those that would go.
    """
    async with changing_schema(app) as connection:
        await connection.run_sync(_purge, app, plugin)


def _remains_of(connection: sa.Connection, app: App, plugin: str) -> Remains:
    if any(enabled.name == plugin for enabled in app.composition.plugins):
        raise SetupError(
            f"Plugin {plugin!r} is enabled: leave it out of KEHU_PLUGINS first, "
            f"or take it back with `kehu db downgrade {plugin}`."
        )
    ledger = {row.plugin: row for row in recorded(connection)}
    row = ledger.get(plugin)
    if row is None:
        known = ", ".join(name for name in ledger if not _is_enabled(app, name)) or "no plugin"
        raise SetupError(
            f"The database has nothing of plugin {plugin!r}; left behind is something of: {known}."
        )
    existing = set(sa.inspect(connection).get_table_names())
    counts = {name: _count(connection, name) for name in row.tables if name in existing}
    return Remains(plugin, counts, row.permissions, row.custom_fields)


def _purge(connection: sa.Connection, app: App, plugin: str) -> None:
    remains = _remains_of(connection, app, plugin)
    check_nothing_refers_to(connection, plugin, remains.rows)
    found = sa.MetaData()
    found.reflect(connection, only=list(remains.rows))
    found.drop_all(connection, tables=[found.tables[name] for name in remains.rows])
    connection.execute(sa.delete(Grant).where(Grant.permission.in_(remains.permissions)))
    for table, keys in remains.custom_fields.items():
        for key in keys:
            _remove_custom_field(connection, table, key)
    connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{version_table(plugin)}"')
    forget_plugin(connection, plugin)


def _remove_custom_field(connection: sa.Connection, table: str, key: str) -> None:
    """Take one key out of the JSON column `custom` of all rows, without hooks: who declared it is gone."""
    if not sa.inspect(connection).has_table(table):
        return
    records = sa.table(table, sa.column("custom"))
    without: sa.ColumnElement[Any]
    if connection.dialect.name == "postgresql":
        without = records.c.custom.op("-")(sa.cast(key, sa.Text))
        has_key = records.c.custom.op("?")(sa.cast(key, sa.Text))
    else:
        path = f'$."{key}"'
        without = sa.func.json_remove(records.c.custom, path)
        has_key = sa.func.json_type(records.c.custom, path).is_not(None)
    connection.execute(records.update().where(has_key).values(custom=without))


def _count(connection: sa.Connection, table: str) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0


def _is_enabled(app: App, plugin: str) -> bool:
    return any(enabled.name == plugin for enabled in app.composition.plugins)
