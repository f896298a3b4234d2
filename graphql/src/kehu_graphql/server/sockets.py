"""Open WebSockets and streams: each ends with the session that it was opened under."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any, TypeGuard, TypeVar

from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

import kehu
from kehu.platform.identity.session_watch import SessionWatch
from kehu_graphql.server.json_input import read_json

T = TypeVar("T")

UNAUTHORIZED = 4401
LONGEST_REASON = 123  # bytes
# What the parts of a message are, where it has them.
_PARTS: Mapping[str, tuple[type, ...]] = {"type": (str,), "id": (str,)}
_PAYLOAD: Mapping[str, tuple[type, ...]] = {
    "query": (str,),
    "variables": (dict, type(None)),
    "operationName": (str, type(None)),
    "extensions": (dict, type(None)),
}


class Socket(ASGIWebSocketAdapter):
    """A WebSocket on which nothing is said, and nothing heard, once it was closed."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """The messages of the client. Raises NonTextMessageReceived and NonJsonMessageReceived."""
        while not self._is_closed():
            try:
                text = await self.ws.receive_text()
            except WebSocketDisconnect:
                return
            except KeyError as error:
                raise NonTextMessageReceived from error
            if self._is_closed():
                return
            try:
                message = read_json(text)
            except kehu.BadInput as refusal:
                raise NonJsonMessageReceived from refusal
            yield message

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message, unless the socket was closed."""
        if not self._is_closed():
            await super().send_json(message)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket, once; WebSockets have little room for the reason."""
        if not self._is_closed():
            await super().close(code, reason.encode()[:LONGEST_REASON].decode(errors="ignore"))

    def _is_closed(self) -> bool:
        return WebSocketState.DISCONNECTED in (self.ws.application_state, self.ws.client_state)


class SocketHandler(BaseGraphQLTransportWSHandler[Any, Any]):
    """graphql-transport-ws, closed with 4401 within a second once the session behind the socket has ended."""

    _leaving: asyncio.Task[None] | None = None

    async def handle_connection_init(self, message: Any) -> None:
        """Watch the session as soon as it is known."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._leaving is None:
            self._leaving = asyncio.create_task(self._leave())

    async def handle_message(self, message: Any) -> None:
        """Answer a message; one that is none closes the socket with 4400."""
        if _is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("Failed to parse message")

    async def shutdown(self) -> None:
        """Stop whatever is going on for this socket."""
        if self._leaving is not None:
            self._leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._leaving
        await super().shutdown()

    async def _leave(self) -> None:
        asking = self.context
        with asking.app.service(SessionWatch).watch(asking.principal.session) as ended:
            await ended.wait()
        for name in list(self.operations):
            await self.cleanup_operation(name)
        await self.websocket.close(UNAUTHORIZED, "Unauthorized")


def _is_message(message: object) -> bool:
    if not _has(message, _PARTS):
        return False
    return message.get("type") != "subscribe" or _has(message.get("payload", {}), _PAYLOAD)


def _has(given: object, parts: Mapping[str, tuple[type, ...]]) -> TypeGuard[dict[str, Any]]:
    return isinstance(given, dict) and all(
        isinstance(given[part], parts[part]) for part in parts.keys() & given.keys()
    )


async def until_ended(
    sessions: SessionWatch, session: str | None, values: AsyncGenerator[T, None]
) -> AsyncIterator[T]:
    """The values that come before `session` ends."""
    with sessions.watch(session) as ended:
        leaving = asyncio.create_task(ended.wait())
        try:
            async for value in _before(leaving, values):
                yield value
        finally:
            leaving.cancel()
            await values.aclose()


async def _before(leaving: asyncio.Task[Any], values: AsyncGenerator[T, None]) -> AsyncIterator[T]:
    while True:
        coming = asyncio.ensure_future(anext(values))
        try:
            await asyncio.wait({coming, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                return
            yield coming.result()
        except StopAsyncIteration:
            return
        finally:
            if not coming.done():
                coming.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await coming
