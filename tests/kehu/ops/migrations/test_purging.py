from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.ops.migrations import purge, remains_of, upgrade
from kehu.platform.identity.models import Grant, Reach, Role
from kehu.platform.ledger.models import LEDGER
from tests.kehu.ops.migrations.conftest import FIRST, MODELS, Garden
from tests.kehu.ops.migrations.tables import execute, scalar, table_names

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WITH_MORE = (
    MODELS
    + """
    plugin.custom_field(kehu.Customer, "plot", str)
    plugin.permission("bed:dig", "Dig beds")

    @plugin.settings
    class Settings:
        model_fields = {"climate": None}
"""
)


@pytest.fixture
async def left(garden: Garden, database_url: str) -> AsyncIterator[kehu.App]:
    """An App without garden, on a database in which garden has left a row, a grant and a custom field."""
    garden.revise(FIRST)
    plugin = garden.declare(WITH_MORE)
    plugin.version = "1.2"
    before = kehu.App([core, plugin], database_url, clock=lambda: NOW)
    await upgrade(before)
    await execute(before, "INSERT INTO garden_bed VALUES ('00000000000000000000000000000001', 'roses')")
    async with before.context() as ctx, ctx.write():
        role = ctx.add(Role(name="Gardener"))
        await ctx.flush()
        ctx.add(Grant(role_id=role.id, permission="garden.bed:dig", level=Reach.ALL))
        ctx.add(Grant(role_id=role.id, permission="core.customer:read", level=Reach.ALL))
        ctx.add(kehu.Customer(name="Acme", custom={"garden.plot": "7", "other.key": "kept"}))
        ctx.add(kehu.Customer(name="Other", custom={"other.key": "kept"}))
    await before.close()
    app = kehu.App([core], database_url)
    yield app
    await app.close()


async def test_an_upgrade_writes_down_what_each_plugin_has(left: kehu.App) -> None:
    async with left.context() as ctx:
        row = (await ctx.session.execute(sa.select(LEDGER).where(LEDGER.c.plugin == "garden"))).one()

    written = row._asdict()
    permissions = written.pop("permissions")
    assert {"garden.bed:dig", "garden.bed:read"} <= set(permissions)
    assert all(name.startswith("garden.") for name in permissions)
    assert written == {
        "plugin": "garden",
        "version": "1.2",
        "distribution": None,
        "tables": ["garden_bed"],
        "settings_keys": ["garden.climate"],
        "custom_fields": {"core_customer": ["garden.plot"]},
        "migrated_at": NOW,
    }


async def test_a_purge_removes_all_that_a_plugin_left_and_nothing_else(left: kehu.App) -> None:
    remains = await remains_of(left, "garden")
    assert (remains.rows, remains.custom_fields) == ({"garden_bed": 1}, {"core_customer": ["garden.plot"]})

    await purge(left, "garden")

    assert not {table for table in await table_names(left) if "garden" in table}
    async with left.context() as ctx:
        customers = (await ctx.session.scalars(sa.select(kehu.Customer).order_by(kehu.Customer.name))).all()
        assert [customer.custom for customer in customers] == [{"other.key": "kept"}] * 2
        assert (await ctx.session.scalars(sa.select(Grant.permission))).all() == ["core.customer:read"]
        assert (await ctx.session.scalars(sa.select(LEDGER.c.plugin))).all() == ["core"]


async def test_what_is_enabled_is_not_purged(left: kehu.App) -> None:
    with pytest.raises(kehu.SetupError, match="Plugin 'core' is enabled: leave it out of KEHU_PLUGINS first"):
        await purge(left, "core")

    assert "core_customer" in await table_names(left)


async def test_what_nobody_left_is_not_purged(left: kehu.App) -> None:
    with pytest.raises(kehu.SetupError, match="nothing of plugin 'sfa'; left behind is something of: garden"):
        await remains_of(left, "sfa")


async def test_what_others_refer_to_is_not_purged(left: kehu.App) -> None:
    kind = "UUID" if left.is_postgresql else "CHAR(32)"
    await execute(left, f"CREATE TABLE shop_order (bed_id {kind} REFERENCES garden_bed (id))")

    with pytest.raises(
        kehu.SetupError, match="Tables of other plugins refer to those of 'garden': shop_order"
    ):
        await purge(left, "garden")

    assert await scalar(left, "SELECT count(*) FROM garden_bed") == 1
