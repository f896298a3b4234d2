"""Upserts find a record by a natural key and change it, or make it where there is none."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

import kehu
from kehu import Level
from kehu.platform.audit.models import AuditEntry
from tests.crm import Crm, OpenCrm
from tests.deals import Deal

HUAWEI = uuid.UUID(int=7)
CUSTOMER = kehu.global_id("Customer", HUAWEI)
READ = {"core.customer:read": Level.ALL, "deals.deal:read": Level.ALL}

UPSERT = """mutation ($input: UpsertDealInput!, $by: DealKey! = CODE) {
  deal: upsertDeal(by: $by, input: $input) {
    created deal { name version isHot code } userErrors { code field } } }"""
UPSERT_MANY = """mutation ($inputs: [UpsertDealInput!]!, $atomic: Boolean! = true) {
  deals: upsertDeals(by: CODE, inputs: $inputs, atomic: $atomic) {
    results { index created deal { name } userErrors { code field } } userErrors { code field } } }"""


def principal(number: int, **verbs: Level) -> kehu.Principal:
    grants = READ | {f"deals.deal:{verb}": level for verb, level in verbs.items()}
    return kehu.Principal(uuid.UUID(int=number), "Lea", grants=grants)


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=HUAWEI, name="Huawei"))
    return crm


async def upsert(crm: Crm, to: kehu.Principal = kehu.SYSTEM, by: str = "CODE", **values: Any) -> Any:
    return (await crm.ask(UPSERT, {"input": values, "by": by}, to=to))["deal"]


async def test_a_record_is_made_and_then_changed(crm: Crm) -> None:
    made = await upsert(crm, code="A-1", name="Line", customerId=CUSTOMER, isHot=True)
    again = await upsert(crm, code="A-1", name="Other")

    deal = {"code": "A-1", "isHot": True}
    assert made == {"created": True, "deal": deal | {"name": "Line", "version": 1}, "userErrors": []}
    assert again == {"created": False, "deal": deal | {"name": "Other", "version": 2}, "userErrors": []}
    assert await crm.count(Deal) == 1
    trail = await crm.all(AuditEntry, AuditEntry.entity == "Deal")
    assert [entry.operation.name for entry in trail] == ["CREATE", "UPDATE"]


async def test_what_is_missing_is_told_at_once_and_nothing_is_made(crm: Crm) -> None:
    answer = await upsert(crm, code="A-1")
    assert answer["userErrors"] == [
        {"code": "REQUIRED", "field": "customerId"},
        {"code": "REQUIRED", "field": "name"},
    ]
    assert (await upsert(crm, name="Line"))["userErrors"] == [{"code": "REQUIRED", "field": "code"}]
    assert await crm.count(Deal) == 0


async def test_another_version_is_a_conflict(crm: Crm) -> None:
    await upsert(crm, code="A-1", name="Line", customerId=CUSTOMER)
    answer = await upsert(crm, code="A-1", name="Other", version=4)
    assert answer["userErrors"] == [{"code": "CONFLICT", "field": "version"}]
    assert [deal.name for deal in await crm.all(Deal)] == ["Line"]


async def test_making_and_changing_need_their_own_permissions(crm: Crm) -> None:
    maker, changer = principal(101, create=Level.ALL), principal(102, update=Level.ALL)
    values = {"code": "A-1", "name": "Line", "customerId": CUSTOMER}
    await crm.store(*(kehu.User(id=each.id, name="Lea") for each in (maker, changer) if each.id))

    assert (await upsert(crm, changer, **values))["userErrors"] == [{"code": "FORBIDDEN", "field": None}]
    assert (await upsert(crm, maker, **values))["created"] is True
    assert (await upsert(crm, maker, **values))["userErrors"] == [{"code": "FORBIDDEN", "field": None}]
    assert (await upsert(crm, changer, **values))["created"] is False
    assert await crm.codes(UPSERT, {"input": values}, to=kehu.ANONYMOUS) == ["UNAUTHENTICATED"]


async def test_a_record_out_of_sight_is_neither_changed_nor_told_of(crm: Crm) -> None:
    await upsert(crm, code="A-1", name="Line", customerId=CUSTOMER)
    grants = READ | {
        "deals.deal:read": Level.OWN,
        "deals.deal:create": Level.ALL,
        "deals.deal:update": Level.ALL,
    }
    stranger = kehu.Principal(uuid.UUID(int=103), "Max", grants=grants)
    await crm.store(kehu.User(id=uuid.UUID(int=103), name="Max"))

    answer = await upsert(crm, stranger, code="A-1", name="Mine", customerId=CUSTOMER)

    assert answer["userErrors"] == [{"code": "DUPLICATE", "field": "code"}]
    assert [deal.name for deal in await crm.all(Deal)] == ["Line"]


async def test_an_external_id_that_two_records_have_is_ambiguous(crm: Crm) -> None:
    values = {"name": "Line", "customer_id": HUAWEI, "external_id": "x"}
    await crm.store(Deal(**values))
    assert (await upsert(crm, by="EXTERNAL_ID", externalId="x", name="1"))["created"] is False
    await crm.store(Deal(**values))
    answer = await upsert(crm, by="EXTERNAL_ID", externalId="x", name="2")
    assert answer["userErrors"] == [{"code": "AMBIGUOUS_KEY", "field": "externalId"}]


async def test_upserts_at_the_same_time_make_one_record(crm: Crm) -> None:
    answers = await asyncio.gather(
        *(upsert(crm, code="A-1", name=f"{n}", customerId=CUSTOMER) for n in range(4))
    )
    assert [answer["userErrors"] for answer in answers] == [[]] * 4
    assert sorted(answer["created"] for answer in answers) == [False, False, False, True]
    assert await crm.count(Deal) == 1


async def test_many_are_made_and_changed_in_a_few_statements(crm: Crm) -> None:
    await upsert(crm, code="0", name="Zero", customerId=CUSTOMER)
    inputs = [{"code": f"{n}", "name": f"Deal {n}", "customerId": CUSTOMER} for n in range(30)]
    before = len(crm.statements)

    answer = (await crm.ask(UPSERT_MANY, {"inputs": inputs}))["deals"]

    assert len(crm.statements) - before <= 10
    assert [r["created"] for r in answer["results"]] == [False, *[True] * 29]
    assert [r["deal"]["name"] for r in answer["results"]] == [f"Deal {n}" for n in range(30)]
    assert await crm.count(Deal) == 30


async def test_of_many_the_wrong_ones_say_why(crm: Crm) -> None:
    one = {"code": "1", "name": "One", "customerId": CUSTOMER}
    refused = (await crm.ask(UPSERT_MANY, {"inputs": [one, {"code": "2"}]}))["deals"]
    assert refused["userErrors"] == [
        {"code": "REQUIRED", "field": "inputs.1.customerId"},
        {"code": "REQUIRED", "field": "inputs.1.name"},
    ]
    assert await crm.count(Deal) == 0

    twice = (await crm.ask(UPSERT_MANY, {"inputs": [one, one]}))["deals"]
    assert twice["userErrors"] == [{"code": "BAD_USER_INPUT", "field": "inputs.1.code"}]

    partly = (await crm.ask(UPSERT_MANY, {"inputs": [one, {"code": "2"}], "atomic": False}))["deals"]
    assert [(r["created"], len(r["userErrors"])) for r in partly["results"]] == [(True, 0), (False, 2)]
    assert await crm.count(Deal) == 1
