"""Hostile documents are refused alike over HTTP, WebSocket and as events, and the server goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.kehu_graphql.hostile_documents import DOCUMENTS, UNREADABLE
from tests.kehu_graphql.server.conftest import EMAIL, PASSWORD

ALL = {**DOCUMENTS, **UNREADABLE}
CODES = {"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT"}
# Of a URL, as of a line of a header, a server takes no more.
LONGEST_ADDRESS = 60_000


def by_post(client: TestClient, document: str) -> Any:
    return client.post("/graphql", json={"query": document}).json()["errors"]


def by_get(client: TestClient, document: str) -> Any:
    return client.get("/graphql", params={"query": document}).json()["errors"]


def by_events(client: TestClient, document: str) -> Any:
    answer = client.post("/graphql", json={"query": document}, headers={"Accept": "text/event-stream"})
    (told,) = [line for line in answer.text.splitlines() if line.startswith("data: {")]
    return json.loads(told.removeprefix("data: "))["errors"]


def check(errors: Any, name: str) -> None:
    assert {error["extensions"]["code"] for error in errors} <= CODES, name
    assert max(len(error["message"]) for error in errors) <= 1000, name
    assert len(errors) <= 6, name


@pytest.mark.parametrize("ask", [by_post, by_get, by_events])
@pytest.mark.parametrize("is_signed_in", [False, True], ids=["stranger", "somebody"])
def test_hostile_documents_are_refused(
    client: TestClient,
    capsys: pytest.CaptureFixture[str],
    ask: Callable[[TestClient, str], Any],
    *,
    is_signed_in: bool,
) -> None:
    asked = 0
    if is_signed_in:
        client.post("/session", json={"email": EMAIL, "password": PASSWORD})
    for name, document in ALL.items():
        if ask is by_get and len(document) > LONGEST_ADDRESS:
            continue
        check(ask(client, document), name)
        asked += 1

    assert client.get("/healthz").json() == {"status": "ok"}
    with capsys.disabled():
        print(f"\n{asked} hostile documents were refused {ask.__name__}.")  # noqa: T201  # how many there are
    assert asked >= 50


def test_hostile_documents_are_refused_on_a_socket(
    signed_in: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with signed_in.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        for name, document in ALL.items():
            socket.send_json({"type": "subscribe", "id": name, "payload": {"query": document}})
            answer = socket.receive_json()
            assert (answer["type"], answer["id"]) == ("error", name)
            check(answer["payload"], name)
        socket.send_json({"type": "ping"})
        assert socket.receive_json() == {"type": "pong"}

    with capsys.disabled():
        print(f"\n{len(ALL)} hostile documents were refused on a socket.")  # noqa: T201  # how many there are


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ customers { ", "GRAPHQL_PARSE_FAILED"),
        ("customers", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (f"{{ {'a ' * 5000} }}", "GRAPHQL_VALIDATION_FAILED"),
        ("{ a " * 500, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
@pytest.mark.parametrize("ask", [by_post, by_get, by_events])
def test_what_cannot_be_read_has_a_code_of_its_own(
    client: TestClient, ask: Callable[[TestClient, str], Any], document: str, code: str
) -> None:
    assert [error["extensions"]["code"] for error in ask(client, document)] == [code]


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ("query ($id: ID!) { customer(id: $id) { id } }", "x" * 100_000),
        ("query ($id: ID!) { node(id: $id) { id } }", "x" * 100_000),
        ("query ($id: ID!) { customers(first: $id) { totalCount } }", "x" * 100_000),
        ("query ($id: Int!) { customers(first: $id) { totalCount } }", "x" * 100_000),
        ("query ($id: String) { customers(after: $id) { totalCount } }", "x" * 100_000),
        ("query ($id: CustomerFilter) { customers(filter: $id) { totalCount } }", {"x" * 100_000: 1}),
    ],
)
def test_no_message_repeats_all_that_was_sent(signed_in: TestClient, document: str, key: Any) -> None:
    answer = signed_in.post("/graphql", json={"query": document, "variables": {"id": key}})

    assert len(answer.json()["errors"]) <= 2
    assert len(answer.text) < 2500


def test_a_refused_write_does_not_repeat_all_that_was_sent(signed_in: TestClient) -> None:
    document = "mutation ($id: ID!) { deleteCustomer(id: $id) { userErrors { code message } } }"
    answer = signed_in.post("/graphql", json={"query": document, "variables": {"id": "x" * 150}}).json()

    (error,) = answer["data"]["deleteCustomer"]["userErrors"]
    assert error["code"] == "BAD_ID"
    assert len(error["message"]) < 300
