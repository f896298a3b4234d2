"""The server as a browser and as a program meet it."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from starlette.testclient import TestClient

import kehu
from kehu.core_plugin import plugin as core
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi
from kehu_graphql.server.middleware import MAX_BODY_BYTES
from tests.kehu_graphql.server.conftest import EMAIL, PASSWORD

COUNT = {"query": "{ customers { totalCount } }"}
CREATE = {
    "query": """mutation { createCustomer(input: {name: "Acme", kind: ORGANIZATION}) {
        customer { name owner { name } } userErrors { code } } }"""
}


def test_a_stranger_is_told_to_sign_in(client: TestClient) -> None:
    error = client.post("/graphql", json=COUNT).json()["errors"][0]
    assert (error["message"], error["extensions"]["code"]) == ("Sign in first.", "UNAUTHENTICATED")


def test_a_wrong_password_is_refused_without_a_hint(client: TestClient) -> None:
    wrong = client.post("/session", json={"email": EMAIL, "password": "wrong"})
    unknown = client.post("/session", json={"email": "nobody@example.com", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert not client.cookies


def test_a_browser_signs_in_and_out_with_a_cookie_no_script_can_read(client: TestClient) -> None:
    answer = client.post("/session", json={"email": EMAIL, "password": PASSWORD})
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=lax" in answer.headers["set-cookie"].lower()
    assert client.get("/session").json()["user"]["name"] == "Ann"
    assert client.post("/graphql", json=COUNT).json() == {"data": {"customers": {"totalCount": 0}}}
    assert client.delete("/session").status_code == 204
    assert client.get("/session").json() == {"user": None}
    assert client.post("/graphql", json=COUNT).json()["data"] == {"customers": None}


def test_signing_out_ends_the_session_itself_not_only_the_cookie(signed_in: TestClient) -> None:
    token = signed_in.cookies["kehu_session"]
    signed_in.delete("/session")
    answer = signed_in.post("/graphql", json=COUNT, headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_program_sends_a_bearer_token(signed_in: TestClient) -> None:
    token = signed_in.cookies["kehu_session"]
    signed_in.cookies.clear()
    answer = signed_in.post("/graphql", json=COUNT, headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"data": {"customers": {"totalCount": 0}}}


def test_the_cookie_is_worth_nothing_to_a_page_of_another_site(signed_in: TestClient) -> None:
    answer = signed_in.post("/graphql", json=CREATE, headers={"Origin": "https://evil.example"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert signed_in.post("/graphql", json=COUNT).json()["data"]["customers"]["totalCount"] == 0


def test_a_form_of_another_site_cannot_sign_in(client: TestClient) -> None:
    answer = client.post("/session", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    foreign = client.post(
        "/session", json={"email": EMAIL, "password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403


def test_somebody_without_grants_sees_nothing_and_may_not_write(client: TestClient) -> None:
    client.post("/session", json={"email": "bob@example.com", "password": PASSWORD})
    assert client.post("/graphql", json=COUNT).json() == {"data": {"customers": {"totalCount": 0}}}
    refused = client.post("/graphql", json=CREATE).json()["data"]["createCustomer"]
    assert refused == {"customer": None, "userErrors": [{"code": "FORBIDDEN"}]}


def test_a_subscription_hears_of_a_write_over_graphql_transport_ws(signed_in: TestClient) -> None:
    with signed_in.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        document = "subscription { customerChanged { operation customer { name } } }"
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": document}})
        socket.send_json({"type": "ping"})
        assert socket.receive_json() == {"type": "pong"}
        assert signed_in.post("/graphql", json=CREATE).json()["data"]["createCustomer"]["userErrors"] == []
        assert socket.receive_json() == {
            "type": "next",
            "id": "1",
            "payload": {"data": {"customerChanged": {"operation": "CREATE", "customer": {"name": "Acme"}}}},
        }


def test_each_operation_of_a_socket_has_a_context_of_its_own(signed_in: TestClient) -> None:
    with signed_in.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        socket.receive_json()
        totals = []
        for number in ("1", "2"):
            socket.send_json({"type": "subscribe", "id": number, "payload": COUNT})
            totals.append(socket.receive_json()["payload"]["data"]["customers"]["totalCount"])
            assert socket.receive_json() == {"type": "complete", "id": number}
            signed_in.post("/graphql", json=CREATE)
        assert totals == [0, 1]


def test_an_answer_carries_the_id_of_its_request(client: TestClient) -> None:
    answer = client.post("/graphql", json=COUNT, headers={"X-Request-ID": "abc-1"})
    assert answer.headers["x-request-id"] == "abc-1"
    assert answer.json()["errors"][0]["extensions"]["traceId"] == "abc-1"
    odd = client.post("/graphql", json=COUNT, headers={"X-Request-ID": "a b<c>"})
    assert odd.headers["x-request-id"] != "a b<c>"


def test_what_a_request_wrote_is_found_by_its_id(signed_in: TestClient) -> None:
    signed_in.post("/graphql", json=CREATE, headers={"X-Request-ID": "trace-7"})
    document = {
        "query": '{ auditEntries(filter: {requestId: {eq: "trace-7"}}) { nodes { entity principal } } }'
    }
    answer = signed_in.post("/graphql", json=document).json()
    assert answer["data"]["auditEntries"]["nodes"] == [{"entity": "Customer", "principal": "Ann"}]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    body = b'{"query": "' + b"x" * MAX_BODY_BYTES + b'"}'
    answer = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "BODY_TOO_LARGE"


def test_a_document_that_is_too_deep_never_runs(signed_in: TestClient) -> None:
    deep = "{ customers { nodes " + "{ parent " * 20 + "{ id }" + " }" * 20 + " } }"
    answer = signed_in.post("/graphql", json={"query": deep}).json()
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_the_health_check_asks_the_database(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_an_unreachable_database_is_no_good_health() -> None:
    app = kehu.App([core], "sqlite:////no/such/folder/kehu.db")
    client = TestClient(asgi(Api(app)))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "database unreachable"})


def test_the_query_page_needs_no_other_server(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_sessions_are_stored_as_hashes_only(signed_in: TestClient, api: Api) -> None:
    token = signed_in.cookies["kehu_session"]

    async def stored() -> list[str]:
        app = kehu.App(
            api.app.composition.plugins, str(api.app.engine.url.render_as_string(hide_password=False))
        )
        async with app.engine.connect() as connection:
            rows = (await connection.execute(sa.text("SELECT token_hash FROM core_session"))).scalars().all()
        await app.close()
        return list(rows)

    assert token not in asyncio.run(stored())
