"""Two servers behind a PgBouncer that gives each transaction any of eight connections."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.db.bundles import LONGEST_WAIT
from kehu_graphql import Api
from tests.needs import needs
from tests.pooler import SERVER_CONNECTIONS, pooled, server_connections

pytestmark = [pytest.mark.postgresql, needs("pgbouncer")]

ROUNDS = 250
WRITERS = 16
CHANGES = "subscription { customerChanged { customer { name } } }"
CREATE = """mutation ($name: String!) {
  createCustomer(input: {name: $name, kind: ORGANIZATION}) { customer { id name } userErrors { code } } }"""
CALL = """mutation ($customer: ID!) {
  createInteraction(input: {customerId: $customer, kind: CALL, subject: "Offer"}) {
    interaction { subject } userErrors { code } } }"""
READ = "query ($id: ID!) { customer(id: $id) { name interactions(first: 5) { nodes { subject } } } }"
COUNT = "query ($name: String!) { customersAggregate(filter: {name: {eq: $name}}) { count } }"
TOTALS = "{ customers { totalCount } interactions { totalCount } }"


@pytest.fixture
async def nodes(postgresql_url: str) -> AsyncIterator[tuple[Api, Api, str]]:
    """Two servers, and the address of the pooler."""
    with pooled(postgresql_url) as url:
        one, two = (kehu.App([core], url, direct_url=postgresql_url) for _ in range(2))
        async with one.engine.begin() as connection:
            await connection.run_sync(one.composition.metadata.create_all)
        yield Api(one), Api(two), url
        await one.close()
        await two.close()


async def test_a_thousand_requests_are_answered_right_and_each_change_is_heard_once(
    nodes: tuple[Api, Api, str],
) -> None:
    *apis, url = nodes
    names = [f"Customer {at}" for at in range(ROUNDS)]
    heard: list[Counter[str]] = [Counter(), Counter()]
    listeners = [asyncio.create_task(listen(api, count)) for api, count in zip(apis, heard, strict=True)]
    await asyncio.gather(*(api.app.cluster.connect() for api in apis))

    waiting = iter(enumerate(names))
    await asyncio.gather(*(work(apis, waiting) for _ in range(WRITERS)))

    assert await answered(apis[0], TOTALS) == {
        "customers": {"totalCount": ROUNDS},
        "interactions": {"totalCount": ROUNDS},
    }
    async with asyncio.timeout(10):
        await asyncio.gather(*listeners)
    assert heard == [Counter(names)] * 2
    assert 0 < server_connections(url) <= SERVER_CONNECTIONS
    assert [api.plans.fallbacks.counts for api in apis] == [Counter()] * 2


async def test_what_is_set_for_one_statement_is_nobody_elses(nodes: tuple[Api, Api, str]) -> None:
    stores: Any = nodes[0].app.stores
    rows: Any = nodes[0].app.rows
    for _ in range(2 * SERVER_CONNECTIONS):
        assert [tuple(row) for row in await stores._rows.fetch("SHOW lock_timeout", [])] == [(LONGEST_WAIT,)]
        assert [tuple(row) for row in await rows.fetch("SHOW lock_timeout", [])] == [("0",)]


async def work(apis: list[Any], waiting: Any) -> None:
    """Take one name after the other, and ask four times: twice to write, twice to read."""
    for at, name in waiting:
        here, there = apis[at % 2], apis[(at + 1) % 2]
        made = await answered(here, CREATE, name=name)
        assert made["createCustomer"]["userErrors"] == []
        customer = made["createCustomer"]["customer"]["id"]
        called = await answered(there, CALL, customer=customer)
        assert called["createInteraction"] == {"interaction": {"subject": "Offer"}, "userErrors": []}
        assert await answered(here, READ, id=customer) == {
            "customer": {"name": name, "interactions": {"nodes": [{"subject": "Offer"}]}}
        }
        assert await answered(there, COUNT, name=name) == {"customersAggregate": [{"count": 1}]}


async def answered(api: Api, document: str, **variables: Any) -> Any:
    answer = await api.execute(document, variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def listen(api: Api, heard: Counter[str]) -> None:
    """Hear of as many changes as there are customers."""
    async with contextlib.aclosing(api.subscribe(CHANGES)) as answers:
        async for answer in answers:
            heard[answer["data"]["customerChanged"]["customer"]["name"]] += 1
            if heard.total() == ROUNDS:
                return
