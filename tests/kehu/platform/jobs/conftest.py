"""An App with jobs, and a runner that is in a hurry."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.jobs.embedded import EmbeddedJobs
from tests.kehu.conftest import Clock
from tests.kehu.platform.jobs.workshop import QUICK, Workshop
from tests.templates import Templates


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


@pytest.fixture
async def app(
    database_url: str, clock: Clock, shop: Workshop, templates: Templates
) -> AsyncIterator[kehu.App]:
    app = kehu.App([core, shop.plugin], database_url, clock=clock)
    app.platform.jobs = EmbeddedJobs(QUICK)
    await templates.fill(database_url, app.composition)
    yield app
    await app.close()
