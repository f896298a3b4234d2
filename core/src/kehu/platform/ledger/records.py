"""Keeping the ledger: each upgrade writes down what every plugin has in the database."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kehu.kernel.app import App
from kehu.kernel.plugin import Plugin
from kehu.kernel.plugin.discovery import GROUP
from kehu.platform.ledger.models import LEDGER


def has_ledger(connection: sa.Connection) -> bool:
    """Whether core has been migrated, so that there is a ledger to read or write."""
    return sa.inspect(connection).has_table(LEDGER.name)


def record_plugins(connection: sa.Connection, app: App) -> None:
    """Write down what the App's plugins have in the database now."""
    if not has_ledger(connection):
        return
    rows = [_row(app, plugin) for plugin in app.composition.plugins]
    names = [row["plugin"] for row in rows]
    connection.execute(LEDGER.delete().where(LEDGER.c.plugin.in_(names)))
    connection.execute(LEDGER.insert(), rows)


def forget_plugin(connection: sa.Connection, plugin: str) -> None:
    """Strike a plugin from the ledger, because nothing of it is left."""
    if has_ledger(connection):
        connection.execute(LEDGER.delete().where(LEDGER.c.plugin == plugin))


def recorded(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
    """The rows of the ledger by plugin; none before core was migrated."""
    if not has_ledger(connection):
        return []
    return connection.execute(sa.select(LEDGER).order_by(LEDGER.c.plugin)).all()


def distribution_of(plugin: str) -> str | None:
    """The name of the installed distribution that offers the plugin with this id."""
    entries = importlib.metadata.entry_points(group=GROUP, name=plugin)
    return next((entry.dist.name for entry in entries if entry.dist is not None), None)


def _row(app: App, plugin: Plugin) -> dict[str, Any]:
    tables = sorted(name for name, owner in app.composition.table_owners.items() if owner == plugin.name)
    return {
        "plugin": plugin.name,
        "version": plugin.version,
        "distribution": plugin.local_file or distribution_of(plugin.name),
        "tables": tables,
        "permissions": sorted(
            name for name in app.composition.permissions if name.startswith(f"{plugin.name}.")
        ),
        "settings_keys": _settings_keys(plugin),
        "custom_fields": _custom_fields(plugin),
        "migrated_at": app.clock(),
    }


def _settings_keys(plugin: Plugin) -> list[str]:
    fields = (name for declared in plugin.settings_classes for name in declared.settings.model_fields)
    return sorted(f"{plugin.name}.{field}" for field in fields)


def _custom_fields(plugin: Plugin) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for field in plugin.custom_fields:
        keys.setdefault(field.model.__table__.name, []).append(field.key)
    return {table: sorted(found) for table, found in sorted(keys.items())}
