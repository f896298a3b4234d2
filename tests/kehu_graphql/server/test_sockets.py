"""WebSockets as graphql-transport-ws has them: who breaks the protocol is told how by the code that closes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from kehu_graphql import Api
from kehu_graphql.server import operations
from kehu_graphql.server.asgi import asgi
from tests.kehu_graphql.server.conftest import EMAIL, PASSWORD

PROTOCOL = ["graphql-transport-ws"]
INIT = {"type": "connection_init"}
LISTEN = "subscription { customerChanged { operation } }"


def subscribe(name: str, document: str = LISTEN) -> dict[str, Any]:
    return {"type": "subscribe", "id": name, "payload": {"query": document}}


def closed_after(client: TestClient, *messages: Any) -> int:
    """The code that the server closes the socket with after these messages."""
    with client.websocket_connect("/graphql", subprotocols=PROTOCOL) as socket:
        for message in messages:
            socket.send_text(message if isinstance(message, str) else json.dumps(message))
        try:
            while True:
                socket.receive_json()
        except WebSocketDisconnect as closed:
            return closed.code


def test_who_breaks_the_protocol_is_told_how(signed_in: TestClient) -> None:
    wrong_token = INIT | {"payload": {"Authorization": "Bearer of nothing"}}
    assert closed_after(signed_in, subscribe("1")) == 4401
    assert closed_after(signed_in, wrong_token) == 4403
    assert closed_after(signed_in, INIT, INIT) == 4429
    assert closed_after(signed_in, INIT, subscribe("1"), subscribe("1")) == 4409
    for garbage in ("no JSON", {"type": "start"}, INIT | {"payload": "text"}):
        assert closed_after(signed_in, garbage) == 4400
    assert closed_after(signed_in, INIT, {"type": "subscribe", "id": "1"}) == 4400


@pytest.mark.parametrize("protocols", [["graphql-ws"], ["soap"]])
def test_no_other_protocol_is_spoken(signed_in: TestClient, protocols: list[str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        signed_in.websocket_connect("/graphql", subprotocols=protocols) as socket,
    ):
        socket.receive_json()
    assert closed.value.code == 4406


@pytest.fixture
def strict(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A server with less patience than others."""
    monkeypatch.setattr(operations, "SOCKET_PATIENCE", timedelta(milliseconds=50))
    monkeypatch.setattr(operations, "MOST_OPERATIONS", 2)
    with TestClient(asgi(api)) as client:
        assert client.post("/session", json={"email": EMAIL, "password": PASSWORD}).status_code == 200
        yield client


def test_who_says_nothing_or_asks_for_too_much_is_stopped(strict: TestClient) -> None:
    assert closed_after(strict) == 4408
    with strict.websocket_connect("/graphql", subprotocols=PROTOCOL) as socket:
        for message in (INIT, subscribe("1"), subscribe("2"), subscribe("3")):
            socket.send_json(message)
        assert socket.receive_json() == {"type": "connection_ack"}
        refused = {"type": "error", "id": "3", "payload": [{"message": "Subscription limit reached"}]}
        assert socket.receive_json() == refused
