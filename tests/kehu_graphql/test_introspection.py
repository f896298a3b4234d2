"""What is told of the schema: the same as graphql-core tells, aside of everybody else, and only to whom it may be."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from graphql import execute_sync, get_introspection_query, parse

import kehu
from kehu.platform.core import CoreSettings
from kehu_graphql import Api
from kehu_graphql.introspection import KEPT_BYTES, LONGEST_ANSWER

WHOLE = get_introspection_query(
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
)
PARTS = """query Parts($old: Boolean! = true, $hide: Boolean!) {
    a: __type(name: "Customer") { ...Type again: fields(includeDeprecated: $old) { name } }
    b: __type(name: "CustomerFilter") { ...Type }
    c: __type(name: "Nobody") { name }
    d: __type(name: "Node") { ...Type }
    __typename
    __schema {
        queryType { name }
        mutationType { name @skip(if: $hide) kind }
        directives { name locations args { name defaultValue } }
    }
}
fragment Type on __Type {
    kind name description ... on __Type { isOneOf specifiedByURL }
    fields { name isDeprecated type { ...Ref } args { name defaultValue type { ...Ref } } }
    inputFields { name defaultValue type { ...Ref } }
    interfaces { name } possibleTypes { name } enumValues { name }
}
fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { name __typename } } } }"""
TYPE = '{ __type(name: "Customer") { name } }'
BY_NAME = "query ($name: String!) { __type(name: $name) { name } }"
MIXED = (
    "query A { ...F customers { totalCount } } fragment F on Query { ... { a: __schema { description } } }"
)
SEVERAL = f"query A {TYPE} query B {{ __typename }}"
SPREAD = "{ ...F } fragment F on Query { __schema { description } }"
MANY = (
    "{ __schema { types { fields { type { ...T } args { type { ...T } } } } } }"
    "fragment T on __Type { description fields { name description args { name description } } }"
)


def api_of(introspection: str = "everybody") -> Api:
    settings: Any = CoreSettings.model_validate({"introspection": introspection})
    return Api(kehu.App(kehu.installed(["core"]), "sqlite:////nowhere/kehu.db", settings=[settings]))


@pytest.fixture(scope="module")
def api() -> Api:
    return api_of()


async def told(api: Api, document: str, variables: Any = None, operation: str | None = None) -> bytes | None:
    """What a stranger is told without graphql-core."""
    async with api.app.context(kehu.ANONYMOUS) as ctx:
        return await api.answer(ctx, document, variables or {}, operation)


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


@pytest.mark.parametrize(
    ("document", "variables"), [(WHOLE, {}), (PARTS, {"hide": True}), (PARTS, {"hide": False, "old": False})]
)
async def test_it_is_what_graphql_core_tells(api: Api, document: str, variables: dict[str, Any]) -> None:
    answer = await api.execute(document, variables, principal=kehu.ANONYMOUS)
    expected = execute_sync(api.schema._on_demand.whole, parse(document), variable_values=variables)

    assert expected.errors is None
    assert orjson.dumps(answer) == orjson.dumps({"data": expected.data})


async def test_an_answer_is_kept_as_bytes(api: Api) -> None:
    first, again = await told(api, WHOLE), await told(api, WHOLE)

    assert first is not None
    assert first == again
    assert len(first) < api.introspection.kept.taken <= KEPT_BYTES


async def test_what_is_kept_depends_on_variables_and_operation(api: Api) -> None:
    names = ["Customer", "User", "\ud800", "Customer"]
    answers = [await told(api, BY_NAME, {"name": name}) for name in names]
    both = f'query A {TYPE} query B {{ __type(name: "User") {{ name }} }}'

    assert [orjson.loads(each or b"")["data"]["__type"] for each in answers] == [
        {"name": "Customer"},
        {"name": "User"},
        None,
        {"name": "Customer"},
    ]
    assert await told(api, both, operation="A") == answers[0]
    assert await told(api, both, operation="B") == answers[1]
    assert await told(api, both) is None


async def test_other_operations_of_the_document_are_answered_as_ever(api: Api) -> None:
    asked = [await api.execute(SEVERAL, principal=kehu.ANONYMOUS, operation=name) for name in "AB"]

    assert asked == [{"data": {"__type": {"name": "Customer"}}}, {"data": {"__typename": "Query"}}]


async def test_others_have_their_turn_while_it_is_made() -> None:
    """Also where no type has been made before."""
    api, turns = api_of(), 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    waiting = asyncio.create_task(others())
    answer = await api.execute(WHOLE, principal=kehu.ANONYMOUS)
    waiting.cancel()

    assert len(answer["data"]["__schema"]["types"]) > 500
    assert turns > 20


async def test_it_is_asked_for_in_an_operation_of_its_own(api: Api) -> None:
    answer = await api.execute(MIXED, principal=kehu.ANONYMOUS)

    assert [error["message"] for error in answer["errors"]] == [
        "Ask for __schema and __type in an operation of their own."
    ]
    assert codes(answer) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_an_answer_is_not_too_long(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The types of fields of types: a few words that stand for millions."""
    monkeypatch.setattr("kehu_graphql.introspection.MOST_MADE", 1_000_000)
    for _ in range(2):
        answer = await api.execute(MANY, principal=kehu.ANONYMOUS)
        assert [error["message"] for error in answer["errors"]] == [
            f"The answer would be longer than {LONGEST_ANSWER:,} bytes; ask for less of the schema."
        ]
        assert codes(answer) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_variables_are_told_as_ever(api: Api) -> None:
    answer = await api.execute(BY_NAME, {"name": 5}, principal=kehu.ANONYMOUS)

    assert codes(answer) == ["GRAPHQL_VALIDATION_FAILED"]
    assert answer["errors"][0]["message"].startswith("Variable '$name' has invalid value")


@pytest.mark.parametrize(
    "document", [TYPE, WHOLE, SEVERAL, "{ ...F } fragment F on Query { __schema { description } }"]
)
@pytest.mark.parametrize(
    ("introspection", "strangers", "others"),
    [("everybody", True, True), ("signed_in", False, True), ("nobody", False, False)],
)
async def test_a_setting_switches_it_off(
    document: str, introspection: str, *, strangers: bool, others: bool
) -> None:
    api = api_of(introspection)
    operation = "A" if document == SEVERAL else None

    for principal, may in ((kehu.ANONYMOUS, strangers), (kehu.Principal(kehu.uuid7(), "Ann"), others)):
        answer = await api.execute(document, principal=principal, operation=operation)
        assert codes(answer) == ([] if may else ["INTROSPECTION_DISABLED"])
        assert (answer["data"] is not None) is may
        assert await api.execute("{ __typename }", principal=principal) == {"data": {"__typename": "Query"}}
