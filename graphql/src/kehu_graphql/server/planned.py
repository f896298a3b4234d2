"""Requests that plans answer: read and answered without Strawberry, which gets every other request untouched."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

import kehu
from kehu_graphql.execution import Api
from kehu_graphql.server.accepting import EVENTS, preferred_type
from kehu_graphql.server.named_documents import NamedDocuments
from kehu_graphql.server.security import principal_of

_PARTS = frozenset(("query", "variables", "operationName", "extensions"))


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    document: str
    variables: Mapping[str, Any]
    operation: str | None


async def answer(
    api: Api, named: NamedDocuments, scope: Scope, receive: Receive, send: Send, *, media_type: str
) -> Receive | None:
    """Answer a POST if there is a plan for it. Otherwise gives a `receive` for whoever answers it then."""
    headers = Headers(scope=scope)
    if not _may_be_planned(scope, headers):
        return receive
    body, messages = await _read(receive)
    replayed = _replaying(messages, receive)
    asked = None if body is None else _asked(body, named)
    if asked is None:
        return replayed
    principal = scope["state"]["principal"] = await principal_of(api.app, Request(scope))
    if principal is kehu.ANONYMOUS:
        return replayed
    async with api.app.context(principal, request_id=scope["state"]["request_id"]) as ctx:
        planned = await api.plans.answer(ctx, asked.document, asked.variables, asked.operation)
    if planned is None:
        return replayed
    await _send(send, planned, media_type)
    return None


def _may_be_planned(scope: Scope, headers: Headers) -> bool:
    """A body of JSON, for which an answer of JSON will do."""
    return (
        scope["method"] == "POST"
        and headers.get("content-type", "").partition(";")[0].strip() == "application/json"
        and preferred_type(headers.get("accept", "")) != EVENTS
        and not scope.get("query_string")
    )


async def _read(receive: Receive) -> tuple[bytes | None, list[Message]]:
    """The body, and the messages that it came in; no body where the client went away or sent too much."""
    messages: list[Message] = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            return None, messages
        if not message.get("more_body", False):
            return b"".join(each.get("body", b"") for each in messages), messages


def _replaying(messages: list[Message], receive: Receive) -> Receive:
    """The same messages again, then what comes after them."""
    waiting = iter(messages)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay


def _asked(body: bytes, named: NamedDocuments) -> _Asked | None:
    """What is asked, where it is no more than a document, variables and the name of an operation."""
    try:
        given = orjson.loads(body)
    except ValueError:
        return None
    if not isinstance(given, dict) or not given.keys() <= _PARTS:
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


async def _send(send: Send, body: bytes, media_type: str) -> None:
    headers = [
        (b"content-length", str(len(body)).encode()),
        (b"content-type", media_type.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
