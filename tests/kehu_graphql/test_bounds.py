"""Arguments that are larger than any front-end sends are refused before anything is made of them."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

import kehu
from kehu.kernel.reading.bounds import FURTHEST_RELATION, MOST_CONDITIONS, MOST_RELATIONS
from tests.crm import Crm, crm_of
from tests.kehu_graphql.hostile import ALL, FIGURES, NAMED, OF_CUSTOMERS, WITHIN, Hostile, nested

# Seconds of this process: a tenth where nothing else runs; what was refused took up to 41.
PATIENCE = 5.0


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(url=shared_database_url) as crm:
        await crm.store(kehu.Customer(name="a"))
        yield crm


def test_there_are_so_many_hostile_arguments() -> None:
    sys.stdout.write(f"{len(ALL)} hostile arguments\n")
    assert len(ALL) > 60


@pytest.mark.parametrize("asked", ALL.values(), ids=ALL)
async def test_what_is_too_large_is_refused_before_anything_is_made_of_it(crm: Crm, asked: Hostile) -> None:
    crm.statements.clear()
    began = time.process_time()
    answer = await crm.answer(asked.document, {"given": asked.given})
    spent = time.process_time() - began

    (error,) = answer["errors"]
    shown = {name: error["extensions"][name] for name in ("code", "field", "limit")}
    assert shown == {"code": "BAD_USER_INPUT", "field": asked.field, "limit": asked.limit}
    assert len(error["message"]) < 200
    assert "data" not in answer or answer["data"] is None
    assert crm.statements == []
    assert spent < PATIENCE


HONEST: dict[str, Any] = {
    "1,000 values": {"name": {"in": ["a", *map(str, range(1_000))]}},
    "as many conditions as there may be": {"or": [NAMED] * MOST_CONDITIONS},
    "as many relations as there may be": {
        "or": [NAMED, *[{"interactions": {"some": {"subject": {"eq": str(at)}}}} for at in range(MOST_RELATIONS)]]
    },
    "as many parents as there may be": {
        "or": [NAMED, nested(FURTHEST_RELATION, lambda inner: {"parent": inner})]
    },
    "relations as far as they may be": {
        "not": {"or": [{"interactions": {"some": {"not": {"or": [{"customer": {"interactions": {"some": {
            "not": {"or": [{"customer": {"interactions": {"some": {"not": {"or": [{"subject": {"eq": "b"}}]}}}}}]}
        }}}}]}}}}]}
    },
    "18 times not": nested(18, lambda inner: {"not": inner}),
}  # fmt: skip


@pytest.mark.parametrize("given", HONEST.values(), ids=HONEST)
async def test_what_front_ends_ask_is_answered(crm: Crm, given: Any) -> None:
    assert await crm.ask(OF_CUSTOMERS, {"given": given}) == {"customers": {"totalCount": 1}}
    assert await crm.ask(FIGURES, {"given": given}) == {"customersAggregate": [{"count": 1}]}


async def test_relations_within_a_list_of_a_record_may_lead_as_far(crm: Crm) -> None:
    """The statements of nested lists are deeper, and SQLite reads only so many levels."""
    given = {"customer": nested(FURTHEST_RELATION - 1, lambda inner: {"parent": inner})}
    answer = await crm.ask(WITHIN, {"given": given})
    assert answer == {"customers": {"nodes": [{"interactions": {"totalCount": 0}}]}}


async def test_a_search_looks_at_the_length_first(crm: Crm) -> None:
    for words in ("x" * 900_000, "a " * 400_000, " ".join("abcdefghi")):
        assert await crm.codes("query ($t: String!) { search(text: $t) { nodes { id } } }", {"t": words}) == [
            "BAD_USER_INPUT"
        ]
    twice = "query ($t: String!) { search(text: $t) { nodes { id } } }"
    assert (await crm.ask(twice, {"t": "a " * 20}))["search"]["nodes"] != []


@pytest.mark.parametrize(("argument", "limit"), [("email", 320), ("password", 1_000)])
async def test_who_signs_in_types_no_novel(crm: Crm, argument: str, limit: int) -> None:
    given = {"email": "ann@example.com", "password": "correct horse"} | {argument: "x" * 900_000}
    document = """mutation ($email: String!, $password: String!) {
        signIn(email: $email, password: $password) { userErrors { code field message } } }"""
    answer = await crm.ask(document, given, to=kehu.ANONYMOUS)
    assert answer["signIn"]["userErrors"] == [
        {
            "code": "BAD_USER_INPUT",
            "field": argument,
            "message": f"{argument.capitalize()} has 900000 characters; at most {limit} are taken.",
        }
    ]
    assert len(await crm.all(kehu.User)) == 0


async def test_a_text_that_is_far_too_long_is_not_worked_on(crm: Crm) -> None:
    document = """mutation ($given: CreateContactPointInput!) {
        createContactPoint(input: $given) { userErrors { code field } } }"""
    answer = await crm.ask(document, {"given": {"kind": "EMAIL", "value": "x" * 99_000}})
    assert answer["createContactPoint"]["userErrors"] == [{"code": "TOO_LONG", "field": "value"}]


@pytest.mark.parametrize(
    ("document", "limit"),
    [
        ("{ customers(first: 500) { nodes { id } } }", 200),
        ("{ customers(last: 201) { nodes { id } } }", 200),
        ('{ search(text: "ada", first: 101) { nodes { __typename } } }', 100),
        ('{ search(text: "a b c d e f g h i j k l") { nodes { __typename } } }', 8),
        ("{" + " __typename" * 60_000 + " }", 200_000),
        ("{" + " __typename" * 6_000 + " }", 5_000),
    ],
)
async def test_every_refusal_of_a_number_says_the_limit(crm: Crm, document: str, limit: int) -> None:
    (error,) = (await crm.answer(document))["errors"]

    assert error["extensions"]["limit"] == limit
