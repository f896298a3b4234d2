"""Mutations by plans: what graphql-core would answer and store, done once whatever happens on the way."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.ids import global_id
from kehu.platform.audit.models import AuditEntry
from kehu.platform.outbox.models import OutboxEvent
from tests import deals
from tests.crm import Crm, crm_of
from tests.deals import Deal

REQUEST = "request"
ADA, MILL = uuid.UUID(int=1), uuid.UUID(int=2)
CUSTOMER, DEAL = global_id("Customer", ADA), global_id("Deal", MILL)

CREATE = """mutation Create($input: CreateDealInput!, $short: Boolean = false) {
    made: createDeal(input: $input) {
        __typename
        deal { ...All id @skip(if: $short) again: name }
        userErrors { code message field plugin }
    } }
    fragment All on Deal { id name code stage amount margin probability isHot tags closedOn closedAt customerId ownerId
        createdAt version archivedAt __typename }"""
FULL = {
    "customerId": CUSTOMER,
    "name": "Quarry",
    "code": "Q",
    "stage": "WON",
    "amount": "12.50",
    "margin": "3",
    "probability": 70,
    "tags": ["a", "b"],
    "closedOn": "2026-02-28",
    "closedAt": "2026-02-28T08:00:00+08:00",
}
LITERAL = """mutation { createDeal(input: {customerId: "{customer}", name: "Quarry", tags: ["a"]}) {
    deal { name tags stage } userErrors { code } } }""".replace("{customer}", CUSTOMER)
UPDATE = """mutation ($input: UpdateDealInput!) { updateDeal(input: $input) {
    deal { id name version } userErrors { code message field } } }"""
WIN = """mutation ($id: ID!) { winDeal(id: $id) { deal { stage closedAt } userErrors { code message plugin } }
    again: winDeal(id: $id) { deal { stage } userErrors { code message plugin } } }"""
DELETE = (
    """mutation ($id: ID!) { deleteDeal(id: $id) { deletedId deal { archivedAt } userErrors { code } } }"""
)
REPORT = """mutation ($words: [String!]!) { report(words: $words) { result { total longest } userErrors { code } }
    __typename }"""
BREAK = """mutation ($input: CreateDealInput!) { first: createDeal(input: $input) { deal { name } }
    collapse { userErrors { code } } last: report(words: []) { result { total } } }"""

ASKED: list[tuple[str, Mapping[str, Any]]] = [
    (CREATE, {"input": FULL}),
    (CREATE, {"input": {"customerId": CUSTOMER, "name": "Quarry"}, "short": True}),
    (CREATE, {"input": {"customerId": CUSTOMER, "name": "Quarry", "code": "M"}}),
    (CREATE, {"input": {"customerId": CUSTOMER, "name": " ", "probability": 5}}),
    (CREATE, {"input": {"customerId": DEAL, "name": "Quarry"}}),
    (CREATE, {"input": {"customerId": global_id("Customer", MILL), "name": "Quarry"}}),
    (CREATE, {"input": {"customerId": CUSTOMER, "name": "vetoed"}}),
    (LITERAL, {}),
    (UPDATE, {"input": {"id": DEAL, "name": "Works", "version": 1}}),
    (UPDATE, {"input": {"id": DEAL, "name": "Works", "version": 7}}),
    (UPDATE, {"input": {"id": DEAL, "name": "Mill"}}),
    (WIN, {"id": DEAL}),
    (DELETE, {"id": DEAL}),
    (DELETE, {"id": CUSTOMER}),
    (REPORT, {"words": ["a", "bcd"]}),
    (BREAK, {"input": FULL}),
    (BREAK, {"input": {"customerId": CUSTOMER, "name": "vetoed"}}),
]
NOT_PLANNED: list[tuple[str, Mapping[str, Any]]] = [
    (CREATE, {"input": {"name": "Quarry"}}),
    (CREATE, {}),
    ("mutation { createDeal }", {}),
    ("mutation ($id: ID!) { deleteDeal(id: $id) { deal { customer { name } } } }", {"id": DEAL}),
    ("mutation ($id: ID!) { deleteDeal(id: $id) { deal { lines { totalCount } } } }", {"id": DEAL}),
    ("mutation ($id: ID!) { deleteDeal(id: $id) { deal { title } } }", {"id": DEAL}),
    ("subscription { dealChanged { operation } }", {}),
]


@dataclasses.dataclass(frozen=True)
class Report:
    """What a mutation returns."""

    total: int
    longest: str | None


def rules() -> kehu.Plugin:
    plugin = kehu.Plugin("rules", requires=["deals"])

    @plugin.before_write(Deal)
    def no_vetoed(_ctx: kehu.Context, change: kehu.Change[Deal]) -> None:
        if change.obj.name == "vetoed":
            raise kehu.veto("Not this one.", field=Deal.name)

    @plugin.after_commit(Deal)
    def spoil(_ctx: kehu.Context, change: kehu.Change[Deal]) -> None:
        if change.obj.name == "spoilt":
            change.obj.stage = "NOWHERE"

    @plugin.mutation(public=True)
    async def report(_ctx: kehu.Context, words: list[str]) -> Report:
        return Report(len(words), max(words, key=len, default=None))

    @plugin.mutation(public=True)
    async def collapse(ctx: kehu.Context) -> None:
        ctx.add(Deal(customer_id=ADA, name="never"))
        raise RuntimeError("secret")

    return plugin


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(deals.plugin, rules(), url=shared_database_url) as made:
        yield made


async def fill(crm: Crm) -> None:
    async with crm.app.engine.begin() as connection:
        for model in (Deal, kehu.Customer, AuditEntry, OutboxEvent):
            await connection.execute(sa.delete(model))
    await crm.store(kehu.Customer(id=ADA, name="Ada"), Deal(id=MILL, customer_id=ADA, name="Mill", code="M"))


async def stored(crm: Crm) -> list[Any]:
    """Everything that was written, but for ids and times."""
    async with crm.app.context() as ctx:
        deals = await ctx.session.scalars(sa.select(Deal).order_by(Deal.name))
        audit = await ctx.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.request_id == REQUEST).order_by(AuditEntry.id)
        )
        told = await ctx.session.scalars(
            sa.select(OutboxEvent).where(OutboxEvent.request_id == REQUEST).order_by(OutboxEvent.position)
        )
        return [
            *((d.name, d.code, d.stage, d.amount, d.margin, d.tags, d.closed_at, d.version) for d in deals),
            *((a.operation, a.entity, a.changes) for a in audit),
            *((o.name, o.customer_id, o.payload) for o in told),
        ]


async def planned(
    crm: Crm, document: str, variables: Mapping[str, Any], principal: kehu.Principal = kehu.SYSTEM
) -> Any:
    async with crm.app.context(principal, request_id=REQUEST) as ctx:
        answer = await crm.api.plans.answer(ctx, document, variables, None)
    return None if answer is None else json.loads(answer)


async def executed(
    crm: Crm, document: str, variables: Mapping[str, Any], principal: kehu.Principal = kehu.SYSTEM
) -> Any:
    async with crm.app.context(principal, request_id=REQUEST) as ctx:
        result: Any = await crm.api.schema.execute(
            document, variable_values=dict(variables), context_value=ctx
        )
    errors = {"errors": [error.formatted for error in result.errors]} if result.errors else {}
    return {"data": result.data, **errors}


def without_new_ids(answer: Any) -> Any:
    text = json.dumps(answer)
    made = ((answer["data"] or {}).get("made") or {}).get("deal")
    return json.loads(text.replace(made["id"], "new") if made else text)


@pytest.mark.parametrize(("document", "variables"), ASKED)
async def test_both_ways_answer_and_store_the_same(
    crm: Crm, document: str, variables: Mapping[str, Any]
) -> None:
    limited = kehu.Principal(
        None,
        "limited",
        grants={
            f"{entity}:{verb}": kehu.Level.ALL
            for entity in ("core.customer", "deals.deal")
            for verb in ("read", "create", "update", "delete")
        },
    )
    for principal in (kehu.SYSTEM, limited):
        await fill(crm)
        compiled = await planned(crm, document, variables, principal), await stored(crm)
        await fill(crm)
        plain = await executed(crm, document, variables, principal), await stored(crm)

        assert compiled[0] is not None
        assert without_new_ids(compiled[0]) == without_new_ids(plain[0])
        assert compiled[1] == plain[1]


@pytest.mark.parametrize(("document", "variables"), NOT_PLANNED)
async def test_what_is_left_to_graphql_core_has_written_nothing(
    crm: Crm, document: str, variables: Mapping[str, Any]
) -> None:
    await fill(crm)
    before = await stored(crm)

    assert await planned(crm, document, variables) is None
    assert await stored(crm) == before


async def test_a_request_with_an_idempotency_key_is_left_to_graphql_core(crm: Crm) -> None:
    await fill(crm)

    first = await crm.api.execute(LITERAL, idempotency_key="k")
    second = await crm.api.execute(LITERAL, idempotency_key="k")

    assert first == second
    assert await crm.count(Deal) == 2


async def test_a_value_that_its_type_refuses_is_told_and_not_done_again(crm: Crm) -> None:
    await fill(crm)
    variables = {"input": {"customerId": CUSTOMER, "name": "spoilt"}}

    answer = await planned(crm, CREATE, variables)

    assert answer["data"]["made"] == {"__typename": "CreateDealPayload", "deal": None, "userErrors": []}
    assert [error["path"] for error in answer["errors"]] == [["made", "deal", "stage"]]
    assert await crm.count(Deal) == 2
