"""What is too large is refused over every way that leads to the server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.kehu_graphql.hostile import ALL, Hostile

Ask = Callable[[TestClient, str, Any], Any]


def by_post(client: TestClient, document: str, variables: Any) -> Any:
    return client.post("/graphql", json={"query": document, "variables": variables}).json()


def by_get(client: TestClient, document: str, variables: Any) -> Any:
    params = {"query": document, "variables": json.dumps(variables)}
    return client.get("/graphql", params=params).json()


def by_events(client: TestClient, document: str, variables: Any) -> Any:
    answer = client.post(
        "/graphql", json={"query": document, "variables": variables}, headers={"Accept": "text/event-stream"}
    )
    first = next(line for line in answer.text.splitlines() if line.startswith("data: "))
    return json.loads(first.removeprefix("data: "))


def by_socket(client: TestClient, document: str, variables: Any) -> Any:
    with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json()["type"] == "connection_ack"
        payload = {"query": document, "variables": variables}
        socket.send_json({"type": "subscribe", "id": "1", "payload": payload})
        said = socket.receive_json()
    assert said["type"] == "error"
    return {"errors": said["payload"]}


WAYS: dict[str, Ask] = {"POST": by_post, "GET": by_get, "events": by_events, "socket": by_socket}


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_what_is_too_large_is_refused_over_every_way(signed_in: TestClient, ask: Ask) -> None:
    asked = {name: each for name, each in ALL.items() if ask is not by_get or _fits_in_an_address(each)}
    sys.stdout.write(f"{len(asked)} hostile arguments\n")
    told = {name: _told(ask(signed_in, each.document, {"given": each.given})) for name, each in asked.items()}
    assert told == {name: ["BAD_USER_INPUT", *_limit(ask, each)] for name, each in asked.items()}


def _limit(ask: Ask, asked: Hostile) -> tuple[str | None, int | None]:
    """The field and the limit that are told; a subscription that does not ask for events is refused as such."""
    needs_events = ask is by_post and asked.document.startswith("subscription")
    return (None, None) if needs_events else (asked.field, asked.limit)


def _fits_in_an_address(asked: Hostile) -> bool:
    return asked.document.startswith("query") and len(asked.document + json.dumps(asked.given)) < 20_000


def _told(answer: Any) -> list[Any]:
    (error,) = answer["errors"]
    return [error["extensions"].get(name) for name in ("code", "field", "limit")]


def test_a_password_of_a_megabyte_is_refused_at_once(client: TestClient) -> None:
    answer = client.post("/session", json={"email": "x" * 900_000, "password": "x"})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_hostile_document_of_the_anonymous_is_refused_too(client: TestClient) -> None:
    asked: Hostile = ALL["contains 900 kB (list)"]
    assert _told(by_post(client, asked.document, {"given": asked.given})) == [
        "BAD_USER_INPUT",
        "filter",
        2_000,
    ]
