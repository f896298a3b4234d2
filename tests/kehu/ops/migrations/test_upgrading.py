from __future__ import annotations

import asyncio
import re

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.ops.migrations import Applied, downgrade, downgrade_all, plan, upgrade
from tests.kehu.ops.migrations.conftest import FIRST, MODELS, SECOND, Garden
from tests.kehu.ops.migrations.tables import execute, scalar, table_names

BROKEN = """
    import sqlalchemy as sa
    from alembic import op

    revision = "0002"
    down_revision = "0001"

    def upgrade():
        op.create_table("garden_flower", sa.Column("id", sa.Uuid(), primary_key=True))
        op.execute("INSERT INTO garden_no_such_table VALUES (1)")

    def downgrade():
        op.drop_table("garden_flower")
"""


async def test_what_is_required_is_upgraded_first_and_downgraded_last(
    garden: Garden, database_url: str
) -> None:
    garden.revise(FIRST)
    app = garden.app(database_url)

    up = await upgrade(app)
    down = await downgrade_all(app)

    assert [done.plugin for done in up] == ["core"] * (len(up) - 1) + ["garden"]
    assert [(done.plugin, done.revision) for done in down] == [
        (done.plugin, done.revision) for done in up[::-1]
    ]
    assert await table_names(app) == set()
    await app.close()


async def test_a_second_upgrade_has_nothing_to_do(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    app = garden.app(database_url)
    await upgrade(app)

    assert await upgrade(app) == []
    await app.close()


async def test_a_failing_revision_leaves_everything_as_it_was(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    app = garden.app(database_url)
    await upgrade(app)
    before = await table_names(app)
    garden.revise(BROKEN, "0002_broken")

    with pytest.raises(
        kehu.SetupError, match=r"Revision 0002 .* of plugin 'garden' failed: .*garden_no_such_table"
    ):
        await upgrade(app)

    assert await table_names(app) == before
    assert await scalar(app, "SELECT version_num FROM kehu_version_garden") == "0001"
    await app.close()


async def test_when_one_plugin_fails_none_is_upgraded(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    garden.revise(BROKEN, "0002_broken")
    app = garden.app(database_url)

    with pytest.raises(kehu.SetupError, match="The database is as it was before"):
        await upgrade(app)

    assert await table_names(app) == set()
    await app.close()


async def test_two_upgrades_at_once_are_run_one_after_the_other(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    plugin = garden.declare()
    first, second = kehu.App([core, plugin], database_url), kehu.App([core, plugin], database_url)

    applied = await asyncio.gather(upgrade(first), upgrade(second))

    assert sorted(len(each) > 0 for each in applied) == [False, True]
    await asyncio.gather(first.close(), second.close())


async def test_a_database_newer_than_the_code_is_refused(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    newer = garden.revise(SECOND, "0002_second")
    app = garden.app(database_url)
    await upgrade(app)
    newer.unlink()

    for work in (upgrade, plan):
        with pytest.raises(
            kehu.SetupError, match=r"at revision 0002 of plugin 'garden'.*install the version"
        ):
            await work(app)
    await app.close()


async def test_one_plugin_is_taken_back_to_an_earlier_revision(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    garden.revise(SECOND, "0002_second")
    app = garden.app(database_url)
    await upgrade(app)

    assert await downgrade(app, "garden", "0001") == [Applied("garden", "0002", "")]

    assert {table for table in await table_names(app) if table.startswith("garden")} == {"garden_bed"}
    assert [each.current for each in await plan(app) if each.plugin == "garden"] == ["0001"]
    await app.close()


async def test_a_plugin_that_others_require_is_not_taken_away(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    app = garden.app(database_url)
    await upgrade(app)
    before = await table_names(app)

    with pytest.raises(
        kehu.SetupError, match=r"Plugin 'core' is required by garden; downgrade what requires it first"
    ):
        await downgrade(app, "core")

    assert await table_names(app) == before
    await app.close()


@pytest.mark.parametrize(
    ("plugin", "target", "sentence"),
    [
        (
            "garden",
            "0009",
            "Plugin 'garden' has no revision '0009'; it has 0001, and `base` for nothing at all.",
        ),
        ("gardne", "base", "Plugin 'gardne' is not enabled; those with migrations are: core, garden."),
    ],
)
async def test_an_unknown_plugin_or_revision_is_refused(
    garden: Garden, sqlite_url: str, plugin: str, target: str, sentence: str
) -> None:
    garden.revise(FIRST)
    app = garden.app(sqlite_url)
    await upgrade(app)

    with pytest.raises(kehu.SetupError, match=re.escape(sentence)):
        await downgrade(app, plugin, target)
    await app.close()


async def test_a_plugin_that_others_only_make_use_of_may_be_taken_away(
    garden: Garden, sqlite_url: str
) -> None:
    garden.revise(FIRST)
    shop = kehu.Plugin("shop", requires=["core"])
    shop.when("garden")(lambda _: None)
    app = kehu.App([core, shop, garden.declare()], sqlite_url)
    await upgrade(app)

    await downgrade(app, "garden")

    assert "garden_bed" not in await table_names(app)
    await app.close()


async def test_tables_that_others_refer_to_are_not_taken_away(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    app = garden.app(database_url)
    await upgrade(app)
    kind = "UUID" if app.is_postgresql else "CHAR(32)"
    await execute(app, f"CREATE TABLE shop_order (bed_id {kind} REFERENCES garden_bed (id))")

    with pytest.raises(
        kehu.SetupError, match="Tables of other plugins refer to those of 'garden': shop_order"
    ):
        await downgrade(app, "garden")

    assert "garden_bed" in await table_names(app)
    await app.close()


async def test_a_plugin_without_a_folder_for_revisions_is_told_to_make_one(sqlite_url: str) -> None:
    app = kehu.App([core, kehu.Plugin("shop", requires=["core"])], sqlite_url)
    await upgrade(app)

    with pytest.raises(kehu.SetupError, match="its package needs a folder migrations/versions"):
        await downgrade(app, "shop")
    await app.close()


CHILDREN = (
    MODELS.replace(
        "plugin =",
        "class Flower(kehu.Entity, Base):\n        __tablename__ = 'garden_flower'\n\n    plugin =",
    )
    + "    plugin.resource(Flower)\n"
)
WITH_CHILDREN = """
    import sqlalchemy as sa
    from alembic import op

    revision = "0001"
    down_revision = None

    def upgrade():
        op.create_table("garden_bed", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(5)))
        op.create_table(
            "garden_flower",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("bed_id", sa.Integer(), sa.ForeignKey("garden_bed.id", ondelete="CASCADE", name="fk_bed")),
        )

    def downgrade(): ...
"""
LONGER_NAMES = """
    import sqlalchemy as sa
    from alembic import op

    revision = "0002"
    down_revision = "0001"

    def upgrade():
        with op.batch_alter_table("garden_bed") as batch:
            batch.alter_column("name", type_=sa.String(50))

    def downgrade(): ...
"""
ORPHANS = """
    from alembic import op

    revision = "0002"
    down_revision = "0001"

    def upgrade():
        op.execute("DELETE FROM garden_bed")

    def downgrade(): ...
"""


async def test_making_a_table_anew_keeps_what_refers_to_it(garden: Garden, database_url: str) -> None:
    garden.revise(WITH_CHILDREN)
    app = garden.app(database_url, CHILDREN)
    await upgrade(app)
    await execute(
        app, "INSERT INTO garden_bed VALUES (1, 'roses')", "INSERT INTO garden_flower VALUES (7, 1)"
    )
    garden.revise(LONGER_NAMES, "0002_longer")

    await upgrade(app)

    assert await scalar(app, "SELECT count(*) FROM garden_flower") == 1
    await app.close()


async def test_rows_that_would_refer_to_nothing_are_refused_on_sqlite(
    garden: Garden, sqlite_url: str
) -> None:
    garden.revise(WITH_CHILDREN)
    app = garden.app(sqlite_url, CHILDREN)
    await upgrade(app)
    await execute(
        app, "INSERT INTO garden_bed VALUES (1, 'roses')", "INSERT INTO garden_flower VALUES (7, 1)"
    )
    garden.revise(ORPHANS, "0002_orphans")

    with pytest.raises(
        kehu.SetupError, match=r"leave 1 row.* that refer to nothing, from garden_flower to garden_bed"
    ):
        await upgrade(app)

    assert await scalar(app, "SELECT count(*) FROM garden_bed") == 1
    assert await scalar(app, "PRAGMA foreign_keys") == 1
    await app.close()
