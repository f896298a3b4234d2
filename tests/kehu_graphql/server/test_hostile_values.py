"""Hostile values over GET, POST, WebSocket and events, and at the other addresses: errors in JSON, never a crash.

TestClient raises what the server does not catch, so a value that is answered with status 500 fails with its traceback.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import kehu
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from kehu_graphql.server.json_input import DEEPEST, read_json
from tests.kehu.factories import token_of_somebody
from tests.kehu_graphql.server.live import serving
from tests.templates import Templates

EVENTS, JSON = "text/event-stream", "application/json"
PROTOCOL = ["graphql-transport-ws"]
BAD, MEDIA = (400, "BAD_USER_INPUT"), (415, "UNSUPPORTED_MEDIA_TYPE")
TYPE = b'{"query": "{ __typename }", %s}'

# Parts of JSON: as a whole body or message, and as variables and extensions.
VALUES = {
    "arrays 400,000 deep": b"[" * 400_000 + b"]" * 400_000,
    "arrays that do not end": b"[" * 400_000,
    "objects 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "objects a little too deep": b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1),
    "900,000 digits": b'{"a":' + b"9" * 900_000 + b"}",
    "minus 900,000 digits": b'{"a":-' + b"9" * 900_000 + b"}",
    "too large to be a float": b'{"a":1e999}',
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":Infinity}',
    "-Infinity": b'{"a":-Infinity}',
    "half a character": b'{"a":"\\ud800"}',
    "the other half": b'{"a":"\\uDFFF"}',
    "half a character as a name": b'{"\\ud800":1}',
    "two first halves": b'{"a":"\\ud83d\\ud83d"}',
    "not UTF-8": b'{"a":"\xff\xfe"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "gzip": gzip.compress(b'{"a":1}'),
    "cut off": b'{"a":',
    "an apostrophe": b"{'a': 1}",
    "a number": b"1",
    "a text": b'"text"',
    "true": b"true",
    "a list": b"[]",
    "a list of requests": b'[{"query": "{ __typename }"}]',
    "two objects": b"{}{}",
    "nothing but a byte order mark": b"\xef\xbb\xbf",
}

# Where bytes that are no UTF-8 cannot come, or are characters that stand for it.
IN_TEXTS = {name: value for name, value in VALUES.items() if name != "not UTF-8"}

# Whole bodies of which a part is wrong.
BODIES = {
    "empty": b"",
    "null": b"null",
    "nothing asked": b"{}",
    "a document that is a number": b'{"query": 1}',
    "a document that is a list": b'{"query": ["{ __typename }"]}',
    "half a character in the document": b'{"query": "{ a(b: \\"\\ud800\\") }"}',
    "an operation that is not there": TYPE % b'"operationName": "Nowhere"',
    "an operation of half a character": TYPE % b'"operationName": "\\ud800"',
    "an operation that is a list": TYPE % b'"operationName": ["a"]',
    "an operation that is a number": TYPE % b'"operationName": 1',
    "variables as a text": TYPE % b'"variables": "a"',
    "extensions as a number": TYPE % b'"extensions": 1',
}
MEDIA_TYPES = {
    "none": "",
    "text": "text/plain",
    "a form": "application/x-www-form-urlencoded",
    "no type at all": ";;;",
    "not ASCII": b"\xff\xfe/\xe9",
}
FORMS = {
    "without a boundary": "multipart/form-data",
    "with an encoding that there is not": "multipart/form-data; boundary=x; charset=klingon",
    "that ends before it begins": "multipart/form-data; boundary=y",
}
ORIGINS = [
    b"http://[",
    b"http://[::1",
    b"http://]",
    b"null",
    b"\xff\xfe",
    b"//",
    b"http://a:b:c",
    b"http://\xe9",
]
COUNT = 4 * len(VALUES) + 2 * len(BODIES) + len(MEDIA_TYPES) + len(FORMS) + len(ORIGINS)


@pytest.fixture(scope="module")
def server(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The server of somebody who may do everything and sends a token."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    folder = tmp_path_factory.mktemp("hostile")
    app, token = asyncio.run(_prepared(templates, folder))
    with TestClient(asgi(Api(app)), headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


async def _prepared(templates: Templates, folder: Path) -> tuple[kehu.App, str]:
    app = await templates.open(f"sqlite:///{folder / 'kehu.db'}", "core")
    token = await token_of_somebody(app)
    await app.close()
    return app, token


def told(answer: Any) -> tuple[int, str]:
    """Status and code of an answer that is nothing but an error in JSON."""
    assert answer.headers["content-type"].startswith(JSON)
    assert set(answer.json()) == {"errors"}
    [error] = answer.json()["errors"]
    assert error["message"]
    return answer.status_code, error["extensions"]["code"]


def test_there_are_so_many_of_them() -> None:
    print(f"{COUNT} hostile values")  # noqa: T201  # who runs the tests is to see how many there are
    assert COUNT == 144


@pytest.mark.parametrize("accept", [JSON, EVENTS])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_body(server: TestClient, value: bytes, accept: str) -> None:
    headers = {"Content-Type": JSON, "Accept": accept}
    assert told(server.post("/graphql", content=value, headers=headers)) == BAD


@pytest.mark.parametrize("accept", [JSON, EVENTS])
@pytest.mark.parametrize("part", [b"variables", b"extensions"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_part_of_a_body(server: TestClient, value: bytes, part: bytes, accept: str) -> None:
    headers = {"Content-Type": JSON, "Accept": accept}
    body = TYPE % (b'"%s": %s' % (part, value))
    assert told(server.post("/graphql", content=body[:1_000_000], headers=headers)) == BAD


@pytest.mark.parametrize("part", ["variables", "extensions"])
@pytest.mark.parametrize("value", IN_TEXTS.values(), ids=IN_TEXTS)
def test_a_part_of_an_address(server: TestClient, value: bytes, part: str) -> None:
    address = f"/graphql?query=%7B__typename%7D&{part}={quote(value[:15_000])}"
    assert told(server.get(address)) == BAD


@pytest.mark.parametrize("accept", [JSON, EVENTS])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_of_which_a_part_is_wrong(server: TestClient, body: bytes, accept: str) -> None:
    answer = server.post("/graphql", content=body, headers={"Content-Type": JSON, "Accept": accept})
    if answer.headers["content-type"].startswith(EVENTS):
        # What was asked was understood, and could not be found.
        assert answer.text.startswith("event: next\r\ndata: {")
        assert '"code":"' in answer.text
        return
    assert told(answer) == BAD


@pytest.mark.parametrize(
    "query", ["%ff", "%", "%zz", "%00", "%7B__typename%7D&operationName=x", "", "%f0%9f"]
)
def test_an_address(server: TestClient, query: str) -> None:
    answer = server.get(f"/graphql?query={query}")
    assert answer.headers["content-type"].startswith(JSON)
    assert all(error["extensions"]["code"] for error in answer.json()["errors"])
    assert answer.status_code in {200, 400}


@pytest.mark.parametrize("media_type", MEDIA_TYPES.values(), ids=MEDIA_TYPES)
def test_a_media_type(server: TestClient, media_type: str | bytes) -> None:
    answer = server.post("/graphql", content=TYPE, headers=[(b"content-type", _bytes(media_type))])
    assert told(answer) == MEDIA


@pytest.mark.parametrize("media_type", FORMS.values(), ids=FORMS)
def test_a_form(server: TestClient, media_type: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n\xff\r\n--x--\r\n'
    assert told(server.post("/graphql", content=body, headers={"Content-Type": media_type})) == BAD


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "klingon"])
@pytest.mark.parametrize("address", ["/graphql", "/session", "/attachments", "/inbound/a/b"])
def test_a_compressed_body(server: TestClient, address: str, encoding: str) -> None:
    body = gzip.compress(b'{"query": "{ __typename }"}')
    headers = {"Content-Type": JSON, "Content-Encoding": encoding}
    assert told(server.post(address, content=body, headers=headers)) == MEDIA


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_origin(server: TestClient, origin: bytes) -> None:
    """Nobody is signed in by a cookie there; the token counts from everywhere."""
    headers = [(b"origin", origin), (b"cookie", b"kehu_session=a")]
    assert server.post("/graphql", json={"query": "{ __typename }"}, headers=headers).status_code == 200
    assert server.get("/graphql?query=%7B__typename%7D", headers=headers).status_code == 200
    for method in ("GET", "POST", "DELETE"):
        assert told(server.request(method, "/session", headers=headers)) == (403, "FORBIDDEN")
    if not origin.isascii():
        return  # the client for tests sends no such header with a WebSocket
    with (
        pytest.raises(WebSocketDisconnect),
        server.websocket_connect(
            "/graphql", subprotocols=PROTOCOL, headers={"Origin": origin.decode("latin-1")}
        ),
    ):
        pass


@pytest.mark.parametrize("value", [*VALUES.values(), *BODIES.values()], ids=[*VALUES, *BODIES])
def test_a_session(server: TestClient, value: bytes) -> None:
    status, _ = told(server.post("/session", content=value, headers={"Content-Type": JSON}))
    assert status in {400, 401, 429}


@pytest.mark.parametrize(
    ("method", "address", "expected"),
    [
        ("GET", "/nowhere", (404, "NOT_FOUND")),
        ("GET", "/%ff%00", (404, "NOT_FOUND")),
        ("PUT", "/graphql", (405, "METHOD_NOT_ALLOWED")),
        ("PATCH", "/session", (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/schema.graphql", (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/healthz", (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/", (405, "METHOD_NOT_ALLOWED")),
        ("GET", "/attachments", (405, "METHOD_NOT_ALLOWED")),
        ("GET", "/attachments/no-key", (404, "NOT_FOUND")),
        ("GET", "/attachments/%00", (404, "NOT_FOUND")),
        ("POST", "/attachments", (413, "ATTACHMENT_TOO_LARGE")),
        ("POST", "/attachments?record=%00&name=%ff", (413, "ATTACHMENT_TOO_LARGE")),
        ("GET", "/feeds/no/feed", (404, "NOT_FOUND")),
        ("GET", "/feeds/%00?token=%ff%00", (404, "NOT_FOUND")),
        ("POST", "/inbound/no/exchange", (404, "NOT_FOUND")),
        ("POST", "/inbound/%00/%ff", (404, "NOT_FOUND")),
    ],
)
def test_another_address(server: TestClient, method: str, address: str, expected: tuple[int, str]) -> None:
    answer = server.request(method, address)

    assert told(answer) == expected
    # RFC 9110, 15.5.6: who may not use this method is told which ones there are.
    assert ("allow" in answer.headers) is (expected[0] == 405)


SUBSCRIBE = b'{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", %s}}'
MESSAGES = {
    **VALUES,
    **{f"variables: {name}": SUBSCRIBE % (b'"variables": %s' % value) for name, value in IN_TEXTS.items()},
    "no type": b"{}",
    "a type that is a list": b'{"type": []}',
    "a type of 100,000 characters": json.dumps({"type": "x" * 100_000}).encode(),
    "an id that is a list": b'{"type": "subscribe", "id": [], "payload": {"query": "{ __typename }"}}',
    "a payload that is a list": b'{"type": "subscribe", "id": "1", "payload": []}',
    "a document that is a number": b'{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
    "an operation that is a list": SUBSCRIBE % b'"operationName": []',
    "an operation that is not there": SUBSCRIBE % b'"operationName": "Nowhere"',
    "an operation with a name of 100,000 characters": SUBSCRIBE
    % (b'"operationName": "%s"' % (b"x" * 100_000)),
    "complete without an id": b'{"type": "complete"}',
    "complete with an object": b'{"type": "complete", "id": {}}',
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_a_message_of_a_websocket(server: TestClient, message: bytes) -> None:
    with server.websocket_connect("/graphql", subprotocols=PROTOCOL) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_text(message.decode("latin-1"))
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4400
    assert len(closed.value.reason.encode()) <= 123


async def test_who_leaves_in_the_middle_leaves_no_traceback(
    templates: Templates,
    sqlite_url: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = await templates.open(sqlite_url, "core")
    async with serving(Api(app)) as where:
        for address in ("/graphql", "/session", "/attachments", "/inbound/a/b"):
            for media_type in (JSON, "multipart/form-data; boundary=x"):
                await _leave_early(where, address, media_type)
        await asyncio.sleep(0.3)
    assert [record for record in caplog.records if record.exc_info] == []
    assert "Traceback" not in "".join(capsys.readouterr())


async def _leave_early(where: str, address: str, media_type: str) -> None:
    host, port = where.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {address} HTTP/1.1\r\nHost: {where}\r\nContent-Type: {media_type}\r\nContent-Length: 100\r\n\r\n"
    writer.write(head.encode() + b'{"query": ')
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.close()
    await writer.wait_closed()


def test_a_body_that_does_not_say_how_long_it_is(server: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 100_000

    for address in ("/graphql", "/session", "/inbound/a/b"):
        answer = server.post(address, content=chunks(), headers={"Content-Type": JSON})
        assert told(answer) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize("deep", [100, 200, DEEPEST - 3])
def test_a_filter_that_is_deep(server: TestClient, deep: int) -> None:
    inner: dict[str, Any] = {"name": {"eq": "a"}}
    for _ in range(deep - 1):
        inner = {"not": inner}
    document = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
    answer = server.post("/graphql", json={"query": document, "variables": {"filter": inner}})
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_what_is_as_deep_as_may_be_is_read() -> None:
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST) is not None
    assert read_json('{"a": "\\ud83d\\ude00"}') == {"a": "😀"}
    assert read_json(json.dumps([{"a": [1.5, None]}] * 500)) == [{"a": [1.5, None]}] * 500


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
