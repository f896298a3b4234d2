"""Files that come with an operation, as the specification of GraphQL multipart requests has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

import kehu
from kehu_graphql import Api
from kehu_graphql.server.middleware import MAX_BODY_BYTES
from kehu_graphql.server.uploads import MAX_FILES
from tests.kehu_graphql.server.conftest import PASSWORD

ATTACH = """mutation ($record: ID!, $file: Upload!, $name: String) {
    attachFile(recordId: $record, file: $file, name: $name) {
        result { name mediaType size recordId uploadedBy { name } path }
        userErrors { code field }
    }
}"""
PREFLIGHT = {"GraphQL-Require-Preflight": "1"}
PDF = ("offer.pdf", b"%PDF", "application/pdf")
FILE = {"0": ["variables.file"]}


@pytest.fixture
def customer(signed_in: TestClient) -> str:
    document = 'mutation { createCustomer(input: {name: "Meier"}) { customer { id } } }'
    made: str = signed_in.post("/graphql", json={"query": document}).json()["data"]["createCustomer"][
        "customer"
    ]["id"]
    return made


def _sent(
    client: TestClient,
    variables: Mapping[str, Any],
    files: Mapping[str, Any],
    places: Any = None,
    *,
    headers: Mapping[str, str] = PREFLIGHT,
) -> Any:
    """The answer to ATTACH with these files."""
    operation = {"query": ATTACH, "variables": {"file": None, **variables}}
    fields = {"operations": json.dumps(operation), "map": json.dumps(FILE if places is None else places)}
    return client.post("/graphql", data=fields, files=dict(files), headers=dict(headers))


def _count(client: TestClient) -> int:
    answer = client.post("/graphql", json={"query": "{ attachments { totalCount } }"}).json()
    found: int = answer["data"]["attachments"]["totalCount"]
    return found


def test_a_file_comes_with_a_mutation(signed_in: TestClient, customer: str) -> None:
    large = b"%PDF" + b"x" * MAX_BODY_BYTES
    answer = _sent(signed_in, {"record": customer}, {"0": ("C:\\报价.pdf", large, "application/pdf")})
    (payload,) = answer.json()["data"].values()
    assert payload["userErrors"] == []
    path = payload["result"].pop("path")
    assert payload["result"] == {
        "name": "报价.pdf",
        "mediaType": "application/pdf",
        "size": len(large),
        "recordId": customer,
        "uploadedBy": {"name": "Ann"},
    }
    assert signed_in.get(path).content == large
    audit = '{ auditEntries(filter: {entity: {eq: "Attachment"}}) { nodes { principal operation } } }'
    told = signed_in.post("/graphql", json={"query": audit}).json()["data"]["auditEntries"]["nodes"]
    assert [entry["principal"] for entry in told] == ["Ann"]


def test_a_bearer_token_is_as_good_as_a_header(signed_in: TestClient, customer: str) -> None:
    token = signed_in.cookies["kehu_session"]
    bearer = {"Authorization": f"Bearer {token}"}
    answer = _sent(signed_in, {"record": customer, "name": "a.pdf"}, {"0": PDF}, headers=bearer)
    assert answer.json()["data"]["attachFile"]["result"]["name"] == "a.pdf"


def test_a_form_of_another_site_brings_nothing(signed_in: TestClient, customer: str) -> None:
    form = _sent(signed_in, {"record": customer}, {"0": PDF}, headers={})
    assert (form.status_code, _codes(form)) == (400, ["PREFLIGHT_REQUIRED"])
    elsewhere = {**PREFLIGHT, "Origin": "https://elsewhere.example"}
    other = _sent(signed_in, {"record": customer}, {"0": PDF}, headers=elsewhere)
    assert (other.status_code, _codes(other)) == (401, ["UNAUTHENTICATED"])
    assert _count(signed_in) == 0


def test_files_are_for_those_who_may(client: TestClient, signed_in: TestClient, customer: str) -> None:
    signed_in.delete("/session")
    stranger = _sent(client, {"record": customer}, {"0": PDF})
    assert (stranger.status_code, _codes(stranger)) == (401, ["UNAUTHENTICATED"])
    client.post("/session", json={"email": "bob@example.com", "password": PASSWORD})
    bob = _sent(client, {"record": customer}, {"0": PDF}).json()["data"]["attachFile"]
    assert bob == {"result": None, "userErrors": [{"code": "FORBIDDEN", "field": None}]}


@pytest.mark.parametrize(
    ("file", "code", "field"),
    [
        (("a.html", b"<p>", "text/html"), "ATTACHMENT_TYPE_REFUSED", "mediaType"),
        (("a.pdf", b"", "application/pdf"), "ATTACHMENT_TOO_LARGE", "size"),
        (("a.pdf", b"x" * 10_000_001, "application/pdf"), "ATTACHMENT_TOO_LARGE", "size"),
        (("", b"%PDF", "application/pdf"), "BAD_USER_INPUT", None),
    ],
    ids=["kind", "empty", "too large", "no file but a field"],
)
def test_what_is_no_file_of_ours_is_refused(
    signed_in: TestClient, customer: str, file: tuple[str, bytes, str], code: str, field: str | None
) -> None:
    answer = _sent(signed_in, {"record": customer}, {"0": file}).json()
    told = (
        answer["data"]["attachFile"]["userErrors"]
        if "data" in answer
        else [each["extensions"] for each in answer["errors"]]
    )
    assert told == [{"code": code, "field": field}]
    assert _count(signed_in) == 0


def test_a_request_that_is_too_long_is_not_read(signed_in: TestClient, customer: str) -> None:
    file = ("a.pdf", b"x" * (10_000_000 + MAX_BODY_BYTES), "application/pdf")
    answer = _sent(signed_in, {"record": customer}, {"0": file})
    assert (answer.status_code, _codes(answer)) == (413, ["BODY_TOO_LARGE"])


@pytest.mark.parametrize(
    ("files", "places"),
    [
        ({"0": PDF}, {}),
        ({"0": PDF}, []),
        ({"0": PDF}, {"0": ["variables.other"]}),
        ({"0": PDF}, {"0": ["variables.file.0"]}),
        ({"0": PDF}, {"0": ["variables.record"]}),
        ({"0": PDF}, {"0": ["query"]}),
        ({"0": PDF}, {"0": [7]}),
        ({"1": PDF}, FILE),
        ({"0": PDF}, {"0": ["variables.file"], "1": ["variables.name"]}),
        ({str(n): PDF for n in range(MAX_FILES + 1)}, FILE),
    ],
    ids=[
        "missing", "no object", "unknown place", "inside of null", "something there", "not a variable",
        "no path", "not named", "not sent", "too many",
    ],
)  # fmt: skip
def test_a_map_that_does_not_fit_is_refused(
    signed_in: TestClient, customer: str, files: Mapping[str, Any], places: Any
) -> None:
    answer = _sent(signed_in, {"record": customer}, files, places)
    assert (answer.status_code, _codes(answer)) == (400, ["BAD_USER_INPUT"])
    assert _count(signed_in) == 0


def test_a_file_needs_a_multipart_request(signed_in: TestClient, customer: str) -> None:
    body = {"query": ATTACH, "variables": {"record": customer, "file": "a"}}
    answer = signed_in.post("/graphql", json=body).json()
    assert "data" not in answer
    assert _codes_of(answer) == ["GRAPHQL_VALIDATION_FAILED"]


def test_a_file_sent_again_under_its_key_is_kept_once(signed_in: TestClient, customer: str) -> None:
    headers = {**PREFLIGHT, "Idempotency-Key": "k1"}
    first, again = (
        _sent(signed_in, {"record": customer}, {"0": PDF}, headers=headers).json() for _ in range(2)
    )
    assert first == again
    other = ("offer.pdf", b"%PDF another", "application/pdf")
    reused = _sent(signed_in, {"record": customer}, {"0": other}, headers=headers).json()
    assert _codes_of(reused) == ["IDEMPOTENCY_KEY_REUSED"]
    assert _count(signed_in) == 1


async def test_a_program_in_this_process_gives_the_file_itself(api: Api) -> None:
    made = await api.execute('mutation { createCustomer(input: {name: "Meier"}) { customer { id } } }')
    variables = {
        "record": made["data"]["createCustomer"]["customer"]["id"],
        "file": kehu.Upload("a.pdf", "application/pdf", b"%PDF"),
    }
    answer = await api.execute(ATTACH, variables)
    await api.app.close()
    assert answer["data"]["attachFile"]["result"]["size"] == 4


def _codes(answer: Any) -> list[str]:
    return _codes_of(answer.json())


def _codes_of(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]
