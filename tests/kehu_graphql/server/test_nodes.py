"""Two servers on one PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu_graphql import Api
from tests.kehu.factories import make_user, saved

pytestmark = pytest.mark.postgresql

CHANGES = "subscription { customerChanged { customer { name } } }"


@pytest.fixture
async def servers(postgresql_url: str) -> AsyncIterator[tuple[kehu.App, kehu.App]]:
    one, two = (kehu.App([core], postgresql_url) for _ in range(2))
    async with one.engine.begin() as connection:
        await connection.run_sync(one.composition.metadata.create_all)
    yield one, two
    await one.close()
    await two.close()


async def test_a_subscriber_hears_in_under_a_second_what_is_written_on_another_server_and_may_be_seen(
    servers: tuple[kehu.App, kehu.App],
) -> None:
    here, there = servers
    ann, ben = [await make_user(there, name) for name in ("Ann", "Ben")]
    may = kehu.Principal(ann.id, "Ann", grants={"core.customer:read": kehu.Level.OWN})
    heard: list[tuple[str, float]] = []

    async def listen() -> None:
        async for answer in Api(here).subscribe(CHANGES, principal=may):
            heard.append((answer["data"]["customerChanged"]["customer"]["name"], time.monotonic()))
            return

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.05)
    await here.cluster.connect()
    await saved(there, customer_of(ben, "Hidden"))
    written_at = time.monotonic()
    await saved(there, customer_of(ann, "Aster"))
    async with asyncio.timeout(10):
        await listening

    [(name, heard_at)] = heard
    assert name == "Aster"
    assert heard_at - written_at < 1


def customer_of(owner: kehu.User, name: str) -> kehu.Customer:
    return kehu.Customer(kind=kehu.CustomerKind.ORGANIZATION, name=name, owner_id=owner.id)
