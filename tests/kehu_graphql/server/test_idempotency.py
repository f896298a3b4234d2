"""Idempotency keys over HTTP."""

from __future__ import annotations

from starlette.testclient import TestClient

CREATE = """mutation { createCustomer(input: {name: "Aster", kind: ORGANIZATION}) {
  customer { id } userErrors { code } } }"""


def test_a_mutation_repeated_with_the_same_key_is_done_once(signed_in: TestClient) -> None:
    def create(key: str) -> object:
        return signed_in.post("/graphql", json={"query": CREATE}, headers={"Idempotency-Key": key}).json()

    first, again, other = create("a"), create("a"), create("b")

    assert first == again != other
    total = signed_in.post("/graphql", json={"query": "{ customers { totalCount } }"}).json()
    assert total == {"data": {"customers": {"totalCount": 2}}}


def test_another_request_under_the_same_key_never_runs(signed_in: TestClient) -> None:
    headers = {"Idempotency-Key": "a", "Accept": "application/graphql-response+json"}
    signed_in.post("/graphql", json={"query": CREATE}, headers=headers)

    answered = signed_in.post("/graphql", json={"query": CREATE.replace("Aster", "Birch")}, headers=headers)

    assert answered.status_code == 400
    assert answered.json()["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_REUSED"
