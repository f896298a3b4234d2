"""Days and moments have one border, in filters, inputs and arguments alike: the years 1900 to 2200."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.access import Level
from kehu_graphql import Api
from tests.crm import Crm, crm_of

MOMENTS = [
    "0001-01-01T00:00:00+08:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-08:00", "9999-12-31T23:59:59Z",
    "1899-12-31T23:59:59Z", "1900-01-01T00:00:00+00:01", "2201-01-01T00:00:00Z", "2200-12-31T23:59:59-00:01",
]  # fmt: skip
DAYS = ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"]
FIRST, LAST = "1900-01-01T00:00:00Z", "2200-12-31T23:59:59Z"

FILTERS = [
    "query ($at: DateTime!) { interactions(filter: {startedAt: {gte: $at}}) { totalCount } }",
    "query ($at: DateTime!) { interactions(filter: {startedAt: {in: [$at]}}) { nodes { id } } }",
    "query ($at: DateTime!) { customers(filter: {interactions: {some: {startedAt: {lt: $at}}}}) { nodes { id } } }",
    "query ($at: DateTime!) { interactionsAggregate(filter: {startedAt: {ne: $at}}) { count } }",
    "query ($at: DateTime!) { customers { nodes { interactions(filter: {startedAt: {lte: $at}}) { totalCount } } } }",
]


@pytest.fixture
async def crm(database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(url=database_url) as crm:
        await crm.store(kehu.Customer(name="Acme"))
        yield crm


def test_there_are_so_many_impossible_moments() -> None:
    sys.stdout.write(
        f"{len(MOMENTS)} moments and {len(DAYS)} days in {len(FILTERS)} filters, inputs and arguments\n"
    )
    assert len({*MOMENTS, *DAYS}) == 12


@pytest.mark.parametrize("document", FILTERS)
async def test_a_moment_beyond_the_border_is_refused_in_filters(crm: Crm, document: str) -> None:
    for moment in MOMENTS:
        for asked, given in ((document, {"at": moment}), (_literally(document, moment), {})):
            answer = await crm.answer(asked, given)
            assert [_told(error) for error in answer["errors"]] == [("OUT_OF_RANGE", "startedAt")]
    for moment in (FIRST, LAST):
        assert "errors" not in await crm.answer(document, {"at": moment})


def _literally(document: str, moment: str) -> str:
    return document.replace("query ($at: DateTime!) ", "").replace("$at", f'"{moment}"')


def _told(error: Any) -> tuple[str, str | None]:
    return error["extensions"]["code"], error["extensions"].get("field")


async def test_a_moment_beyond_the_border_is_refused_in_inputs(crm: Crm) -> None:
    create = """mutation ($given: CreateInteractionInput!) {
        createInteraction(input: $given) { interaction { id } userErrors { code field } } }"""
    many = """mutation ($given: [CreateInteractionInput!]!) {
        createInteractions(inputs: $given) { userErrors { code field } } }"""
    (acme,) = await crm.all(kehu.Customer)
    given = {"kind": "CALL", "subject": "Hello", "customerId": kehu.global_id("Customer", acme.id)}
    for moment in MOMENTS:
        wrong = given | {"plannedFor": moment}
        answer = await crm.ask(create, {"given": wrong})
        assert answer["createInteraction"]["userErrors"] == [{"code": "OUT_OF_RANGE", "field": "plannedFor"}]
        answer = await crm.ask(many, {"given": [wrong]})
        assert [each["code"] for each in answer["createInteractions"]["userErrors"]] == ["OUT_OF_RANGE"]
    assert await crm.count(kehu.Interaction) == 0
    answer = await crm.ask(create, {"given": given | {"plannedFor": LAST}})
    assert answer["createInteraction"]["userErrors"] == []


@pytest.mark.parametrize("day", DAYS)
async def test_a_day_beyond_the_border_is_refused(crm: Crm, day: str) -> None:
    document = """mutation ($given: CreateCurrencyRateInput!) {
        createCurrencyRate(input: $given) { userErrors { code field } } }"""
    given = {"base": "EUR", "quote": "USD", "rate": "1.1", "asOf": day}
    answer = await crm.ask(document, {"given": given})
    assert answer["createCurrencyRate"]["userErrors"] == [{"code": "OUT_OF_RANGE", "field": "asOf"}]
    asked = "query ($at: Date!) { currencyRates(filter: {asOf: {lte: $at}}) { totalCount } }"
    assert [_told(each) for each in (await crm.answer(asked, {"at": day}))["errors"]] == [
        ("OUT_OF_RANGE", "asOf")
    ]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_moment_beyond_the_border_is_refused_in_arguments(crm: Crm, moment: str) -> None:
    await crm.store(
        kehu.Interaction(kind="CALL", subject="Hello", customer_id=(await crm.all(kehu.Customer))[0].id)
    )
    (call,) = await crm.all(kehu.Interaction)
    document = """mutation ($id: ID!, $at: DateTime) {
        completeInteraction(id: $id, at: $at) { userErrors { code field } } }"""
    answer = await crm.ask(document, {"id": kehu.global_id("Interaction", call.id), "at": moment})
    assert answer["completeInteraction"]["userErrors"] == [{"code": "OUT_OF_RANGE", "field": "at"}]
    replay = (
        'mutation ($at: DateTime!) { replayEvents(handler: "a", since: $at) { userErrors { code field } } }'
    )
    answer = await crm.ask(replay, {"at": moment})
    assert answer["replayEvents"]["userErrors"] == [{"code": "OUT_OF_RANGE", "field": "since"}]


async def test_what_code_stores_has_the_border_too(crm: Crm) -> None:
    with pytest.raises(kehu.Rejected) as refused:
        await crm.store(
            kehu.Interaction(kind="CALL", subject="Hello", planned_for=datetime(9999, 12, 31, tzinfo=UTC)),
            kehu.CurrencyRate(base="EUR", quote="USD", rate=1, as_of=date(1, 1, 1)),
        )
    assert {(error.code, error.field) for error in refused.value.errors} >= {
        ("OUT_OF_RANGE", "plannedFor"),
        ("OUT_OF_RANGE", "asOf"),
    }


async def test_custom_fields_have_the_border_too(database_url: str) -> None:
    plugin = kehu.Plugin("acme", requires=["core"])
    plugin.custom_field(kehu.Customer, "seen_at", datetime)
    plugin.custom_field(kehu.Customer, "born_on", date)
    async with crm_of(plugin, url=database_url) as crm:
        document = """mutation ($given: CreateCustomerInput!) {
            createCustomer(input: $given) { userErrors { code field } } }"""
        for name, value in [("seenAt", each) for each in MOMENTS] + [("bornOn", each) for each in DAYS]:
            answer = await crm.ask(document, {"given": {"kind": "PERSON", "name": "Li", name: value}})
            assert answer["createCustomer"]["userErrors"] == [{"code": "OUT_OF_RANGE", "field": name}]
            asked = f'{{ customers(filter: {{{name}: {{gt: "{value}"}}}}) {{ totalCount }} }}'
            assert [_told(each) for each in (await crm.answer(asked))["errors"]] == [("OUT_OF_RANGE", name)]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "UTC", "Pacific/Kiritimati"])
async def test_a_moment_that_an_older_version_stored_breaks_no_list(crm: Crm, zone: str) -> None:
    (acme,) = await crm.all(kehu.Customer)
    await crm.store(*[kehu.Interaction(kind="CALL", subject="Hello", customer_id=acme.id) for _ in range(2)])
    table = cast("sa.Table", kehu.Interaction.__table__)
    async with crm.app.engine.begin() as connection:
        ends = ("0001-01-01 00:00:30", "9999-12-31 23:59:59")
        keys = (await connection.execute(sa.select(table.c.id).order_by(table.c.id))).scalars().all()
        for key, end in zip(keys, ends, strict=True):
            moment: Any = sa.literal_column(
                f"timestamptz '{end}+00'" if crm.app.is_postgresql else f"'{end}.000000'"
            )
            await connection.execute(sa.update(table).where(table.c.id == key).values(started_at=moment))
    reader = kehu.Principal(id=None, name="Reader", time_zone=zone, grants={"*": Level.ALL})
    for unit, first, last in (("MONTH", "0001-12-01", "9998-12-01"), ("YEAR", "0001-01-01", "9998-01-01")):
        answer = await Api(crm.app).execute(
            f"{{ interactionsAggregate(groupBy: [{{field: STARTED_AT, bucket: {unit}}}]) "
            "{ key { startedAt } count } }",
            principal=reader,
        )
        rows = answer["data"]["interactionsAggregate"]
        assert [row["count"] for row in rows] == [1, 1]
        assert rows[0]["key"]["startedAt"] in (first, first.replace("0001", "0002").replace("-12-", "-01-"))
        assert rows[1]["key"]["startedAt"] == last
    listed = await crm.ask(
        "{ interactions(orderBy: [{field: STARTED_AT}], first: 1) { nodes { startedAt } pageInfo { endCursor } } }"
    )
    assert listed["interactions"]["nodes"] == [{"startedAt": "0001-01-01T00:00:30Z"}]
    after = listed["interactions"]["pageInfo"]["endCursor"]
    page = "query ($after: String) { interactions(orderBy: [{field: STARTED_AT}], after: $after) { nodes { id } } }"
    assert len((await crm.ask(page, {"after": after}))["interactions"]["nodes"]) == 1


async def test_a_period_beyond_the_border_is_refused(crm: Crm) -> None:
    for period in ("{unit: YEAR, to: 7000}", "{unit: YEAR, from: -2024}", "{unit: DAY, from: -2147483648}"):
        document = f"{{ interactions(filter: {{startedAt: {{within: {period}}}}}) {{ totalCount }} }}"
        assert await crm.codes(document) == ["OUT_OF_RANGE"]
