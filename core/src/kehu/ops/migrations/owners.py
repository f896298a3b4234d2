"""Whose table is it: what composition says, and for tables that nobody maps any more their name."""

from __future__ import annotations

from kehu.kernel.app import App


def owner_of(app: App, table: str) -> str | None:
    """The plugin whose table this is or, by its name, once was; None for a table that is none of ours."""
    owners = app.composition.table_owners
    if table in owners:
        return owners[table]
    by_length = sorted((plugin.name for plugin in app.composition.plugins), key=len, reverse=True)
    return next((name for name in by_length if table.startswith(f"{name}_")), None)
