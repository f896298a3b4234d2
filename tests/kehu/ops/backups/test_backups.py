from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import uuid
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.ops.backups.archives import DATA, MANIFEST
from kehu.ops.backups.backup import backup
from kehu.ops.backups.manifest import described
from kehu.ops.backups.restore import restore, tables_in_the_way
from kehu.ops.migrations import upgrade
from tests.kehu.factories import saved
from tests.kehu.platform.webhooks.subscriptions import customer


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[kehu.App]:
    """Core, migrated, with some customers."""
    app = kehu.App([core], database_url)
    await upgrade(app)
    for number in range(20):
        await saved(app, customer(f"Customer {number}"))
    yield app
    await app.close()


@pytest.fixture
async def empty(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[kehu.App]:
    """Core on another, empty database of the same kind."""
    url = f"sqlite:///{tmp_path / 'other.db'}"
    postgres = request.getfixturevalue("postgres") if database_url.startswith("postgresql") else None
    app = kehu.App([core], postgres.create_database() if postgres else url)
    yield app
    await app.close()
    if postgres:
        postgres.drop_database(app.engine.url.render_as_string(hide_password=False))


def modes(folder: Path, pattern: str) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob(pattern)}


async def names(app: kehu.App) -> list[str]:
    async with app.context() as ctx:
        return list(
            (await ctx.session.scalars(sa.select(kehu.Customer.name).order_by(kehu.Customer.name))).all()
        )


async def counts(app: kehu.App) -> dict[str, int]:
    async with app.engine.connect() as connection:
        return dict((await connection.run_sync(described, "now")).counts)


async def test_a_backup_restored_into_an_empty_database_has_every_row_of_every_table(
    app: kehu.App, empty: kehu.App, tmp_path: Path
) -> None:
    made = await backup(app, tmp_path / "backup.kehu")

    restored, notes = await restore(empty, tmp_path / "backup.kehu")

    assert restored == made
    assert notes == []
    assert await counts(empty) == await counts(app) == made.counts
    assert made.counts["core_customer"] == 20
    assert await names(empty) == await names(app)


async def test_a_restored_database_can_be_written(app: kehu.App, empty: kehu.App, tmp_path: Path) -> None:
    await backup(app, tmp_path / "backup.kehu")
    await restore(empty, tmp_path / "backup.kehu")

    await saved(empty, customer("New"))

    assert len(await names(empty)) == 21


async def test_a_restore_takes_back_what_was_written_since(app: kehu.App, tmp_path: Path) -> None:
    await backup(app, tmp_path / "backup.kehu")
    before = await names(app)
    await saved(app, customer("Mistake"))
    assert "core_customer" in await tables_in_the_way(app)

    await restore(app, tmp_path / "backup.kehu")

    assert await names(app) == before


async def test_a_backup_is_of_one_moment_while_others_write(
    app: kehu.App, empty: kehu.App, tmp_path: Path
) -> None:
    """Each transaction writes a customer and its audit row: a copy of two moments would have more of one."""
    stops = asyncio.Event()

    async def write_on() -> None:
        while not stops.is_set():
            await saved(app, customer(uuid.uuid4().hex))
            await asyncio.sleep(0)

    writing = asyncio.create_task(write_on())
    made = await backup(app, tmp_path / "backup.kehu")
    stops.set()
    await writing

    await restore(empty, tmp_path / "backup.kehu")

    assert made.counts["core_customer"] >= 20
    assert made.counts["core_customer"] == made.counts["core_audit_entry"] == made.counts["core_outbox_event"]
    assert await counts(empty) == made.counts


async def test_a_backup_is_readable_by_its_owner_only(app: kehu.App, tmp_path: Path) -> None:
    await backup(app, tmp_path / "backup.kehu")

    assert modes(tmp_path, "*backup*") == {"backup.kehu": 0o600}


async def test_a_backup_overwrites_nothing(app: kehu.App, tmp_path: Path) -> None:
    (tmp_path / "backup.kehu").write_text("precious")
    with pytest.raises(kehu.SetupError, match="is there already"):
        await backup(app, tmp_path / "backup.kehu")

    assert (tmp_path / "backup.kehu").read_text() == "precious"


async def test_a_damaged_backup_is_refused_and_the_database_stays(app: kehu.App, tmp_path: Path) -> None:
    file = tmp_path / "backup.kehu"
    await backup(app, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(bytes(content))
    before = await counts(app)

    with pytest.raises(kehu.SetupError, match="damaged"):
        await restore(app, file)

    assert await counts(app) == before


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + bytes(18)])
async def test_what_is_no_backup_is_refused(app: kehu.App, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "backup.kehu").write_bytes(content)
    with pytest.raises(kehu.SetupError, match="no backup of kehu"):
        await restore(app, tmp_path / "backup.kehu")


async def test_a_backup_that_lacks_rows_is_noticed(app: kehu.App, empty: kehu.App, tmp_path: Path) -> None:
    file, forged = tmp_path / "backup.kehu", tmp_path / "forged.kehu"
    await backup(app, file)
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(forged, "w") as other:
        manifest = json.loads(archive.read(MANIFEST))
        manifest["counts"]["core_customer"] = 21
        other.writestr(MANIFEST, json.dumps(manifest))
        data = DATA[manifest["backend"]]
        other.writestr(data, archive.read(data))

    with pytest.raises(kehu.SetupError, match="core_customer has 20 rows instead of 21"):
        await restore(empty, forged)


async def test_a_backup_of_the_other_kind_of_database_is_refused(app: kehu.App, tmp_path: Path) -> None:
    file, other = tmp_path / "backup.kehu", tmp_path / "other.kehu"
    await backup(app, file)
    kinds = {"sqlite": "postgresql", "postgresql": "sqlite"}
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(other, "w") as changed:
        manifest = json.loads(archive.read(MANIFEST))
        manifest["backend"] = kinds[manifest["backend"]]
        changed.writestr(MANIFEST, json.dumps(manifest))

    with pytest.raises(kehu.SetupError, match="and this one is"):
        await restore(app, other)


async def test_a_backup_of_a_later_version_is_refused(app: kehu.App, tmp_path: Path) -> None:
    file, later = tmp_path / "backup.kehu", tmp_path / "later.kehu"
    async with app.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE kehu_version_core SET version_num = '9999'"))
    await backup(app, file)
    shutil.copy(file, later)

    with pytest.raises(kehu.SetupError, match="revision 9999 of plugin 'core', which is not installed"):
        await restore(app, later)


@pytest.mark.postgresql
async def test_programs_of_an_older_version_are_not_used(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pg_dump of before would refuse, or leave out what it does not know."""
    for name in ("pg_dump", "pg_restore", "psql"):
        (tmp_path / name).write_text("#!/bin/sh\necho pg_dump 9.6.1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    app = kehu.App([core], postgresql_url)
    await upgrade(app)

    made = await backup(app, tmp_path / "backup.kehu")

    assert made.counts["kehu_version_core"] == 1
    await app.close()
