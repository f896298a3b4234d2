"""pg_dump and pg_restore: found where they fit the server, and run without a password on the command line."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kehu.kernel.db.addresses import libpq_environment
from kehu.kernel.errors import SetupError


class Tools:
    """The programs of one version of PostgreSQL, for one database."""

    def __init__(self, folder: Path, environment: Mapping[str, str], schema: str) -> None:
        self._folder, self._environment, self._schema = folder, environment, schema

    async def dump(self, file: Path, snapshot: str) -> None:
        """Write the schema into a file, as the transaction that exported `snapshot` sees it. Raises SetupError."""
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={self._schema}"]
        await self._run("pg_dump", *options, f"--snapshot={snapshot}", f"--file={file}")

    async def restore(self, file: Path) -> None:
        """Replace the schema by what the file has, in one transaction. Raises SetupError, with all as it was.

        The SQL is written down first: psql would commit half of it, were it handed over while pg_restore breaks off.
        """
        statements, prelude = file.with_suffix(".sql"), file.with_suffix(".prelude.sql")
        options = ["--no-owner", "--no-privileges", f"--schema={self._schema}"]
        await self._run("pg_restore", *options, f"--file={statements}", str(file))
        prelude.write_text(
            f'DROP SCHEMA IF EXISTS "{self._schema}" CASCADE; CREATE SCHEMA "{self._schema}";\n'
        )
        await self._run(
            "psql",
            *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
            *(f"--file={prelude}", f"--file={statements}"),
        )

    async def _run(self, program: str, *options: str) -> None:
        process = await asyncio.create_subprocess_exec(
            self._folder / program,
            *options,
            env={**os.environ, **self._environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaint = await process.communicate()
        if process.returncode != 0:
            lines = complaint.decode(errors="replace").strip().splitlines() or ["no reason given"]
            raise SetupError(f"{program} failed: {lines[0]}")


async def find_tools(connection: AsyncConnection) -> Tools:
    """The programs that fit the server: beside the server's own, on PATH, or where distributions put them.

    Raises SetupError where there are none of its version or a later one.
    """
    version = int(await connection.scalar(sa.text("SHOW server_version_num")) or 0) // 10000
    schema = await connection.scalar(sa.text("SELECT current_schema()"))
    for folder in [*await _beside_the_server(connection), *_usual_folders(version)]:
        if await _version_in(folder) >= version:
            return Tools(folder, _environment(connection), str(schema or "public"))
    raise SetupError(
        f"The server is PostgreSQL {version}, and there is no pg_dump of that version: "
        f"install the package postgresql-client-{version}, or put its programs on PATH."
    )


async def _beside_the_server(connection: AsyncConnection) -> list[Path]:
    """Where the server's own programs are, if it tells and runs on this machine."""
    statement = sa.text("SELECT setting FROM pg_config() WHERE name = 'BINDIR'")
    try:
        async with connection.begin_nested():
            folder = await connection.scalar(statement)
    except sa.exc.DBAPIError:
        return []
    return [Path(folder)] if folder else []


def _usual_folders(version: int) -> Iterator[Path]:
    found = shutil.which("pg_dump")
    if found is not None:
        yield Path(found).parent
    yield Path(f"/usr/lib/postgresql/{version}/bin")
    yield Path(f"/usr/pgsql-{version}/bin")


async def _version_in(folder: Path) -> int:
    if not all((folder / program).is_file() for program in ("pg_dump", "pg_restore", "psql")):
        return 0
    process = await asyncio.create_subprocess_exec(
        folder / "pg_dump", "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    output, _ = await process.communicate()
    match = re.search(r"(\d+)(?:\.\d+)?", output.decode())
    return int(match.group(1)) if match and process.returncode == 0 else 0


def _environment(connection: AsyncConnection) -> dict[str, str]:
    _, libpq = connection.dialect.create_connect_args(connection.engine.url)
    return libpq_environment(libpq)
