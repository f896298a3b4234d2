"""Row scope: {own, team, subtree, all, none} x ten ways to a record, for an entity of core and one of a plugin."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu import Level
from tests import deals
from tests.crm import Crm, crm_of
from tests.kehu_graphql.access import firm
from tests.kehu_graphql.access.firm import CUSTOMERS, Row, lea, reaches


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """An entity of the matrix, and how its names are spelled."""

    model: type[Any]
    rows: Sequence[Row]
    permission: str
    one: str
    many: str
    number: str
    sql_field: str
    harmless: str

    @property
    def name(self) -> str:
        return self.model.__name__

    def at(self, level: Level, **others: Level) -> kehu.Principal:
        """Lea, who may read at this level, and see all customers."""
        own = {f"{self.permission}__{verb}": reach for verb, reach in {"read": level, **others}.items()}
        return lea(core__customer__read=Level.ALL, **own)

    def visible(self, level: Level) -> list[Row]:
        return [row for row in self.rows if reaches(level, row)]

    def id(self, row: Row) -> str:
        return kehu.global_id(self.name, row.id)

    def ids(self, rows: Sequence[Row]) -> set[str]:
        return {self.id(row) for row in rows}


INTERACTION = Subject(
    kehu.Interaction,
    firm.INTERACTIONS,
    "core__interaction",
    "interaction",
    "interactions",
    "answeredAfterSeconds",
    "waitedSeconds",
    'outcome: "good"',
)
DEAL = Subject(
    deals.Deal, firm.DEALS, "deals__deal", "deal", "deals", "amount", "openAmount", "probability: 50"
)

waiting = kehu.Plugin("waiting", requires=["core"])


@waiting.sql_field(kehu.Customer)
def waited_seconds(customer: type[kehu.Customer]) -> sa.ColumnElement[int | None]:
    calls = sa.select(sa.func.sum(kehu.Interaction.answered_after_seconds))
    return calls.where(kehu.Interaction.customer_id == customer.id).scalar_subquery()


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    """The firm, for all tests of this module."""
    async with crm_of(deals.plugin, waiting, url=shared_database_url) as crm:
        await firm.found(crm)
        yield crm


levels = pytest.mark.parametrize("level", Level, ids=lambda level: level.name.lower())
subjects = pytest.mark.parametrize("subject", [INTERACTION, DEAL], ids=lambda subject: subject.name)


@levels
@subjects
async def test_a_list_holds_the_records_within_the_level(crm: Crm, subject: Subject, level: Level) -> None:
    data = await crm.ask(f"{{ {subject.many}(first: 200) {{ nodes {{ id }} }} }}", to=subject.at(level))

    assert {node["id"] for node in data[subject.many]["nodes"]} == subject.ids(subject.visible(level))


@levels
@subjects
async def test_a_record_is_got_within_the_level(crm: Crm, subject: Subject, level: Level) -> None:
    wanted = "".join(
        f'r{row.worth}: {subject.one}(id: "{subject.id(row)}") {{ id }} ' for row in subject.rows
    )

    answer = await crm.answer(f"{{ {wanted} }}", to=subject.at(level))

    got = {value["id"] for value in answer["data"].values() if value is not None}
    assert got == subject.ids(subject.visible(level))
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert codes == ({"FORBIDDEN"} if level is Level.NONE else set())


@levels
@subjects
async def test_node_finds_the_records_within_the_level(crm: Crm, subject: Subject, level: Level) -> None:
    wanted = [subject.id(row) for row in subject.rows]

    data = await crm.ask(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": wanted}, to=subject.at(level)
    )

    expected = [{"id": subject.id(row)} if reaches(level, row) else None for row in subject.rows]
    assert data["nodes"] == expected


@levels
@subjects
async def test_total_count_counts_the_records_within_the_level(
    crm: Crm, subject: Subject, level: Level
) -> None:
    data = await crm.ask(f"{{ {subject.many} {{ totalCount }} }}", to=subject.at(level))

    assert data[subject.many]["totalCount"] == len(subject.visible(level))


@levels
@subjects
async def test_an_aggregate_sums_the_records_within_the_level(
    crm: Crm, subject: Subject, level: Level
) -> None:
    document = f"{{ {subject.many}Aggregate {{ count sum {{ {subject.number} }} }} }}"

    data = await crm.ask(document, to=subject.at(level))

    worths = [row.worth for row in subject.visible(level)]
    total = str(sum(worths)) if worths else None
    assert data[f"{subject.many}Aggregate"] == [{"count": len(worths), "sum": {subject.number: total}}]


@levels
@subjects
async def test_a_relation_holds_the_records_within_the_level(
    crm: Crm, subject: Subject, level: Level
) -> None:
    document = f"{{ customers {{ nodes {{ id {subject.many} {{ totalCount nodes {{ id }} }} }} }} }}"

    data = await crm.ask(document, to=subject.at(level))

    for node in data["customers"]["nodes"]:
        visible = subject.ids([row for row in subject.visible(level) if customer_id(row) == node["id"]])
        assert {child["id"] for child in node[subject.many]["nodes"]} == visible
        assert node[subject.many]["totalCount"] == len(visible)


@levels
@subjects
async def test_a_filter_by_relation_sees_the_records_within_the_level(
    crm: Crm, subject: Subject, level: Level
) -> None:
    document = f"""{{
        some: customers(filter: {{{subject.many}: {{some: {{}}}}}}) {{ nodes {{ id }} }}
        none: customers(filter: {{{subject.many}: {{none: {{}}}}}}) {{ nodes {{ id }} }}
        every: customers(filter: {{{subject.many}: {{every: {{ownerId: {{eq: "{LEA}"}}}}}}}}) {{ nodes {{ id }} }}
    }}"""

    data = await crm.ask(document, to=subject.at(level))

    visible = subject.visible(level)
    some = {customer_id(row) for row in visible}
    of_others = {customer_id(row) for row in visible if row.owner != firm.LEA.id}
    assert {name: {node["id"] for node in page["nodes"]} for name, page in data.items()} == {
        "some": some,
        "none": ALL_CUSTOMERS - some,
        "every": ALL_CUSTOMERS - of_others,
    }


@levels
@subjects
async def test_a_sql_field_sums_the_records_within_the_level(
    crm: Crm, subject: Subject, level: Level
) -> None:
    data = await crm.ask(f"{{ customers {{ nodes {{ id {subject.sql_field} }} }} }}", to=subject.at(level))

    sums = {
        node["id"]: None if node[subject.sql_field] is None else Decimal(node[subject.sql_field])
        for node in data["customers"]["nodes"]
    }
    assert sums == {key: worth_of(subject.visible(level), key) for key in ALL_CUSTOMERS}


@levels
@subjects
async def test_a_mutation_reaches_the_records_within_the_level(
    crm: Crm, subject: Subject, level: Level
) -> None:
    answers = await update_all(crm, subject, subject.at(Level.ALL, update=level))

    assert answers == [[] if reaches(level, row) else ["FORBIDDEN"] for row in subject.rows]


@levels
@subjects
async def test_a_mutation_does_not_tell_of_records_that_cannot_be_read(
    crm: Crm, subject: Subject, level: Level
) -> None:
    answers = await update_all(crm, subject, subject.at(level, update=Level.ALL))

    assert answers == [[] if reaches(level, row) else ["NOT_FOUND"] for row in subject.rows]


@levels
@subjects
async def test_a_subscription_tells_of_the_records_within_the_level(
    crm: Crm, subject: Subject, level: Level
) -> None:
    field = f"{subject.one}Changed"
    answers = crm.api.subscribe(
        f"subscription {{ {field} {{ {subject.one} {{ id }} }} }}", principal=subject.at(level)
    )
    if level is Level.NONE:
        refusal = await anext(answers)
        assert [error["extensions"]["code"] for error in refusal["errors"]] == ["FORBIDDEN"]
        return
    last = next(row for row in subject.rows if row.owner == firm.LEA.id)

    async def heard() -> list[str]:
        told: list[str] = []
        async for answer in answers:
            told.append(answer["data"][field][subject.one]["id"])
            if told[-1] == subject.id(last):
                break
        return told

    listening = asyncio.create_task(heard())
    while not crm.app.broker.listeners:  # noqa: ASYNC110  # the broker has no event for the sake of tests
        await asyncio.sleep(0)
    await touch(crm, subject, [row for row in subject.rows if row is not last])
    await touch(crm, subject, [last])

    assert set(await asyncio.wait_for(listening, 10)) == subject.ids(subject.visible(level))
    await answers.aclose()


# --- what the tests ask by ------------------------------------------------------------------------------------------
LEA = kehu.global_id("User", firm.LEA.id)
ALL_CUSTOMERS = {kehu.global_id("Customer", key) for key in CUSTOMERS}


def customer_id(row: Row) -> str:
    return kehu.global_id("Customer", row.customer)


def worth_of(rows: Sequence[Row], customer: str) -> Decimal | None:
    worths = [row.worth for row in rows if customer_id(row) == customer]
    return Decimal(sum(worths)) if worths else None


async def update_all(crm: Crm, subject: Subject, principal: kehu.Principal) -> list[list[str]]:
    """The codes of the userErrors of an update of each row, in order."""
    updates = "".join(
        f'r{row.worth}: update{subject.name}(input: {{id: "{subject.id(row)}", {subject.harmless}}}) '
        "{ userErrors { code } } "
        for row in subject.rows
    )
    data = await crm.ask(f"mutation {{ {updates} }}", to=principal)
    return [[error["code"] for error in payload["userErrors"]] for payload in data.values()]


async def touch(crm: Crm, subject: Subject, rows: Sequence[Row]) -> None:
    """Write each row anew, as the system."""
    async with crm.app.context() as ctx, ctx.write():
        for row in rows:
            record = await ctx.get(subject.model, row.id)
            record.external_id = uuid.uuid4().hex
