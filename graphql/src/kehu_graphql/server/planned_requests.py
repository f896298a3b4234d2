"""Requests that plans answer: read and answered here, and every other request is passed on as it came.

Most requests are of this kind, so nothing stands in between: no router, no objects for requests and headers. What
the middleware does for all others is done here too: id, log, limit of size, compression, protecting headers.
"""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from graphql import GraphQLError
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import kehu
from kehu.platform.idempotency.keys import Idempotency
from kehu_graphql.compiled import Reason
from kehu_graphql.execution import Api
from kehu_graphql.limits import may_ask_for_schema
from kehu_graphql.server.content_negotiation import EVENTS, media_type_of, preferred_type
from kehu_graphql.server.contexts import readable
from kehu_graphql.server.json_input import is_too_deep
from kehu_graphql.server.middleware import MAX_BODY_BYTES, Arrival
from kehu_graphql.server.persisted_documents import PersistedDocuments
from kehu_graphql.server.security import principal_of_scope

PATH = "/graphql"
COMPRESSED_FROM = 1000  # bytes; less is not worth its header
COMPRESSION = 5
# What takes long to compress does not keep everybody else waiting.
COMPRESSED_ASIDE_FROM = 128 * 1024

_PARTS = frozenset(("query", "variables", "operationName", "extensions"))
_PROTECTING = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))
_VARY = (b"vary", b"Accept-Encoding")
_GZIPPED = (b"content-encoding", b"gzip")
_GZIP_WINDOW = 31  # zlib's name for the format of gzip

# Names are in lower case, as ASGI has them; of a header that came twice the first.
Head = Mapping[bytes, bytes]


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    document: str
    variables: Mapping[str, Any]
    operation: str | None


class Planned:
    """In front of `app`, which answers what no plan does."""

    def __init__(self, app: ASGIApp, api: Api, named: PersistedDocuments) -> None:
        self._app, self._api, self._named = app, api, named

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = _head(scope)
        if head is None:
            await self._app(scope, receive, send)
            return
        arrival = Arrival(head.get(b"x-request-id", b"").decode("latin-1")).noted(scope)
        bound = structlog.contextvars.bind_contextvars(request_id=arrival.request_id)
        try:
            body, messages = await _read(receive)
            answer = None if body is None else await self._answer(scope, head, body)
            if answer is not None:
                await _send(send, answer, head, arrival)
                arrival.log(scope, 200)
        except BaseException:
            arrival.log(scope, 0)
            raise
        finally:
            structlog.contextvars.reset_contextvars(**bound)
        if answer is None:
            await self._app(scope, _replaying(messages, receive), send)

    async def _answer(self, scope: Scope, head: Head, body: bytes) -> bytes | None:
        """The answer as JSON; None where no plan gives one."""
        asked = _asked(body, self._named)
        if asked is None:
            return None
        app, state = self._api.app, scope["state"]
        principal = state["principal"] = await principal_of_scope(app, scope, head)
        if principal is kehu.ANONYMOUS and not may_ask_for_schema(asked.document):
            self._api.plans.fallbacks.counts[Reason.ANONYMOUS] += 1
            return None
        async with app.context(principal, request_id=state["request_id"]) as ctx:
            ctx.address = scope["client"][0] if scope.get("client") else None
            ctx.language = readable(head.get(b"accept-language", b"").decode("latin-1"))
            key = head.get(b"idempotency-key")
            if key is not None:
                ctx.idempotency = Idempotency(key.decode("latin-1"))
            return await self._api.answer(ctx, asked.document, asked.variables, asked.operation)


def _head(scope: Scope) -> Head | None:
    """The headers of a request that may be planned: a body of JSON, for which an answer of JSON will do."""
    if (
        scope["type"] != "http"
        or scope["method"] != "POST"
        or scope["path"] != scope.get("root_path", "") + PATH
        or scope.get("query_string")
    ):
        return None
    head = dict(reversed(scope["headers"]))
    if b"content-encoding" in head:
        return None
    if head.get(b"content-type", b"").partition(b";")[0].strip() != b"application/json":
        return None
    length = head.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > MAX_BODY_BYTES:
        return None
    accept = head.get(b"accept", b"").decode("latin-1")
    return None if EVENTS in accept and preferred_type(accept) == EVENTS else head


async def _read(receive: Receive) -> tuple[bytes | None, list[Message]]:
    """The body, and the messages that it came in; no body where the client went away or sent too much."""
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            return None, messages
        size += len(message.get("body", b""))
        if size > MAX_BODY_BYTES:
            return None, messages
        if not message.get("more_body", False):
            return b"".join([each.get("body", b"") for each in messages]), messages


def _replaying(messages: list[Message], receive: Receive) -> Receive:
    """The same messages again, then what comes after them."""
    waiting = iter(messages)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay


def _asked(body: bytes, named: PersistedDocuments) -> _Asked | None:
    """What is asked, where it is no more than a document, variables and the name of an operation."""
    try:
        given = orjson.loads(body)
    except ValueError:
        return None
    if not isinstance(given, dict) or not given.keys() <= _PARTS or is_too_deep(body, given):
        return None
    document, variables = given.get("query"), given.get("variables")
    operation, extensions = given.get("operationName"), given.get("extensions")
    if not isinstance(document, str | None) or not isinstance(extensions, dict | None):
        return None
    try:
        document = named.text_of(document, extensions)
    except GraphQLError:
        return None
    if (
        not isinstance(document, str)
        or not isinstance(variables, dict | None)
        or not isinstance(operation, str | None)
    ):
        return None
    return _Asked(document, variables or {}, operation)


async def _send(send: Send, body: bytes, head: Head, arrival: Arrival) -> None:
    media_type = media_type_of(head.get(b"accept", b"").decode("latin-1"))
    headers = [
        (b"content-type", media_type.encode()),
        (b"x-request-id", arrival.request_id.encode()),
        *_PROTECTING,
    ]
    if len(body) >= COMPRESSED_FROM:
        headers.append(_VARY)
        if b"gzip" in head.get(b"accept-encoding", b""):
            headers.append(_GZIPPED)
            body = await _compressed(body)
    if b"server-timing" in head:
        headers.append((b"server-timing", f"total;dur={arrival.milliseconds}".encode()))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _compressed(body: bytes) -> bytes:
    if len(body) < COMPRESSED_ASIDE_FROM:
        return zlib.compress(body, COMPRESSION, _GZIP_WINDOW)
    return await run_in_threadpool(zlib.compress, body, COMPRESSION, _GZIP_WINDOW)
