"""kehu speaks GraphQL over HTTP as its specification has it: all audits of npm graphql-http pass."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

import kehu
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from tests.needs import needs

HERE = Path(__file__).parent
AUDITS = 61

pytestmark = needs("node", packages=HERE)


@pytest.fixture
async def address(sqlite_url: str) -> AsyncIterator[str]:
    app = kehu.App(kehu.installed(["core"]), sqlite_url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    server = uvicorn.Server(uvicorn.Config(asgi(Api(app)), port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}/graphql"
    server.should_exit = True
    await serving


async def test_all_audits_pass(address: str) -> None:
    program = await asyncio.create_subprocess_exec(
        "node", HERE / "audit.js", address, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await asyncio.wait_for(program.communicate(), 60)
    results = json.loads(printed)
    assert [result for result in results if result[0] != "ok"] == []
    assert len(results) == AUDITS
