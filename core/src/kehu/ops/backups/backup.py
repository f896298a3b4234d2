"""Making a backup, while everything goes on."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import sqlalchemy as sa

from kehu.kernel.app import App
from kehu.ops.backups.archives import check_absent, write_archive
from kehu.ops.backups.manifest import Manifest, described
from kehu.ops.backups.postgresql import find_tools
from kehu.ops.backups.sqlite import copy_out, database_file
from kehu.ops.migrations import reached


async def backup(app: App, file: Path) -> Manifest:
    """Write all of the database, as it is at one moment, into a new file. Raises SetupError."""
    check_absent(file)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".kehu-backup-") as folder:
        data = Path(folder) / "data"
        manifest = await (_dumped(app, data) if app.is_postgresql else _copied(app, data))
        await asyncio.to_thread(write_archive, file, manifest, data)
    return manifest


async def _copied(app: App, data: Path) -> Manifest:
    made_at = app.clock().isoformat()
    await asyncio.to_thread(copy_out, database_file(app.engine), data)
    engine = sa.create_engine(f"sqlite:///{data}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        return await asyncio.to_thread(described, connection, made_at)


async def _dumped(app: App, data: Path) -> Manifest:
    """Rows are counted in the transaction whose snapshot pg_dump uses, so the counts are of the same moment."""
    async with reached(app.direct_engine) as connection:
        _ = await connection.execution_options(isolation_level="REPEATABLE READ")
        tools = await find_tools(connection)
        made_at = app.clock().isoformat()
        snapshot = await connection.scalar(sa.text("SELECT pg_export_snapshot()"))
        manifest = await connection.run_sync(described, made_at)
        await tools.dump(data, str(snapshot))
        return manifest
