"""The ways in which the server is asked: POST, GET, a stream of events, a WebSocket; each gives the first answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.testclient import TestClient

Ask = Callable[[TestClient, str, Mapping[str, str]], Any]


def by_post(client: TestClient, document: str, headers: Mapping[str, str]) -> Any:
    return client.post("/graphql", json={"query": document}, headers=dict(headers)).json()


def by_get(client: TestClient, document: str, headers: Mapping[str, str]) -> Any:
    return client.get("/graphql", params={"query": document}, headers=dict(headers)).json()


def by_events(client: TestClient, document: str, headers: Mapping[str, str]) -> Any:
    accepting = {"Accept": "text/event-stream", **headers}
    answer = client.post("/graphql", json={"query": document}, headers=accepting)
    first = next(line for line in answer.text.splitlines() if line.startswith("data: {"))
    return json.loads(first.removeprefix("data: "))


def by_socket(client: TestClient, document: str, headers: Mapping[str, str]) -> Any:
    protocols = ["graphql-transport-ws"]
    with client.websocket_connect("/graphql", subprotocols=protocols, headers=dict(headers)) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": document}})
        answer = socket.receive_json()["payload"]
    return answer if isinstance(answer, dict) else {"errors": answer}


WAYS: Mapping[str, Ask] = {"POST": by_post, "GET": by_get, "events": by_events, "socket": by_socket}
