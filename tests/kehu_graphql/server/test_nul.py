"""NUL, which PostgreSQL stores in no text: refused, or found nowhere, but no failure of the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

import kehu

LIST = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
SIGN_IN = "mutation ($email: String!) { signIn(email: $email, password: $email) { userErrors { code } } }"
CREATE = (
    "mutation ($name: String!) { createCustomer(input: {name: $name, kind: PERSON}) { userErrors { code } } }"
)
ASKED: Mapping[str, tuple[str, dict[str, Any]]] = {
    "equal": (LIST, {"filter": {"name": {"eq": "a\0"}}}),
    "in": (LIST, {"filter": {"name": {"in": ["a\0", "b"]}}}),
    "contains": (LIST, {"filter": {"name": {"contains": "\0"}}}),
    "search": ("query ($text: String!) { search(text: $text) { nodes { __typename } } }", {"text": "a\0b"}),
    "sign in": (SIGN_IN, {"email": "a\0@example.com"}),
    "create": (CREATE, {"name": "a\0b"}),
    "a document": ('{ customers(filter: {name: {contains: "\\u0000"}}) { totalCount } }', {}),
}


@pytest.mark.parametrize("name", ASKED)
def test_nul_is_no_failure(signed_in: TestClient, name: str) -> None:
    document, variables = ASKED[name]
    for method in ("POST", "events"):
        headers = {"Accept": "text/event-stream" if method == "events" else "application/json"}
        answer = signed_in.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
        assert answer.status_code == 200
        assert "INTERNAL_SERVER_ERROR" not in answer.text


def test_nul_at_other_addresses_is_no_failure(signed_in: TestClient) -> None:
    document = {
        "query": CREATE.replace("{ userErrors", "{ customer { id } userErrors"),
        "variables": {"name": "A"},
    }
    customer = signed_in.post("/graphql", json=document).json()["data"]["createCustomer"]["customer"]["id"]
    given = {"email": "a\0@example.com", "password": "b\0"}
    assert signed_in.post("/session", json=given).status_code == 401
    for query in ("record=%00&name=a.pdf", f"record={customer}&name=a%00.pdf", f"record={customer}&name=%ff"):
        headers = {"Content-Type": "application/pdf", "User-Agent": "a"}
        answer = signed_in.post(f"/attachments?{query}", content=b"%PDF-1.4", headers=headers)
        assert answer.status_code in {201, 400, 415}
    assert signed_in.get("/feeds/core/nothing?token=%00").status_code == 404
    assert signed_in.get(f"/attachments/{kehu.uuid7()}").status_code == 404
