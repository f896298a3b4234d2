"""Introspection over HTTP, WebSocket and as events: the same for all, and nobody waits while it is made."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from graphql import get_introspection_query
from starlette.testclient import TestClient

import kehu
from kehu.platform.core import CoreSettings
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from tests.kehu.factories import token_of_somebody
from tests.kehu_graphql.hostile_documents import DOCUMENTS
from tests.kehu_graphql.server.live import serving
from tests.templates import Templates

TYPE = '{ __type(name: "Customer") { name } }'
TOLD = {"data": {"__type": {"name": "Customer"}}}
REFUSED = ["INTROSPECTION_DISABLED"]


def by_post(client: TestClient, document: str) -> Any:
    return client.post("/graphql", json={"query": document}).json()


def by_get(client: TestClient, document: str) -> Any:
    return client.get("/graphql", params={"query": document}).json()


def by_events(client: TestClient, document: str) -> Any:
    answer = client.post("/graphql", json={"query": document}, headers={"Accept": "text/event-stream"})
    (told,) = [line for line in answer.text.splitlines() if line.startswith("data: {")]
    return json.loads(told.removeprefix("data: "))


def by_socket(client: TestClient, document: str) -> Any:
    token = client.headers.get("Authorization")
    with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init", "payload": {"Authorization": token} if token else {}})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({"type": "subscribe", "id": "q", "payload": {"query": document}})
        answer = socket.receive_json()["payload"]
    return answer if isinstance(answer, dict) else {"errors": answer}


@pytest.fixture(params=["everybody", "signed_in", "nobody"])
def asked(
    request: pytest.FixtureRequest, database_url: str, templates: Templates
) -> Iterator[tuple[TestClient, Iterator[bool]]]:
    """A client, of nobody first and then of somebody, and each time whether it is told."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    settings: Any = CoreSettings.model_validate({"introspection": request.param})
    app = asyncio.run(templates.open(database_url, "core", settings=[settings]))
    token = asyncio.run(_token(app))
    with TestClient(asgi(Api(app))) as client:
        yield client, _as_both(client, token, told_to=request.param)


def _as_both(client: TestClient, token: str, *, told_to: str) -> Iterator[bool]:
    yield told_to == "everybody"
    client.headers["Authorization"] = f"Bearer {token}"
    yield told_to != "nobody"


async def _token(app: kehu.App) -> str:
    token = await token_of_somebody(app)
    await app.close()
    return token


@pytest.mark.parametrize("ask", [by_post, by_get, by_events, by_socket])
def test_all_ways_tell_it_to_the_same(
    asked: tuple[TestClient, Iterator[bool]], ask: Callable[[TestClient, str], Any]
) -> None:
    client, turns = asked
    for is_told in turns:
        answer = ask(client, TYPE)
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert codes == ([] if is_told else REFUSED)
        assert (answer.get("data") or None) == (TOLD["data"] if is_told else None)
        again = ask(client, DOCUMENTS["the schema under 59 aliases"])["errors"]
        assert [error["extensions"]["code"] for error in again] == ["GRAPHQL_VALIDATION_FAILED"]
        assert ask(client, "{ __typename }")["data"] == {"__typename": "Query"}


def test_the_file_of_the_schema_is_told_to_the_same(asked: tuple[TestClient, Iterator[bool]]) -> None:
    client, turns = asked
    for is_told in turns:
        answer = client.get("/schema.graphql")
        assert answer.status_code == (200 if is_told else 403)
        if is_told:
            assert answer.text.startswith(('"""', "type ", "directive ", "enum ", "input "))
        else:
            assert [error["extensions"]["code"] for error in answer.json()["errors"]] == REFUSED


NOBODYS_TYPE = "{ node(id: 1) { ... on Nobody { id } } }"


@pytest.mark.parametrize(
    "document", [get_introspection_query(), NOBODYS_TYPE], ids=["introspection", "no type"]
)
async def test_health_is_told_while_all_types_are_made(
    templates: Templates, database_url: str, document: str
) -> None:
    composition = kehu.compose(kehu.installed(["core"]))  # of which no type was made before
    await templates.fill(database_url, composition)
    answered_meanwhile = 0
    async with (
        serving(Api(kehu.App(composition, database_url))) as where,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        asked = asyncio.create_task(http.post(f"http://{where}/graphql", json={"query": document}))
        while not asked.done():
            health = await http.get(f"http://{where}/healthz")
            assert health.json() == {"status": "ok"}
            answered_meanwhile += not asked.done()
        answer = asked.result().json()

    if document == NOBODYS_TYPE:
        assert [error["message"] for error in answer["errors"]] == [
            "Unknown type 'Nobody'. Did you mean 'Node'?"
        ]
    else:
        assert len(answer["data"]["__schema"]["types"]) > 500
    assert answered_meanwhile >= 2
