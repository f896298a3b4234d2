"""A document may not ask for more records than a server can read."""

from __future__ import annotations

from typing import Any

import pytest

import kehu
from kehu_graphql import Api, costs


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(kehu.App(kehu.installed(["core"]), "sqlite:////nowhere/kehu.db"))


def asked(api: Api, document: str, **variables: Any) -> int:
    """How many records it asks for at most."""
    counting = costs._Counting(api.schema._schema, api.schema.documents.parsed(document), variables)
    return counting.most()


NESTED = "{ customers(first: 5) { nodes { interactions { edges { node { id } } } owner { id } } } }"
SPREAD = """query A { customers { ...F ...F } } query B { customers(last: 3) { ...F } }
    fragment F on CustomerConnection { nodes { ... on Customer { interactions(first: 2) { totalCount } } } }"""
SIZED = """query ($a: Int, $b: Int = 7) { customers(first: $a) { nodes { interactions(first: $b) {
    nodes { id } } } } }"""
HUGE = """query ($n: Int) { customers(first: $n) { nodes { interactions(first: $n) { nodes { customer {
    interactions(first: $n) { nodes { id } } } } } } } }"""


def test_sizes_of_lists_are_multiplied_where_they_nest(api: Api) -> None:
    assert asked(api, "{ customersAggregate { count } __typename }") == 0
    assert asked(api, "{ customers { totalCount } teams(first: 3) { totalCount } }") == 20 + 3
    assert asked(api, NESTED) == 5 * (1 + 20)
    assert asked(api, SPREAD) == 20 * (1 + 2 + 2)


def test_variables_count_as_they_are_given(api: Api) -> None:
    assert asked(api, SIZED, a=4) == 4 * (1 + 7)
    assert asked(api, SIZED, a=None, b=2) == 20 * (1 + 2)
    assert asked(api, SIZED, a="many", b=10**9) == 200 * (1 + 200)


async def test_what_asks_for_too_much_never_runs(api: Api) -> None:
    answer = await api.execute(HUGE, {"n": 200})
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert error["message"].startswith(
        "This document asks for up to 8,040,200 records; 1,000,000 are allowed."
    )
    assert api.schema.documents.errors(HUGE, {"n": 99}) == []
    assert api.schema.documents.errors(HUGE.replace("$n)", "200)").replace("($n: Int)", ""), {}) != []


def test_spreads_within_spreads_are_counted_at_once(api: Api) -> None:
    """Each fragment doubles the one before; only the number grows, not the time."""
    doubling = " ".join(f"fragment F{i} on Customer {{ ...F{i - 1} ...F{i - 1} }}" for i in range(1, 60))
    last = "fragment F0 on Customer { interactions { totalCount } }"
    document = f'{{ customer(id: "x") {{ ...F59 }} }} {doubling} {last}'
    assert asked(api, document) == 20 * 2**59
