"""Any of the six plugins may be there or not: every set of them composes, migrates up and down again."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

import kehu
from kehu.ops.migrations import downgrade, downgrade_all, plan, upgrade
from tests.kehu.ops.migrations.tables import table_names
from tests.postgres import Postgres

PLUGINS = ("care", "customer_data", "marketing", "partner_inventory", "service", "sfa")
SUBSETS = [subset for size in range(7) for subset in itertools.combinations(PLUGINS, size)]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One database for all subsets: each finds it with core in it, and leaves it so."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("subsets")
        yield f"sqlite:///{folder / 'kehu.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="module")
async def tables_of_core(shared_url: str) -> AsyncIterator[set[str]]:
    app = kehu.App(kehu.installed([]), shared_url)
    await upgrade(app)
    yield await table_names(app)
    await downgrade_all(app)
    assert await table_names(app) == set()
    await app.close()


@pytest.mark.parametrize("subset", SUBSETS, ids=lambda subset: "+".join(subset) or "core")
async def test_every_set_of_plugins_migrates_up_and_down(
    shared_url: str, tables_of_core: set[str], subset: Sequence[str]
) -> None:
    app = kehu.App(kehu.installed(subset), shared_url)
    try:
        await upgrade(app)
        owned = {*app.composition.table_owners, *(f"kehu_version_{name}" for name in subset)}
        assert await table_names(app) == owned | tables_of_core

        assert not any(each.pending for each in await plan(app))

        for plugin in reversed(app.composition.plugins[1:]):
            await downgrade(app, plugin.name)
        assert await table_names(app) == tables_of_core
        assert [each.plugin for each in await plan(app) if each.current is not None] == ["core"]
    finally:
        await app.close()


def test_there_are_sixty_four_sets() -> None:
    assert len(SUBSETS) == 64
    assert {"core", *PLUGINS} == {plugin.name for plugin in kehu.installed()}
