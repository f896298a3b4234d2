"""Core composed on an empty database, with a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

import kehu
from tests.templates import Templates


class Clock:
    """A clock that shows 09:00 UTC on Monday, 2 March 2026 until somebody moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def app(database_url: str, clock: Clock, templates: Templates) -> AsyncIterator[kehu.App]:
    app = await templates.open(database_url, "core", clock=clock)
    yield app
    await app.close()


@pytest.fixture
async def sqlite_app(sqlite_url: str, clock: Clock, templates: Templates) -> AsyncIterator[kehu.App]:
    """Core on SQLite alone, for rules that many parameters try."""
    app = await templates.open(sqlite_url, "core", clock=clock)
    yield app
    await app.close()
