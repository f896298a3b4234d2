"""The server on an empty database, with somebody who may do everything and somebody who may do nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

import kehu
from kehu.platform.identity.models import Grant as RoleGrant
from kehu.platform.identity.models import Reach, Role, RoleAssignment
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from tests.kehu.factories import make_user
from tests.templates import Templates

EMAIL, PASSWORD = "ann@example.com", "correct horse battery"


@pytest.fixture
def api(database_url: str, templates: Templates) -> Api:
    app = asyncio.run(templates.open(database_url, "core"))
    asyncio.run(_prepare(app))
    return Api(app)


@pytest.fixture
def client(api: Api) -> Iterator[TestClient]:
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with TestClient(asgi(api, examples=[{"title": "t", "document": "{ __typename }"}])) as client:
        yield client


@pytest.fixture
def signed_in(client: TestClient) -> TestClient:
    assert client.post("/session", json={"email": EMAIL, "password": PASSWORD}).status_code == 200
    return client


async def _prepare(app: kehu.App) -> None:
    ann = await make_user(app, "Ann", email=EMAIL)
    await make_user(app, "Bob", email="bob@example.com")
    async with app.context() as ctx, ctx.write():
        role = ctx.add(Role(name="Everything"))
        await ctx.flush()
        ctx.add(RoleGrant(role_id=role.id, permission="*", level=Reach.ALL))
        ctx.add(RoleAssignment(role_id=role.id, user_id=ann.id))
    await app.close()
