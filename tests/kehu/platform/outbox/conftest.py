from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.outbox.distributor import distribute, to_handlers
from kehu.platform.outbox.handlers import handle
from tests.kehu.conftest import Clock
from tests.kehu.platform.outbox.shop import Shop
from tests.templates import Templates


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def app(database_url: str, clock: Clock, shop: Shop, templates: Templates) -> AsyncIterator[kehu.App]:
    app = kehu.App([core, shop.plugin], database_url, clock=clock)
    await templates.fill(database_url, app.composition)
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
