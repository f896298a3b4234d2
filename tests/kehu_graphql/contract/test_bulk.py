"""Many records in one mutation: all or nothing, or each for itself with its own reasons."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import pytest

import kehu
from kehu import Level
from kehu.platform.audit.models import AuditEntry
from tests.crm import Crm, OpenCrm
from tests.deals import Deal, Line

HUAWEI = uuid.UUID(int=7)
CUSTOMER = kehu.global_id("Customer", HUAWEI)
LEA = kehu.Principal(
    uuid.UUID(int=101),
    "Lea",
    grants={
        "core.customer:read": Level.ALL,
        "deals.deal:read": Level.ALL,
        "deals.deal:create": Level.ALL,
        "deals.deal:update": Level.OWN,
    },
)

CREATE = """mutation ($inputs: [CreateDealInput!]!, $atomic: Boolean! = true) {
  deals: createDeals(inputs: $inputs, atomic: $atomic) {
    results { index id deal { name version } userErrors { code field } } userErrors { code field } } }"""
UPDATE = """mutation ($inputs: [UpdateDealInput!]!, $atomic: Boolean! = true) {
  deals: updateDeals(inputs: $inputs, atomic: $atomic) {
    results { index deal { name } userErrors { code field } } userErrors { code field } } }"""
DELETE = """mutation ($ids: [ID!]!, $atomic: Boolean! = true) {
  deals: deleteDeals(ids: $ids, atomic: $atomic) {
    results { id deal { name } userErrors { code field } } userErrors { code field } } }"""


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    plugin = kehu.Plugin("strict", requires=["core", "deals"])

    @plugin.before_write(Deal)
    async def check(ctx: kehu.Context, change: kehu.Change[Deal]) -> None:  # noqa: ARG001  # a hook gets both
        if change.obj.probability is not None and change.obj.probability > 100:
            change.error("More than certain.", field=Deal.probability, code="TOO_CERTAIN")
        if change.obj.name == "Bribe":
            raise kehu.veto("We do not.", field=Deal.name)

    crm = await open_crm(plugin)
    await crm.store(kehu.Customer(id=HUAWEI, name="Huawei"))
    return crm


def deal(name: str, **values: object) -> dict[str, object]:
    return {"name": name, "customerId": CUSTOMER, **values}


async def stored(crm: Crm) -> list[str]:
    """The names of the deals that are not archived."""
    return sorted(found.name for found in await crm.all(Deal, Deal.archived_at.is_(None)))


async def made(crm: Crm, *names: str, owner: uuid.UUID | None = None) -> list[str]:
    deals = [Deal(id=kehu.uuid7(), name=name, customer_id=HUAWEI, owner_id=owner) for name in names]
    await crm.store(*deals)
    return [kehu.global_id("Deal", found.id) for found in deals]


async def write(
    crm: Crm, document: str, given: Sequence[Any], to: kehu.Principal = kehu.SYSTEM, **more: Any
) -> Any:
    name = "ids" if document is DELETE else "inputs"
    return (await crm.ask(document, {name: given, **more}, to=to))["deals"]


async def test_many_are_created_in_a_few_statements(crm: Crm) -> None:
    async def statements(number: int) -> int:
        await crm.api.execute("{ __typename }")
        before = len(crm.statements)
        answer = await write(crm, CREATE, [deal(f"Deal {i}") for i in range(number)])
        assert [r["deal"] for r in answer["results"]] == [
            {"name": f"Deal {i}", "version": 1} for i in range(number)
        ]
        return len(crm.statements) - before

    # The customer they all point at, the deals, the trail, the outbox; few events are told with the outbox's statement.
    few, some, many = await statements(2), await statements(20), await statements(40)
    assert few <= some == many <= 6
    assert await crm.count(Deal) == 62
    assert len(await crm.all(AuditEntry, AuditEntry.entity == "Deal")) == 62


async def test_one_that_is_wrong_leaves_nothing_of_the_others(crm: Crm) -> None:
    answer = await write(crm, CREATE, [deal("A"), deal("B", probability=101), deal("Bribe"), deal("D")])

    assert await stored(crm) == []
    assert [r["userErrors"] for r in answer["results"]] == [
        [],
        [{"code": "TOO_CERTAIN", "field": "probability"}],
        [{"code": "VETO", "field": "name"}],
        [],
    ]
    assert [r["deal"] for r in answer["results"]] == [None] * 4
    assert answer["userErrors"] == [
        {"code": "TOO_CERTAIN", "field": "inputs.1.probability"},
        {"code": "VETO", "field": "inputs.2.name"},
    ]


async def test_each_for_itself_writes_the_right_ones(crm: Crm) -> None:
    given = [deal("A", code="1"), deal("B", code="1"), deal("C", customerId="garbage"), deal("D")]
    answer = await write(crm, CREATE, given, atomic=False)

    assert await stored(crm) == ["A", "D"]
    assert [(r["index"], r["deal"] and r["deal"]["name"], r["userErrors"]) for r in answer["results"]] == [
        (0, "A", []),
        (1, None, [{"code": "DUPLICATE", "field": "code"}]),
        (2, None, [{"code": "BAD_ID", "field": "customerId"}]),
        (3, "D", []),
    ]
    assert answer["userErrors"] == []
    assert len(await crm.all(AuditEntry, AuditEntry.entity == "Deal")) == 2


async def test_a_duplicate_among_all_or_none_is_told_of_the_whole(crm: Crm) -> None:
    answer = await write(crm, CREATE, [deal("A", code="1"), deal("B", code="1")])

    assert await stored(crm) == []
    assert answer == {"results": [], "userErrors": [{"code": "DUPLICATE", "field": "code"}]}


async def test_updates_know_what_they_may_reach(crm: Crm) -> None:
    mine = await made(crm, "Mine", owner=None)
    await crm.store(kehu.User(id=LEA.id, name="Lea"))
    hers = await made(crm, "Hers", owner=LEA.id)
    given = [{"id": hers[0], "name": "Hers!"}, {"id": mine[0], "name": "Mine!"}]

    refused = await write(crm, UPDATE, given, LEA)
    assert refused["userErrors"] == [{"code": "FORBIDDEN", "field": "inputs.1"}]
    assert await stored(crm) == ["Hers", "Mine"]

    partly = await write(crm, UPDATE, given, LEA, atomic=False)
    assert [r["deal"] for r in partly["results"]] == [{"name": "Hers!"}, None]
    assert await stored(crm) == ["Hers!", "Mine"]


async def test_an_update_of_another_version_or_named_twice_is_refused(crm: Crm) -> None:
    one, two = await made(crm, "One", "Two")
    given = [{"id": one, "name": "1", "version": 4}, {"id": two, "name": "2"}, {"id": two, "name": "3"}]

    answer = await write(crm, UPDATE, given, atomic=False)

    assert [r["userErrors"] for r in answer["results"]] == [
        [{"code": "CONFLICT", "field": "version"}],
        [],
        [],
    ]
    assert await stored(crm) == ["3", "One"]
    again = await write(crm, UPDATE, given[1:])
    assert again["userErrors"] == [{"code": "BAD_USER_INPUT", "field": "inputs.1.id"}]


async def test_many_are_deleted(crm: Crm) -> None:
    ids = await made(crm, "One", "Two", "Three")
    nobody = kehu.global_id("Deal", uuid.UUID(int=1))

    refused = await write(crm, DELETE, [ids[0], nobody])
    assert refused["userErrors"] == [{"code": "NOT_FOUND", "field": "ids.1"}]
    assert await stored(crm) == ["One", "Three", "Two"]

    answer = await write(crm, DELETE, [ids[0], nobody, ids[1]], atomic=False)
    assert [(r["id"], bool(r["userErrors"])) for r in answer["results"]] == [
        (ids[0], False),
        (None, True),
        (ids[1], False),
    ]
    assert await stored(crm) == ["Three"]


async def test_what_is_deleted_for_good_is_known_by_its_id(crm: Crm) -> None:
    await made(crm, "One")
    (deal,) = await crm.all(Deal)
    await crm.store(*(Line(deal_id=deal.id, text=text) for text in "ab"))
    ids = [kehu.global_id("Line", line.id) for line in await crm.all(Line)]
    document = "mutation ($ids: [ID!]!) { deleteLines(ids: $ids) { results { index id line { text } } } }"

    answer = await crm.ask(document, {"ids": ids})

    results = [{"index": at, "id": key, "line": None} for at, key in enumerate(ids)]
    assert answer == {"deleteLines": {"results": results}}
    assert await crm.count(Line) == 0


async def test_the_number_is_limited_and_the_verb_needs_its_permission(crm: Crm) -> None:
    for given in ([], [deal("A")] * 501):
        answer = await write(crm, CREATE, given)
        assert answer == {"results": [], "userErrors": [{"code": "TOO_MANY_ITEMS", "field": None}]}
    ids = await made(crm, "One")
    refused = await write(crm, DELETE, ids, LEA, atomic=False)
    assert refused == {"results": [], "userErrors": [{"code": "FORBIDDEN", "field": None}]}
    assert await stored(crm) == ["One"]
    assert await crm.codes(CREATE, {"inputs": [deal("A")]}, to=kehu.ANONYMOUS) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("atomic", [True, False])
async def test_a_repeated_request_is_answered_and_not_done_again(crm: Crm, atomic: bool) -> None:
    variables = {"inputs": [deal("A"), *([] if atomic else [deal("Bribe")]), deal("C")], "atomic": atomic}

    first = await crm.api.execute(CREATE, variables, idempotency_key="k")
    again = await crm.api.execute(CREATE, variables, idempotency_key="k")

    assert first == again
    assert await stored(crm) == ["A", "C"]
