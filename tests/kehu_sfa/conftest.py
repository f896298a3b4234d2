"""Core and sfa composed on an empty database, with a clock that stands still and a pipeline of six stages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

import kehu
from tests.kehu_sfa.factories import Stages, saved_stages


class Clock:
    """A clock that shows 20:00 UTC on Monday, 2 March 2026 until somebody moves it: in Shanghai it is Tuesday."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def app(database_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    """Core and sfa on both databases."""
    async for app in composed(database_url, clock):
        yield app


@pytest.fixture
async def sqlite_app(sqlite_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    """Core and sfa on SQLite alone, for rules that ask no database."""
    async for app in composed(sqlite_url, clock):
        yield app


@pytest.fixture
async def stages(app: kehu.App) -> Stages:
    return await saved_stages(app)


async def composed(url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    app = kehu.App(kehu.installed(["sfa"]), url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()
