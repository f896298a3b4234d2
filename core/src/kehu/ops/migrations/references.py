"""What stands on a plugin's tables, and would fall with them."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from kehu.kernel.errors import SetupError


def check_nothing_refers_to(connection: sa.Connection, plugin: str, tables: Collection[str]) -> None:
    """Raise SetupError when other tables have foreign keys to one of these, which are all of the plugin's."""
    referring = sorted(
        table
        for (_, table), keys in sa.inspect(connection).get_multi_foreign_keys().items()
        if table not in tables and any(key["referred_table"] in tables for key in keys)
    )
    if referring:
        raise SetupError(
            f"Tables of other plugins refer to those of {plugin!r}: {', '.join(referring)}. "
            f"Take those plugins back first, or purge them."
        )
