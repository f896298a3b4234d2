"""An App with jobs, and a runner that is in a hurry."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.jobs.embedded import EmbeddedJobs
from tests.kehu.conftest import Clock
from tests.kehu.jobs.workshop import QUICK, Workshop


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


@pytest.fixture
async def app(database_url: str, clock: Clock, shop: Workshop) -> AsyncIterator[kehu.App]:
    app = kehu.App([core, shop.plugin], database_url, clock=clock)
    app.jobs = EmbeddedJobs(QUICK)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()
