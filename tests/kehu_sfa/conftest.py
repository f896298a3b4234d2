"""Core and sfa composed on an empty database, with a clock that stands still and a pipeline of six stages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

import kehu
from tests.kehu_sfa.factories import Stages, saved_stages
from tests.templates import Templates


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
async def app(database_url: str, clock: Clock, templates: Templates) -> AsyncIterator[kehu.App]:
    """Core and sfa on both databases."""
    app = await templates.open(database_url, "sfa", clock=clock)
    yield app
    await app.close()


@pytest.fixture
async def sqlite_app(sqlite_url: str, clock: Clock, templates: Templates) -> AsyncIterator[kehu.App]:
    """Core and sfa on SQLite alone, for rules that ask no database."""
    app = await templates.open(sqlite_url, "sfa", clock=clock)
    yield app
    await app.close()


@pytest.fixture
async def stages(app: kehu.App) -> Stages:
    return await saved_stages(app)
