"""Core and partner_inventory composed on a depot, with a clock that stands still."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import kehu
from tests.kehu_partner_inventory.channel import Channel, open_channel
from tests.kehu_partner_inventory.depot import Depot, depot_of, open_depot
from tests.kehu_partner_inventory.trade import Trade, open_trade
from tests.lending import Lending
from tests.templates import composed

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clock:
    """A clock that shows 09:00 UTC on Monday, 2 March 2026 until somebody moves it."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_depot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables and the depot, to be copied."""
    file = tmp_path_factory.mktemp("depot") / "kehu.db"
    asyncio.run(_furnish(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgresql_depot(lending: Lending) -> str:
    """The URL of a database with the tables and the depot, to be copied."""
    url = lending.template()
    asyncio.run(_furnish(url))
    return url


@pytest.fixture
def sqlite_depot_url(tmp_path: Path, sqlite_depot: Path) -> str:
    file = shutil.copy(sqlite_depot, tmp_path / "kehu.db")
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_depot_url(lending: Lending, postgresql_depot: str) -> Iterator[str]:
    url = lending.take("depot")
    lending.fill(url, postgresql_depot)
    yield url
    lending.give_back(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def depot_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with a depot; a test that asks for it runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_depot_url")
    return url


@pytest.fixture
async def app(depot_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    app = kehu.App(composed("partner_inventory"), depot_url, clock=clock)
    yield app
    await app.close()


@pytest.fixture
async def depot(app: kehu.App) -> Depot:
    return await depot_of(app)


@pytest.fixture
async def channel(app: kehu.App) -> Channel:
    return await open_channel(app)


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


async def _furnish(url: str) -> None:
    app = kehu.App(composed("partner_inventory"), url, clock=Clock())
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    await open_depot(app)
    await app.close()
