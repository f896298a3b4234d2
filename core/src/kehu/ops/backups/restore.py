"""Putting a backup back, and seeing that everything is there."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from kehu.kernel.app import App
from kehu.kernel.errors import SetupError
from kehu.ops.backups.archives import DATA, opened
from kehu.ops.backups.manifest import Manifest, described
from kehu.ops.backups.postgresql import find_tools
from kehu.ops.backups.sqlite import copy_in, database_file
from kehu.ops.migrations import check, plan, reached
from kehu.ops.migrations.histories import histories


async def tables_in_the_way(app: App) -> Sequence[str]:
    """The tables that the database has already; a restore drops them."""
    async with reached(app.direct_engine) as connection:
        return await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())


async def restore(app: App, file: Path) -> tuple[Manifest, list[str]]:
    """Replace all of the database by a backup; returns its manifest, and what is left to be done, in sentences.

    Raises SetupError for a file that is no backup, or one of another database or of a later version, with the
    database as it was; and when afterwards tables, rows or their form are not those of the backup.
    """
    with opened(file) as (manifest, archive):
        _check_fits(app, manifest)
        with tempfile.TemporaryDirectory(prefix="kehu-restore-") as folder:
            data = await asyncio.to_thread(_extracted, archive, manifest, Path(folder))
            await (_restored(app, data) if app.is_postgresql else _replaced(app, data))
    await _check_counts(app, manifest)
    return manifest, await _left_to_do(app)


def _check_fits(app: App, manifest: Manifest) -> None:
    backend = app.engine.dialect.name
    if manifest.backend != backend:
        raise SetupError(f"The backup is of a {manifest.backend} database, and this one is {backend}.")
    for history in histories(app):
        revision = manifest.revisions.get(history.plugin)
        if revision is not None and revision not in {script.revision for script in history.revisions()}:
            raise SetupError(
                f"The backup has revision {revision} of plugin {history.plugin!r}, which is not installed here: "
                "install the version that made it."
            )


def _extracted(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> Path:
    data = folder / "data"
    with archive.open(DATA[manifest.backend]) as source, data.open("wb") as target:
        shutil.copyfileobj(source, target)
    return data


async def _restored(app: App, data: Path) -> None:
    async with reached(app.direct_engine) as connection:
        tools = await find_tools(connection)
    await tools.restore(data)
    await app.engine.dispose()


async def _replaced(app: App, data: Path) -> None:
    await app.engine.dispose()
    await asyncio.to_thread(copy_in, data, database_file(app.engine))


async def _check_counts(app: App, manifest: Manifest) -> None:
    async with reached(app.direct_engine) as connection:
        found = await connection.run_sync(described, manifest.made_at)
    differing = sorted(
        name
        for name in {*found.counts, *manifest.counts}
        if found.counts.get(name) != manifest.counts.get(name)
    )
    if differing:
        name = differing[0]
        raise SetupError(
            f"After the restore {len(differing)} table(s) differ from the backup: {name} has "
            f"{found.counts.get(name)} rows instead of {manifest.counts.get(name)}. Did somebody write meanwhile?"
        )


async def _left_to_do(app: App) -> list[str]:
    if any(each.pending for each in await plan(app)):
        return ["The backup is of an earlier version: run `kehu db upgrade`."]
    problems = await check(app)
    if problems:
        raise SetupError(" ".join(problems))
    return []
