"""Around every request, as plain ASGI: an id, a log line, a limit of size, and headers that protect a browser."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("kehu.http")

MAX_BODY_BYTES = 1_000_000
_PLAIN = "identity"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Arrival:
    """A request that has come in: its id, taken from X-Request-ID where that is harmless, and since when it is here.

    The first who meets the request makes it, whoever comes later finds it in the scope.
    """

    __slots__ = ("_started", "request_id")

    def __init__(self, given: str) -> None:
        self.request_id = given if given and _ID.fullmatch(given) else os.urandom(16).hex()
        self._started = time.perf_counter()

    @classmethod
    def of(cls, scope: Scope) -> Arrival:
        """That of this request."""
        state = scope.setdefault("state", {})
        found = state.get("arrival")
        if isinstance(found, Arrival):
            return found
        return cls(Headers(scope=scope).get("x-request-id", "")).noted(scope)

    def noted(self, scope: Scope) -> Arrival:
        """Itself, once the scope knows of it."""
        state = scope.setdefault("state", {})
        state["arrival"], state["request_id"] = self, self.request_id
        return self

    @property
    def milliseconds(self) -> float:
        """How long it has been here."""
        return round((time.perf_counter() - self._started) * 1000, 1)

    def log(self, scope: Scope, status: int) -> None:
        """The line that says how it went."""
        log.info(
            "request",
            kind=scope["type"],
            path=scope["path"],
            status=status,
            milliseconds=self.milliseconds,
        )


class RequestLog:
    """Gives each request an id and logs how it went.

    Who sends `Server-Timing: true` is told the milliseconds until the answer began, in the header of that name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        arrival, status = Arrival.of(scope), 0
        is_timed = "server-timing" in Headers(scope=scope)

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = arrival.request_id
                if is_timed:
                    headers["Server-Timing"] = f"total;dur={arrival.milliseconds}"
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=arrival.request_id):
            try:
                await self._app(scope, receive, with_headers)
            finally:
                arrival.log(scope, status)


class _BodyTooLong(Exception):
    """More came than was announced, or than may come."""


class BodyLimit:
    """Refuses bodies that are too long with 413, whether or not they say how long they are; compressed ones with 415.

    `most` has the number of bytes for a path and a media type.
    """

    def __init__(self, app: ASGIApp, most: Callable[[str, str], int]) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        most = self._most(scope["path"], media_type)
        announced = headers.get("content-length", "0")
        if headers.get("content-encoding", _PLAIN) != _PLAIN:
            await _compressed(scope, receive, send)
            return
        if not announced.isdecimal() or int(announced) > most:
            await _too_large(scope, receive, send, most)
            return
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise _BodyTooLong
            return message

        try:
            await self._app(scope, counting, send)
        except _BodyTooLong:
            await _too_large(scope, receive, send, most)


async def _compressed(scope: Scope, receive: Receive, send: Send) -> None:
    error = {
        "message": "Send the body as it is, not compressed.",
        "extensions": {"code": "UNSUPPORTED_MEDIA_TYPE"},
    }
    await JSONResponse({"errors": [error]}, status_code=415)(scope, receive, send)


async def _too_large(scope: Scope, receive: Receive, send: Send, most: int) -> None:
    error = {
        "message": f"The body is larger than {most} bytes.",
        "extensions": {"code": "BODY_TOO_LARGE"},
    }
    await JSONResponse({"errors": [error]}, status_code=413)(scope, receive, send)
