"""Requests that plans answer go past router and middleware, and are treated like all others."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from structlog.testing import capture_logs

import kehu
from kehu.platform.identity.sign_in import open_session
from kehu_graphql import Api
from kehu_graphql.server.middleware import MAX_BODY_BYTES
from kehu_graphql.server.persisted_documents import PersistedDocuments
from kehu_graphql.server.planned_requests import COMPRESSED_FROM, PATH, Planned
from tests.kehu_graphql.server.conftest import EMAIL

COUNT = {"query": "{ customers { totalCount } }"}
# As long as what is compressed, in a list that is empty.
LONG = {"query": "{ customers { " + " ".join(f"a{n:02}{'x' * 40}: totalCount" for n in range(30)) + " } }"}
PASSED_ON = "passed on"


@pytest.fixture
def token(api: Api) -> str:
    return asyncio.run(_session_of_ann(api.app))


async def _session_of_ann(app: kehu.App) -> str:
    async with app.context() as ctx, ctx.write():
        ann = (await ctx.session.scalars(sa.select(kehu.User).where(kehu.User.email == EMAIL))).one()
        signed_in = await open_session(ctx, ann)
    await app.close()
    return signed_in.token


@pytest.fixture
def alone(api: Api, token: str) -> Iterator[TestClient]:
    """The plans without the rest of the server, asked with a bearer token."""
    with TestClient(_planned(api), headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def _planned(api: Api) -> Starlette:
    async def rest(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(PASSED_ON)

    @contextlib.asynccontextmanager
    async def closing(_server: Starlette) -> AsyncIterator[None]:
        yield
        await api.app.close()

    in_front = [Middleware(Planned, api, PersistedDocuments())]
    return Starlette(routes=[Route(PATH, rest, methods=["POST"])], middleware=in_front, lifespan=closing)


def test_a_read_is_answered_and_protected_as_by_the_rest_of_the_server(alone: TestClient) -> None:
    answer = alone.post("/graphql", json=COUNT, headers={"X-Request-ID": "abc-1", "Server-Timing": "true"})
    assert answer.json() == {"data": {"customers": {"totalCount": 0}}}
    assert float(answer.headers["server-timing"].removeprefix("total;dur=")) > 0
    shown = {name: answer.headers[name] for name in answer.headers if name != "server-timing"}
    assert shown == {
        "content-type": "application/json",
        "content-length": str(len(answer.content)),
        "x-request-id": "abc-1",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
    }


def test_an_answer_is_compressed_when_that_is_worth_it(alone: TestClient) -> None:
    plain = alone.post("/graphql", json=LONG, headers={"Accept-Encoding": "identity"})
    small = alone.post("/graphql", json=LONG, headers={"Accept-Encoding": "br, gzip"})
    assert small.json() == plain.json()
    assert len(plain.content) >= COMPRESSED_FROM > int(small.headers["content-length"])
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    short = alone.post("/graphql", json=COUNT, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in short.headers


def test_each_request_is_logged_once(signed_in: TestClient) -> None:
    with capture_logs() as lines:
        for body in (COUNT, {"query": "{"}):
            signed_in.post("/graphql", json=body)
    found = [(line["path"], line["status"], line["kind"]) for line in lines if line["event"] == "request"]
    assert found == [("/graphql", 200, "http")] * 2


@pytest.mark.parametrize(
    "asked",
    [
        {"json": {"query": "{"}},
        {"json": {**COUNT, "more": 1}},
        {"json": [COUNT]},
        {"json": {"query": "mutation { createCustomer(input: {name: \"A\"}) { customer { owner { name } } } }"}},
        {"json": COUNT, "params": {"query": "{ __typename }"}},
        {"json": COUNT, "headers": {"Accept": "text/event-stream"}},
        {"json": COUNT, "headers": {"Authorization": "Bearer nobody"}},
        {"content": json.dumps(COUNT), "headers": {"Content-Type": "text/plain"}},
        {"content": json.dumps(COUNT) + " " * MAX_BODY_BYTES, "headers": {"Content-Type": "application/json"}},
    ],
    ids=[
        "not parsed", "of another kind", "a batch", "a write that reads on", "in the address",
        "as events", "a stranger", "no JSON", "too long",
    ],
)  # fmt: skip
def test_what_no_plan_answers_is_passed_on(alone: TestClient, asked: dict[str, Any]) -> None:
    assert alone.post("/graphql", **asked).text == PASSED_ON


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        ([], True),
        ([(b"origin", b"http://crm.example"), (b"host", b"crm.example")], True),
        ([(b"origin", b"https://evil.example"), (b"host", b"crm.example")], False),
        ([(b"origin", b"null")], False),
        ([(b"host", b"crm.example"), (b"host", b"evil.example"), (b"origin", b"http://evil.example")], False),
    ],
    ids=["a program", "our page", "another page", "a page of nobody", "two hosts"],
)
def test_a_cookie_counts_for_our_own_pages_only(
    api: Api, token: str, headers: list[tuple[bytes, bytes]], *, seen: bool
) -> None:
    own = [(b"content-type", b"application/json"), (b"cookie", f"kehu_session={token}".encode())]
    status, body = asyncio.run(_asked(api, own + headers))
    assert (status, b"totalCount" in body) == (200, seen)


def test_a_body_in_pieces_is_one_body(api: Api, token: str) -> None:
    own = [(b"content-type", b"application/json"), (b"cookie", f"kehu_session={token}".encode())]
    answer = asyncio.run(_asked(api, own, pieces=5))
    assert answer == (200, b'{"data":{"customers":{"totalCount":0}}}')


async def _asked(api: Api, headers: list[tuple[bytes, bytes]], *, pieces: int = 1) -> tuple[int, bytes]:
    """Status and body of the answer to COUNT."""
    body, sent = json.dumps(COUNT).encode(), []
    step = -(-len(body) // pieces)
    parts = [body[at : at + step] for at in range(0, len(body), step)]

    async def receive() -> Any:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": headers}
    await _planned(api)(scope, receive, send)
    await api.app.close()
    return sent[0]["status"], sent[1]["body"]
