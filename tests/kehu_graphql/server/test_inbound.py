"""Messages of other systems over HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.inbound.models import InboundEndpoint
from kehu.platform.webhooks.signatures import new_secret, signed_headers
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from tests.kehu.platform.inbound.telephone import Telephone, callers, endpoint

PATH = "/inbound/telephone/calls"
BODY = b'{"from": "Ann"}'


@pytest.fixture
def app(database_url: str) -> kehu.App:
    app = kehu.App([core, Telephone().plugin], database_url)

    async def prepare() -> None:
        async with app.engine.begin() as connection:
            await connection.run_sync(app.composition.metadata.create_all)
        await app.close()

    asyncio.run(prepare())
    return app


@pytest.fixture
def exchange(app: kehu.App) -> InboundEndpoint:
    async def make() -> InboundEndpoint:
        made = await endpoint(app)
        await app.close()
        return made

    return asyncio.run(make())


@pytest.fixture
def client(app: kehu.App) -> Iterator[TestClient]:
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with TestClient(asgi(Api(app), jobs_at_once=0)) as client:
        yield client


def signed(secret: str, message_id: str = "call-1") -> dict[str, str]:
    return signed_headers([secret], message_id, datetime.now(UTC), BODY)


def test_a_signed_message_is_accepted_once(
    client: TestClient, app: kehu.App, exchange: InboundEndpoint
) -> None:
    headers = signed(exchange.secrets_at(datetime.now(UTC))[0])

    first, second = (client.post(PATH, content=BODY, headers=headers) for _ in range(2))

    assert (first.status_code, first.json()) == (202, {"status": "accepted"})
    assert (second.status_code, second.json()) == (200, {"status": "duplicate"})
    assert client.portal is not None
    assert client.portal.call(callers, app) == []


def test_a_message_with_a_wrong_signature_or_none_is_unauthorized(
    client: TestClient, exchange: InboundEndpoint
) -> None:
    assert exchange.is_active
    for headers in ({}, signed(new_secret())):
        answered = client.post(PATH, content=BODY, headers=headers)

        assert answered.status_code == 401
        assert answered.json()["errors"][0]["extensions"] == {"code": "SIGNATURE_INVALID"}


def test_a_kind_that_nobody_handles_is_not_found(client: TestClient) -> None:
    assert client.post("/inbound/telephone/faxes", content=BODY).status_code == 404
    assert client.get(PATH).status_code == 405


def test_a_message_of_more_than_a_megabyte_is_refused(client: TestClient, exchange: InboundEndpoint) -> None:
    headers = signed(exchange.secrets_at(datetime.now(UTC))[0])

    assert client.post(PATH, content=b"x" * 1_000_001, headers=headers).status_code == 413
