"""Around every request, as plain ASGI: an id, a log line, a limit of size, and headers that protect a browser."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("kehu.http")

MAX_BODY_BYTES = 1_000_000
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLog:
    """Gives each request an id, taken from X-Request-ID where it is harmless, and logs how it went.

    Who sends `Server-Timing: true` is told the milliseconds until the answer began, in the header of that name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        given = asked.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 0

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                if "server-timing" in asked:
                    headers["Server-Timing"] = f"total;dur={_milliseconds_since(started)}"
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, with_headers)
            finally:
                log.info(
                    "request",
                    kind=scope["type"],
                    path=scope["path"],
                    status=status,
                    milliseconds=_milliseconds_since(started),
                )


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


class BodyLimit:
    """Refuses bodies above one megabyte with 413, whether or not they say how long they are.

    `larger` has the paths that take more, with the number of bytes.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        self._app, self._larger = app, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._larger.get(scope["path"], MAX_BODY_BYTES)
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > most:
            await _too_large(scope, receive, send, most)
            return
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                return {"type": "http.disconnect"}
            return message

        await self._app(scope, counting, send)


async def _too_large(scope: Scope, receive: Receive, send: Send, most: int) -> None:
    error = {
        "message": f"The body is larger than {most} bytes.",
        "extensions": {"code": "BODY_TOO_LARGE"},
    }
    await JSONResponse({"errors": [error]}, status_code=413)(scope, receive, send)
