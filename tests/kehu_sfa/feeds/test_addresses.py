"""The private address of a calendar, as a calendar program asks for it, until it is revoked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

import kehu
from kehu.platform.feeds import read_feed
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from kehu_sfa.feeds.actions import NoFeed, open_calendar_feed
from tests.kehu.factories import PASSWORD, make_user

OPEN = "mutation { openCalendarFeed { result } }"
CLOSE = "mutation { closeCalendarFeed { userErrors { code } } }"
ADDRESS = "/feeds/sfa/calendar.ics"


@pytest.fixture
def client(sqlite_url: str) -> Iterator[TestClient]:
    app = kehu.App(kehu.installed(["sfa"]), sqlite_url)

    async def prepare() -> None:
        async with app.engine.begin() as connection:
            await connection.run_sync(app.composition.metadata.create_all)
        await make_user(app)
        await app.close()

    asyncio.run(prepare())
    with TestClient(asgi(Api(app))) as client:
        yield client


def test_a_calendar_is_read_at_a_secret_address_until_it_is_revoked(client: TestClient) -> None:
    client.post("/session", json={"email": "ann@example.com", "password": PASSWORD})
    token = client.post("/graphql", json={"query": OPEN}).json()["data"]["openCalendarFeed"]["result"]
    stranger = {"cookie": ""}

    answer = client.get(ADDRESS, params={"token": token}, headers=stranger)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert client.get(ADDRESS, params={"token": token[:-1]}).status_code == 404
    assert client.get("/feeds/sfa/other.ics", params={"token": token}).status_code == 404
    client.post("/graphql", json={"query": CLOSE})
    assert client.get(ADDRESS, params={"token": token}).status_code == 404


async def test_the_address_is_that_of_the_feed_on_both_databases(app: kehu.App) -> None:
    ann = await make_user(app)
    async with app.context(kehu.Principal(ann.id, "Ann")) as ctx, ctx.write():
        token = await open_calendar_feed(ctx)

    async with app.context(kehu.ANONYMOUS) as ctx:
        feed = await read_feed(ctx, "sfa/calendar.ics", token)
        with pytest.raises(NoFeed):
            await read_feed(ctx, "sfa/calendar.ics", "guessed")

    assert feed.content.startswith("BEGIN:VCALENDAR")
