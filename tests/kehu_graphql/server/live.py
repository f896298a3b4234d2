"""A server on a port of this machine, and what listens to it over a WebSocket or a stream of events."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, Protocol

import httpx2
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from kehu.kernel.jobs import JOBS_AT_ONCE
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from tests.network import free_port

COMPLETE = {"type": "complete"}


@contextlib.asynccontextmanager
async def serving(api: Api, *, jobs_at_once: int = JOBS_AT_ONCE) -> AsyncIterator[str]:
    """Serve for as long as the context lasts; gives `host:port`."""
    port = free_port()
    app = asgi(api, jobs_at_once=jobs_at_once)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=1)
    )
    running = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(20):
            while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
                await asyncio.sleep(0.02)
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


class Listener(Protocol):
    """Who subscribed to something."""

    async def next(self) -> Any:
        """The next answer; how it ended, where nothing comes any more."""


@contextlib.asynccontextmanager
async def socket_of(where: str, token: str) -> AsyncIterator[ClientConnection]:
    """A WebSocket on which connection_init was said."""
    async with connect(f"ws://{where}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        payload = {"Authorization": f"Bearer {token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        yield socket


async def asked_on(socket: ClientConnection, document: str) -> Any:
    """The answer to one operation on a WebSocket."""
    await socket.send(json.dumps({"type": "subscribe", "id": "q", "payload": {"query": document}}))
    answer = json.loads(await socket.recv())
    assert json.loads(await socket.recv()) == {"type": "complete", "id": "q"}
    return answer["payload"]


class _OverSocket:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def next(self) -> Any:
        try:
            said = json.loads(await self._socket.recv())
        except ConnectionClosed as closed:
            return None if closed.rcvd is None else closed.rcvd.code
        return said.get("payload", {"type": said["type"]})


class _OverEvents:
    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> Any:
        event = ""
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                return json.loads(value) if event == "next" else {"type": event}
        return "the end"


@contextlib.asynccontextmanager
async def listening(kind: str, where: str, token: str, document: str) -> AsyncIterator[Listener]:
    """Subscribe over `websocket` or `events`."""
    if kind == "websocket":
        async with socket_of(where, token) as socket:
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": document}}))
            yield _OverSocket(socket)
        return
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    async with (
        httpx2.AsyncClient(timeout=30, headers=headers) as http,
        http.stream("POST", f"http://{where}/graphql", json={"query": document}) as answer,
    ):
        yield _OverEvents(answer.aiter_lines())
