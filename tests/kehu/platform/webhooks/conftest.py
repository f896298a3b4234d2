from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.core import CoreSettings
from tests.kehu.conftest import Clock
from tests.kehu.platform.outbox.shop import Shop
from tests.kehu.platform.webhooks.receiver import Receiver, receiving
from tests.templates import Templates


@pytest.fixture
async def app(database_url: str, clock: Clock, templates: Templates) -> AsyncIterator[kehu.App]:
    """Core and the shop, allowed to send webhooks to this machine."""
    settings = [CoreSettings(webhook_private_targets=True)]
    app = kehu.App([core, Shop().plugin], database_url, clock=clock, settings=settings)
    await templates.fill(database_url, app.composition)
    yield app
    await app.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as server:
        yield server
