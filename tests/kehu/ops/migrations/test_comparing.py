from __future__ import annotations

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.plugin.discovery import installed_names
from kehu.ops.migrations import check, plan, require_current, upgrade
from tests.kehu.ops.migrations.conftest import FIRST, MODELS, Garden
from tests.kehu.ops.migrations.tables import execute

SETS = [[], *([name] for name in installed_names() if name != "core"), None]


@pytest.mark.parametrize(
    "enabled", SETS, ids=lambda names: "+".join(names) or "core" if names is not None else "all"
)
async def test_the_revisions_make_exactly_what_the_code_maps(
    database_url: str, enabled: list[str] | None
) -> None:
    app = kehu.App(kehu.installed(enabled), database_url)
    await upgrade(app)

    assert await check(app) == []
    await require_current(app)
    await app.close()


async def test_pending_revisions_are_all_that_a_check_tells(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    only_core = kehu.App([core], database_url)
    await upgrade(only_core)
    await only_core.close()
    app = garden.app(database_url)

    problems = await check(app)

    assert problems == ["The database lacks 1 revision(s) of plugin 'garden' (0001): run `kehu db upgrade`."]
    with pytest.raises(kehu.SetupError, match="run `kehu db upgrade`"):
        await require_current(app)
    await app.close()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("ALTER TABLE garden_bed DROP COLUMN custom", "Column garden_bed.custom is missing."),
        ("ALTER TABLE garden_bed ADD COLUMN soil VARCHAR(9)", "Column garden_bed.soil is not in the code."),
        ("CREATE INDEX ix_soil ON garden_bed (name)", "The index ix_soil on garden_bed is not in the code."),
        ("CREATE TABLE garden_shed (id INTEGER)", "Table garden_shed is not in the code."),
        ("DROP TABLE garden_bed", "Table garden_bed is missing."),
    ],
    ids=["column missing", "column added", "index added", "table added", "table missing"],
)
async def test_a_database_changed_by_hand_is_told(
    garden: Garden, database_url: str, change: str, sentence: str
) -> None:
    app = await as_mapped(garden, database_url)
    await execute(app, change)

    (problem,) = await check(app)

    assert problem.startswith(f"{sentence} If the code is right, `kehu db revision garden -m ...`")
    await app.close()


@pytest.mark.postgresql
async def test_another_type_or_emptiness_is_told(garden: Garden, postgresql_url: str) -> None:
    app = await as_mapped(garden, postgresql_url)
    await execute(app, "ALTER TABLE garden_bed ALTER name TYPE VARCHAR(9), ALTER name DROP NOT NULL")

    problems = await check(app)

    assert [problem.partition(" If")[0] for problem in sorted(problems)] == [
        "Column garden_bed.name differs: its type is VARCHAR(9), the code says VARCHAR(50).",
        "Column garden_bed.name differs: whether it may be empty is True, the code says False.",
    ]
    await app.close()


async def test_tables_of_others_are_nobodys_business(garden: Garden, database_url: str) -> None:
    app = await as_mapped(garden, database_url)
    await execute(app, "CREATE TABLE gardener (id INTEGER)", "CREATE TABLE cms_page (id INTEGER)")

    assert await check(app) == []
    await app.close()


async def test_the_plan_shows_what_is_pending_and_changes_nothing(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    app = garden.app(database_url)

    first, second = [await plan(app) for _ in range(2)]

    assert first == second
    assert [(each.plugin, each.current, len(each.pending) > 0) for each in first] == [
        ("core", None, True),
        ("garden", None, True),
    ]
    await app.close()


async def as_mapped(garden: Garden, database_url: str) -> kehu.App:
    """An App whose database has garden's table just as it is mapped."""
    garden.revise(FIRST.replace("op.create_table(", "return\n        op.create_table("))
    app = garden.app(database_url, MODELS)
    await upgrade(app)
    table = app.composition.metadata.tables["garden_bed"]
    async with app.engine.begin() as connection:
        await connection.run_sync(table.create)
    return app
