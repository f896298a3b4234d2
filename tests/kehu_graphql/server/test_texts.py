"""Hostile texts over HTTP: what is stored shows what it is, or is refused with a code and the field."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tests.kehu.business.identifiers.test_texts import KEPT, NOTHING, REFUSED

CREATE = """mutation ($input: CreateCustomerInput!) {
  made: createCustomer(input: $input) { customer { id name notes tags } userErrors { code field } } }"""
UPDATE = """mutation ($input: UpdateCustomerInput!) {
  made: updateCustomer(input: $input) { customer { name } userErrors { code field } } }"""
BULK = """mutation ($inputs: [CreateCustomerInput!]!) {
  made: createCustomers(inputs: $inputs) { userErrors { code field } } }"""
UPSERT = """mutation ($input: UpsertProductInput!) {
  made: upsertProduct(by: CODE, input: $input) { created product { code } userErrors { code field } } }"""


def ask(client: TestClient, document: str, **variables: Any) -> Any:
    answer = client.post("/graphql", json={"query": document, "variables": variables}).json()
    assert "errors" not in answer, answer
    return answer["data"]["made"]


def test_hostile_names_are_refused_or_kept_in_one_form(signed_in: TestClient) -> None:
    good = ask(signed_in, CREATE, input={"name": "Acme"})["customer"]["id"]
    for text in NOTHING:
        missing = [{"code": "REQUIRED", "field": "name"}]
        assert ask(signed_in, CREATE, input={"name": text})["userErrors"] == missing, ascii(text)
        assert ask(signed_in, UPDATE, input={"id": good, "name": text})["userErrors"] == missing, ascii(text)
    for text in REFUSED:
        errors = ask(signed_in, CREATE, input={"name": text})["userErrors"]
        assert [(e["code"] in ("INVALID", "INVALID_CHARACTER"), e["field"]) for e in errors] == [
            (True, "name")
        ]
        assert ask(signed_in, BULK, inputs=[{"name": "Good"}, {"name": text}])["userErrors"] != []
    for text, kept in KEPT.items():
        assert ask(signed_in, CREATE, input={"name": text})["customer"]["name"] == kept
    print(f"{len(NOTHING) + len(REFUSED) + len(KEPT)} hostile texts")  # noqa: T201  # how many were tried

    count = signed_in.post("/graphql", json={"query": "{ customers(first: 1) { totalCount } }"}).json()
    assert count["data"]["customers"]["totalCount"] == 1 + len(KEPT)


def test_notes_keep_their_lines_and_words_are_kept_like_names(signed_in: TestClient) -> None:
    note = "Dear José,\r\n\tten  boxes"
    made = ask(
        signed_in, CREATE, input={"name": "A", "notes": note, "tags": [" hot\u200b ", "\u3164", "a  b"]}
    )
    assert made["customer"]["notes"] == "Dear José,\n\tten  boxes"
    assert made["customer"]["tags"] == ["hot", "a b"]

    refused = ask(signed_in, CREATE, input={"name": "A", "notes": "a\u202eb"})
    assert refused["userErrors"] == [{"code": "INVALID_CHARACTER", "field": "notes"}]
    empty = ask(signed_in, CREATE, input={"name": "A", "notes": "\u200b \n"})
    assert empty["customer"]["notes"] is None


def test_an_upsert_finds_a_code_however_it_is_typed(signed_in: TestClient) -> None:
    composed = ask(signed_in, UPSERT, input={"code": "Caf\u00e9-1", "name": "Coffee"})
    decomposed = ask(signed_in, UPSERT, input={"code": " Cafe\u0301-1\u200b", "name": "Coffee"})
    nothing = ask(signed_in, UPSERT, input={"code": "\u200b", "name": "Coffee"})

    assert (composed["created"], decomposed["created"]) == (True, False)
    assert nothing["userErrors"] == [{"code": "REQUIRED", "field": "code"}]
