"""Whether a server may start on a database: asked without Alembic, which takes longer to import than to answer."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from kehu.kernel.app import App
from kehu.kernel.errors import SetupError
from kehu.ops.migrations.connection import reached
from kehu.ops.migrations.folders import folder_of, version_table

_SAID = re.compile(r"^(revision|down_revision)\b[^=\n]*= *[\"'](\w+)[\"']", re.MULTILINE)


async def require_current(app: App) -> None:
    """Raise SetupError unless every revision has been run; a server asks this before it starts."""
    async with reached(app.direct_engine) as connection:
        if await connection.run_sync(_is_current, app):
            return
    from kehu.ops.migrations.plans import lacking  # noqa: PLC0415  # Alembic knows what is wrong

    sentences = await lacking(app)
    if sentences:
        raise SetupError(" ".join(sentences))


def _is_current(connection: sa.Connection, app: App) -> bool:
    """Whether the database is at the end of each history; False where only Alembic can tell."""
    tables = set(sa.inspect(connection).get_table_names())
    for plugin in app.composition.plugins:
        folder, table = folder_of(plugin), version_table(plugin.name)
        if folder is None:
            continue
        if (_reached(connection, table) if table in tables else set()) != _ends(folder):
            return False
    return True


def _reached(connection: sa.Connection, table: str) -> set[str]:
    versions = sa.table(table, sa.column("version_num", sa.String()))
    return set(connection.scalars(sa.select(versions.c.version_num)))


def _ends(folder: Path) -> set[str]:
    """The revisions in a folder that no other follows, as their files say."""
    said: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in folder.glob("[!_.]*.py"):
        for name, value in _SAID.findall(file.read_text(encoding="utf-8")):
            said[name].add(value)
    return said["revision"] - said["down_revision"]
