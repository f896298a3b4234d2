"""GraphQL over HTTP, as its specification has it; all 61 audits of npm graphql-http pass on the same rules."""

from __future__ import annotations

import pytest
from graphql import GraphQLNonNull
from starlette.testclient import TestClient

from kehu_graphql import Api

NEW, OLD = "application/graphql-response+json", "application/json"
NEVER_RAN = {
    "not parsed": {"query": "{"},
    "not valid": {"query": "{ nothing }"},
    "variable of the wrong type": {
        "query": "query ($id: ID!) { customer(id: $id) { id } }",
        "variables": {"id": None},
    },
}


@pytest.mark.parametrize("body", NEVER_RAN.values(), ids=NEVER_RAN)
def test_a_request_that_never_ran_has_no_data(client: TestClient, body: dict[str, object]) -> None:
    for accept, status in ((NEW, 400), (f"{NEW}, {OLD};q=0.9", 400), (OLD, 200)):
        answer = client.post("/graphql", json=body, headers={"Accept": accept})
        assert answer.status_code == status
        assert "data" not in answer.json()
        code = "GRAPHQL_PARSE_FAILED" if body["query"] == "{" else "GRAPHQL_VALIDATION_FAILED"
        assert answer.json()["errors"][0]["extensions"]["code"] == code


def test_a_request_that_ran_and_failed_is_a_good_answer(client: TestClient) -> None:
    body = {"query": "{ customers { totalCount } }"}
    answer = client.post("/graphql", json=body, headers={"Accept": NEW})
    assert answer.status_code == 200
    assert answer.json()["data"] == {"customers": None}


def test_a_refused_tile_of_a_dashboard_empties_nothing_but_itself(signed_in: TestClient) -> None:
    tiles = """{ teams { totalCount } customers(first: 5, after: "garbage") { totalCount }
      search(text: "") { nodes { id } } nodes(ids: ["garbage"]) { id }
      usersAggregate(groupBy: [{field: NAME}, {field: NAME}]) { count } viewer { user { name } } }"""
    answer = signed_in.post("/graphql", json={"query": tiles}, headers={"Accept": NEW})
    assert answer.status_code == 200
    assert answer.json()["data"] == {
        "teams": {"totalCount": 0},
        "customers": None,
        "search": None,
        "nodes": None,
        "usersAggregate": None,
        "viewer": {"user": {"name": "Ann"}},
    }
    refused = {error["path"][0] for error in answer.json()["errors"]}
    assert refused == {"customers", "search", "nodes", "usersAggregate"}


def test_every_root_field_of_a_query_may_be_null(api: Api) -> None:
    query = api.schema._schema.query_type
    assert query is not None
    assert [name for name, field in query.fields.items() if isinstance(field.type, GraphQLNonNull)] == []


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (NEW, f"{NEW}; charset=utf-8"),
        (f"{OLD}, {NEW}", f"{NEW}; charset=utf-8"),
        (OLD, OLD),
        ("*/*", OLD),
        ("", OLD),
    ],
)
def test_the_new_media_type_is_for_clients_that_name_it(
    client: TestClient, accept: str, media_type: str
) -> None:
    answer = client.post("/graphql", json={"query": "{ __typename }"}, headers={"Accept": accept})
    assert (answer.headers["content-type"], answer.json()) == (media_type, {"data": {"__typename": "Query"}})


def test_queries_may_be_sent_by_get_and_mutations_may_not(signed_in: TestClient) -> None:
    assert signed_in.get("/graphql", params={"query": "{ __typename }"}).json() == {
        "data": {"__typename": "Query"}
    }
    mutation = 'mutation { createCustomer(input: {name: "x", kind: PERSON}) { userErrors { code } } }'
    assert signed_in.get("/graphql", params={"query": mutation}).status_code == 400
    assert signed_in.post("/graphql", json={"query": "{ customers { totalCount } }"}).json() == {
        "data": {"customers": {"totalCount": 0}}
    }


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_subscription_needs_a_stream_or_a_socket(client: TestClient, method: str) -> None:
    asked = {"query": "subscription { teamChanged { __typename } }"}
    answer = client.get("/graphql", params=asked) if method == "GET" else client.post("/graphql", json=asked)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")
    assert "text/event-stream" in error["message"]
