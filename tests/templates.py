"""Databases with the tables of a plugin set: made once in a test run, and copied for each test that wants one."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import kehu
from tests.lending import Lending


@functools.cache
def composed(*plugins: str | kehu.Plugin) -> kehu.Composition:
    """Plugins, or names of installed ones, composed once; those that a test declares itself are not for this."""
    names = [plugin for plugin in plugins if isinstance(plugin, str)]
    others = [plugin for plugin in plugins if isinstance(plugin, kehu.Plugin)]
    return kehu.compose([*(kehu.installed(names) if names else []), *others])


class Templates:
    """What is copied: a file for SQLite in `folder`, a database for PostgreSQL."""

    def __init__(self, folder: Path, lending: Callable[[], Lending]) -> None:
        self._folder, self._lending = folder, lending
        self._made: dict[tuple[str, Hashable], str] = {}

    async def open(self, url: str, *plugins: str | kehu.Plugin, **options: Any) -> kehu.App:
        """An App of what `composed` makes, on the database at `url`, which gets the tables."""
        composition = composed(*plugins)
        await self.fill(url, composition)
        return kehu.App(composition, url, **options)

    async def fill(self, url: str, composition: kehu.Composition) -> None:
        """Give the database at `url` the tables of a composition, and nothing else."""
        where = sa.make_url(url)
        template = await self._template(where.get_backend_name(), composition)
        if where.get_backend_name() == "sqlite":
            shutil.copy(str(sa.make_url(template).database), str(where.database))
        else:
            self._lending().fill(url, template)

    async def _template(self, kind: str, composition: kehu.Composition) -> str:
        key = kind, tables_of(composition)
        if key not in self._made:
            file = self._folder / f"{len(self._made)}.db"
            url = f"sqlite:///{file}" if kind == "sqlite" else self._lending().template()
            app = kehu.App(composition, url)
            async with app.engine.begin() as connection:
                await connection.run_sync(composition.metadata.create_all)
            await app.close()
            self._made[key] = url
        return self._made[key]


def tables_of(composition: kehu.Composition) -> Hashable:
    """What tells the tables of one composition from those of another."""
    tables = composition.metadata.tables.values()
    return frozenset(
        (table.name, tuple(table.columns.keys()), frozenset(index.name for index in table.indexes))
        for table in tables
    )
