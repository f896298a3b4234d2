"""Files over HTTP: brought with the session of a browser or a token, given back only to be saved."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

import kehu
from kehu_graphql.server.middleware import MAX_BODY_BYTES
from tests.kehu_graphql.server.conftest import PASSWORD

PDF = {"content-type": "application/pdf"}


@pytest.fixture
def customer(signed_in: TestClient) -> str:
    document = 'mutation { createCustomer(input: {name: "Meier"}) { customer { id } } }'
    made: str = signed_in.post("/graphql", json={"query": document}).json()["data"]["createCustomer"][
        "customer"
    ]["id"]
    return made


def test_a_file_is_brought_listed_and_got_back(signed_in: TestClient, customer: str) -> None:
    large = b"%PDF" + b"x" * (MAX_BODY_BYTES + 1)

    answer = signed_in.post(
        "/attachments", params={"record": customer, "name": "报价.pdf"}, content=large, headers=PDF
    )

    assert answer.status_code == 201
    file = answer.json()["attachment"]
    assert (file["name"], file["size"], file["recordId"]) == ("报价.pdf", len(large), customer)
    document = "query ($id: ID!) { customer(id: $id) { attachments { id name path } } }"
    listed = signed_in.post("/graphql", json={"query": document, "variables": {"id": customer}}).json()
    shown = {"id": file["id"], "name": "报价.pdf", "path": file["path"]}
    assert listed["data"]["customer"]["attachments"] == [shown]
    got = signed_in.get(file["path"])
    assert (got.status_code, got.content) == (200, large)
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf"
    assert (got.headers["content-security-policy"], got.headers["x-content-type-options"]) == (
        "default-src 'none'; sandbox",
        "nosniff",
    )
    again = signed_in.get(file["path"], headers={"if-none-match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_files_are_for_those_who_are_signed_in_and_may(
    client: TestClient, signed_in: TestClient, customer: str
) -> None:
    where = {"record": customer, "name": "a.pdf"}
    path = signed_in.post("/attachments", params=where, content=b"a", headers=PDF).json()["attachment"][
        "path"
    ]
    other_site = {**PDF, "origin": "https://elsewhere.example"}

    assert signed_in.post("/attachments", params=where, content=b"a", headers=other_site).status_code == 401
    signed_in.delete("/session")
    assert client.post("/attachments", params=where, content=b"a", headers=PDF).status_code == 401
    assert client.get(path).status_code == 401
    client.post("/session", json={"email": "bob@example.com", "password": PASSWORD})
    assert client.post("/attachments", params=where, content=b"a", headers=PDF).status_code == 403
    assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("size", "media_type", "status", "code"),
    [
        (1, "text/html", 415, "ATTACHMENT_TYPE_REFUSED"),
        (0, "application/pdf", 413, "ATTACHMENT_TOO_LARGE"),
        (10_000_001, "application/pdf", 413, "BODY_TOO_LARGE"),
    ],
)
def test_what_is_no_file_of_ours_is_refused(
    signed_in: TestClient, customer: str, size: int, media_type: str, status: int, code: str
) -> None:
    answer = signed_in.post(
        "/attachments",
        params={"record": customer, "name": "a"},
        content=b"x" * size,
        headers={"content-type": media_type},
    )

    assert answer.status_code == status
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == [code]


def test_a_record_that_is_not_there_has_no_files(signed_in: TestClient) -> None:
    nobody = {"record": kehu.global_id("Customer", kehu.uuid7()), "name": "a.pdf"}

    assert signed_in.post("/attachments", params=nobody, content=b"a", headers=PDF).status_code == 404
    assert signed_in.get(f"/attachments/{kehu.uuid7()}").status_code == 404
