from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.events.distributing import distribute, to_handlers
from kehu.events.handling import handle
from tests.kehu.conftest import Clock
from tests.kehu.events.shop import Shop


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def app(database_url: str, clock: Clock, shop: Shop) -> AsyncIterator[kehu.App]:
    app = kehu.App([core, shop.plugin], database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


async def deliver(app: kehu.App) -> int:
    """Deliver until nothing is ready; returns how many deliveries were tried."""
    tried = 0
    while True:
        distributed = await distribute(app, [to_handlers])
        handled = await handle(app)
        tried += handled
        if not distributed and not handled:
            return tried
