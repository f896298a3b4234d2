"""Documents that are named by their hash, trusted documents, streams of events, the schema as a file, compression."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

import kehu
from kehu_graphql import Api
from kehu_graphql.server import persisted_documents
from kehu_graphql.server.asgi import asgi
from kehu_graphql.server.persisted_documents import PersistedDocuments, read_trusted
from tests.kehu_graphql.server.test_server import COUNT, CREATE

TYPE, SCHEMA = "{ __typename }", "{ __schema { queryType { name } } }"
ANSWER = {"data": {"__typename": "Query"}}
EVENTS = {"Accept": "text/event-stream"}


def named(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}


def code_of(answer: Any) -> str:
    (error,) = answer.json()["errors"]
    return str(error["extensions"]["code"])


@pytest.fixture
def trusting(api: Api) -> Iterator[TestClient]:
    with TestClient(asgi(api, trusted={"what": TYPE, "mail": CREATE["query"]})) as client:
        yield client


def test_a_document_is_sent_once_and_named_after_that(client: TestClient) -> None:
    hash_only = {"extensions": named(TYPE)}
    first = client.post("/graphql", json=hash_only, headers={"Accept": "application/graphql-response+json"})
    assert (first.status_code, code_of(first)) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert client.post("/graphql", json={"query": TYPE, **hash_only}).json() == ANSWER
    assert client.post("/graphql", json=hash_only).json() == ANSWER
    by_get = client.get("/graphql", params={"extensions": json.dumps(named(TYPE))})
    assert by_get.json() == ANSWER


def test_a_hash_of_another_document_is_refused_and_not_kept(client: TestClient) -> None:
    wrong = client.post("/graphql", json={"query": TYPE, "extensions": named(SCHEMA)})
    assert code_of(wrong) == "PERSISTED_QUERY_MISMATCH"
    assert code_of(client.post("/graphql", json={"extensions": named(SCHEMA)})) == "PERSISTED_QUERY_NOT_FOUND"


def test_only_so_many_bytes_of_documents_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persisted_documents, "KEPT_BYTES", 4_700)
    kept = PersistedDocuments()
    texts = [f"{{ {letter * 1000} }}" for letter in "abcde"]
    for text in texts:
        assert kept.text_of(text, named(text)) == text
    assert [kept.text_of(None, named(text)) for text in texts[1:]] == texts[1:]
    with pytest.raises(Exception, match="PersistedQueryNotFound"):
        kept.text_of(None, named(texts[0]))


def test_a_server_with_trusted_documents_executes_no_others(trusting: TestClient) -> None:
    assert trusting.post("/graphql", json={"query": TYPE}).json() == ANSWER
    assert trusting.post("/graphql", json={"extensions": named(TYPE)}).json() == ANSWER
    by_name = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "what"}}}
    assert trusting.post("/graphql", json=by_name).json() == ANSWER
    assert code_of(trusting.post("/graphql", json={"query": SCHEMA})) == "NOT_TRUSTED"
    assert (
        code_of(trusting.post("/graphql", json={"query": SCHEMA, "extensions": named(SCHEMA)}))
        == "NOT_TRUSTED"
    )


def test_trusted_documents_hold_for_sockets_too(trusting: TestClient) -> None:
    with trusting.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        socket.receive_json()
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": SCHEMA}})
        answer = socket.receive_json()
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "NOT_TRUSTED")
        socket.send_json({"type": "subscribe", "id": "2", "payload": {"query": TYPE}})
        assert socket.receive_json()["payload"] == ANSWER


@pytest.mark.parametrize(
    "content",
    [
        {"what": TYPE},
        {"format": "apollo-persisted-query-manifest", "operations": [{"id": "what", "body": TYPE}]},
    ],
)
def test_trusted_documents_are_read_from_a_file(content: object, tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    assert read_trusted(file) == {"what": TYPE}


@pytest.mark.parametrize("content", ["", "[]", '{"what": 1}', '{"operations": [{"id": 1}]}'])
def test_a_file_that_holds_no_documents_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(kehu.SetupError, match=r"documents\.json"):
        read_trusted(file)


def test_a_client_that_merely_lists_event_streams_gets_json(signed_in: TestClient) -> None:
    accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    answer = signed_in.post("/graphql", json=COUNT, headers={"Accept": accept})
    assert answer.json() == {"data": {"customers": {"totalCount": 0}}}


def test_a_query_is_answered_as_events_to_who_asks_for_them(signed_in: TestClient) -> None:
    answer = signed_in.post("/graphql", json=COUNT, headers=EVENTS)
    assert answer.headers["content-type"].startswith("text/event-stream")
    shown = 'event: next\r\ndata: {"data":{"customers":{"totalCount":0}}}\r\n\r\nevent: complete\r\ndata: \r\n\r\n'
    assert answer.text == shown


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_subscription_is_a_stream_of_events(signed_in: TestClient, api: Api, method: str) -> None:
    cookie = f"kehu_session={signed_in.cookies['kehu_session']}".encode()
    assert asyncio.run(_first_event(api, method, cookie)) == (
        'event: next\r\ndata: {"data":{"customerChanged":{"customer":{"name":"Acme"}}}}\r\n\r\n'
    )


async def _first_event(api: Api, method: str, cookie: bytes) -> str:
    """What a subscription over HTTP sends after somebody made a customer; the client goes away after that."""
    asked = {"query": "subscription { customerChanged { customer { name } } }"}
    body = json.dumps(asked).encode() if method == "POST" else b""
    chunks: asyncio.Queue[str] = asyncio.Queue()
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    incoming.put_nowait({"type": "http.request", "body": body, "more_body": False})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and message.get("body"):
            chunks.put_nowait(message["body"].decode())

    headers = [(b"accept", b"text/event-stream"), (b"content-type", b"application/json"), (b"cookie", cookie)]
    query = b"" if method == "POST" else urlencode(asked).encode()
    scope = {"type": "http", "method": method, "path": "/graphql", "query_string": query, "headers": headers}
    app = kehu.App(api.app.composition.plugins, api.app.engine.url.render_as_string(hide_password=False))
    served = asyncio.create_task(asgi(Api(app))(scope, incoming.get, send))
    try:
        for _ in range(1000):
            if app.broker.listeners:
                break
            await asyncio.sleep(0.01)
        async with app.context() as ctx, ctx.write():
            ctx.add(kehu.Customer(name="Acme"))
        return await asyncio.wait_for(chunks.get(), 10)
    finally:
        incoming.put_nowait({"type": "http.disconnect"})
        await served
        await app.close()


def test_the_schema_is_a_file_with_an_etag(client: TestClient, api: Api) -> None:
    answer = client.get("/schema.graphql")
    assert answer.text == api.sdl
    known = client.get("/schema.graphql", headers={"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.text) == (304, "")


def test_long_answers_are_compressed_for_who_can_read_that(client: TestClient) -> None:
    assert (
        client.get("/schema.graphql", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"]
        == "gzip"
    )
    assert "content-encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers


def test_who_asks_is_told_how_long_it_took(client: TestClient) -> None:
    timed = client.post("/graphql", json={"query": TYPE}, headers={"Server-Timing": "true"})
    assert float(timed.headers["server-timing"].removeprefix("total;dur=")) > 0
    assert "server-timing" not in client.post("/graphql", json={"query": TYPE}).headers
