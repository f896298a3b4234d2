"""Two `kehu serve` and two `kehu worker` on one PostgreSQL, each a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

import kehu
from kehu.ops.migrations import upgrade
from tests.kehu.factories import token_of_somebody
from tests.kehu_graphql.clients.conftest import wait_until_healthy
from tests.network import free_port

pytestmark = [pytest.mark.postgresql, pytest.mark.slow(reason="starts several servers")]

KEHU = Path(sys.executable).with_name("kehu")
CHANGES = "subscription { customerChanged { customer { name } } }"
CREATE = 'mutation { createCustomer(input: {name: "Aster", kind: ORGANIZATION}) { userErrors { message } } }'


@contextlib.contextmanager
def running(url: str, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`kehu ARGUMENTS` for as long as the context lasts."""
    environment = os.environ | {"KEHU_DATABASE_URL": url, "KEHU_PLUGINS": "core"}
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        process = subprocess.Popen([KEHU, *arguments], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


async def heard(lines: AsyncIterator[str]) -> str:
    """The name of the customer in the first event of a stream."""
    async for line in lines:
        if line.startswith("data:") and "customerChanged" in line:
            name: str = json.loads(line.removeprefix("data:"))["data"]["customerChanged"]["customer"]["name"]
            return name
    raise AssertionError("The stream ended.")


async def test_a_subscription_on_one_server_hears_a_write_on_the_other_in_under_a_second(
    postgresql_url: str, tmp_path: Path
) -> None:
    app = kehu.App(kehu.installed(["core"]), postgresql_url)
    await upgrade(app)
    token = await token_of_somebody(app)
    await app.close()
    ports = [free_port(), free_port()]
    with contextlib.ExitStack() as processes:
        for _ in range(2):
            processes.enter_context(running(postgresql_url, tmp_path, "worker"))
        here, there = [f"http://127.0.0.1:{port}" for port in ports]
        for port in ports:
            serving = processes.enter_context(running(postgresql_url, tmp_path, "serve", "--port", str(port)))
            await asyncio.to_thread(wait_until_healthy, f"http://127.0.0.1:{port}", serving)
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
            accept = {"Accept": "text/event-stream"}
            async with http.stream(
                "POST", f"{here}/graphql", json={"query": CHANGES}, headers=accept
            ) as told:
                hearing = asyncio.create_task(heard(told.aiter_lines()))
                await asyncio.sleep(1)  # The first subscriber makes its server listen to the other.
                answer = await http.post(f"{there}/graphql", json={"query": CREATE})
                written_at = time.monotonic()
                assert answer.json() == {"data": {"createCustomer": {"userErrors": []}}}
                assert await hearing == "Aster"
                assert time.monotonic() - written_at < 1
