"""Where rights end, each limit asked for directly: before a write, after it, for parents, in plans and in figures."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu import Level
from tests.crm import Crm, OpenCrm
from tests.deals import Deal, Line
from tests.kehu_graphql.access.firm import CUSTOMERS, LEA, MAX, NORTH, NORTH_EAST, TEAMS, lea

SEES: dict[str, Any] = {
    "core__customer__read": Level.ALL,
    "core__user__read": Level.ALL,
    "deals__deal__read": Level.ALL,
}
FORBIDDEN = [{"code": "FORBIDDEN"}]
hiding = kehu.Plugin("hiding", requires=["core", "deals"])


class NoSecrets:
    """Nobody sees a deal that is called a secret."""

    @kehu.hookimpl
    def kehu_row_scope(
        self, ctx: kehu.Context, model: type[Any], entity: Any
    ) -> sa.ColumnElement[bool] | None:
        return entity.name != "secret" if model is Deal else None


hiding.hookimpl(NoSecrets())


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    crm = await open_crm()
    await _found(crm)
    return crm


async def _found(crm: Crm) -> None:
    await crm.store(*(kehu.Team(id=team.id, name=team.name) for team in TEAMS))
    await crm.store(*(kehu.User(id=person.id, name=person.name) for person in (LEA, MAX)))
    await crm.store(kehu.Customer(id=CUSTOMERS[0], name="Huawei"))


def given(**values: Any) -> dict[str, Any]:
    return {"name": "Deal", "customerId": kehu.global_id("Customer", CUSTOMERS[0])} | values


def deal(name: str, **values: Any) -> Deal:
    return Deal(name=name, customer_id=CUSTOMERS[0], **values)


CREATE = "mutation ($input: CreateDealInput!) { done: createDeal(input: $input) { userErrors { code } } }"
CREATE_MANY = """mutation ($input: CreateDealInput!) {
  done: createDeals(inputs: [$input]) { results { userErrors { code } } userErrors { code } } }"""


async def test_nobody_creates_a_record_beyond_the_own_grant(crm: Crm) -> None:
    to, his = lea(**SEES, deals__deal__create=Level.OWN), given(ownerId=kehu.global_id("User", MAX.id))

    one = await crm.ask(CREATE, {"input": his}, to=to)
    many = await crm.ask(CREATE_MANY, {"input": his}, to=to)

    assert (one["done"]["userErrors"], many["done"]["userErrors"]) == (FORBIDDEN, FORBIDDEN)
    assert await crm.count(Deal) == 0
    assert (await crm.ask(CREATE, {"input": given()}, to=to))["done"]["userErrors"] == []


@pytest.mark.parametrize("level", [Level.OWN, Level.ALL])
async def test_nobody_creates_a_record_that_a_plugin_hides(open_crm: OpenCrm, level: Level) -> None:
    crm = await open_crm(hiding)
    await _found(crm)
    to = lea(**SEES, deals__deal__create=level)

    secret = await crm.ask(CREATE, {"input": given(name="secret")}, to=to)

    assert (secret["done"]["userErrors"], await crm.count(Deal)) == (FORBIDDEN, 0)
    assert (await crm.ask(CREATE, {"input": given()}, to=to))["done"]["userErrors"] == []


WRITES = {
    "create": CREATE,
    "creates": CREATE_MANY,
    "update": "mutation ($input: UpdateDealInput!) { done: updateDeal(input: $input) { userErrors { code } } }",
    "updates": """mutation ($input: UpdateDealInput!) {
      done: updateDeals(inputs: [$input]) { results { userErrors { code } } userErrors { code } } }""",
    "upsert": """mutation ($input: UpsertDealInput!) {
      done: upsertDeal(by: CODE, input: $input) { userErrors { code } } }""",
}


@pytest.mark.parametrize("way", WRITES)
async def test_a_field_is_written_only_with_its_own_right(crm: Crm, way: str) -> None:
    stored = deal("Stored", code="A")
    await crm.store(stored)
    values = {
        "update": {"id": kehu.global_id("Deal", stored.id)},
        "updates": {"id": kehu.global_id("Deal", stored.id)},
        "upsert": {"code": "A"},
    }.get(way, given(code="B"))
    may = SEES | {f"deals__deal__{verb}": Level.ALL for verb in ("create", "update")}

    done = await crm.ask(WRITES[way], {"input": values | {"margin": "5"}}, to=lea(**may))

    assert done["done"]["userErrors"] == FORBIDDEN
    assert [each.margin for each in await crm.all(Deal)] == [None]
    done = await crm.ask(
        WRITES[way], {"input": values | {"margin": "5"}}, to=lea(**may, deals__margin__write=Level.ALL)
    )
    assert done["done"]["userErrors"] == []


@pytest.mark.parametrize(
    ("level", "texts"),
    [(Level.OWN, ["own"]), (Level.TEAM, ["own", "team"]), (Level.SUBTREE, ["below", "own", "team"])],
)
async def test_what_belongs_to_a_record_is_seen_as_far_as_the_level_reaches(
    crm: Crm, level: Level, texts: list[str]
) -> None:
    for name, owner, team in (("own", LEA, None), ("team", MAX, NORTH), ("below", MAX, NORTH_EAST)):
        parent = deal(name, owner_id=owner.id, team_id=team and team.id)
        await crm.store(parent)
        await crm.store(Line(deal_id=parent.id, text=name))

    data = await crm.ask("{ lines { nodes { text } } }", to=lea(**SEES, deals__line__read=level))

    assert [line["text"] for line in data["lines"]["nodes"]] == texts


@pytest.mark.parametrize(
    "within", ["deals { nodes { margin } }", "customers { nodes { deals { nodes { margin } } } }"]
)
async def test_a_plan_shows_no_field_that_the_reader_may_not_read(crm: Crm, within: str) -> None:
    await crm.store(deal("Deal", margin=Decimal(7)))
    shown = {}

    for who, rights in {"all": {"deals__margin__read": Level.ALL}, "none": {}}.items():
        async with crm.app.context(lea(**SEES, **rights)) as ctx:
            planned = await crm.api.plans.answer(ctx, f"{{ {within} }}", {}, None)
        assert planned is not None
        shown[who] = b'"margin":"7"' in planned, b'"margin":null' in planned

    assert shown == {"all": (True, False), "none": (False, True)}


async def test_figures_by_day_are_those_of_each_reader_s_time_zone(crm: Crm) -> None:
    await crm.store(deal("Deal", closed_at=datetime(2026, 3, 2, 20, tzinfo=UTC)))
    document = """{ dealsAggregate(groupBy: [{field: CLOSED_AT, bucket: DAY}]) { key { closedAt } } }"""
    grants = {"deals.deal:read": Level.ALL}

    days = [
        (await crm.ask(document, to=kehu.Principal(LEA.id, "Lea", grants=grants, time_zone=zone)))[
            "dealsAggregate"
        ][0]["key"]["closedAt"][:10]
        for zone in ("UTC", "Asia/Shanghai", "UTC")
    ]

    assert days == ["2026-03-02", "2026-03-03", "2026-03-02"]


@pytest.mark.parametrize(
    ("condition", "stages"),
    [
        ('lt: "2.5"', ["LOST", "WON"]),
        ('lte: "2.5"', ["LOST", "WON"]),
        ('lt: "2"', ["LOST"]),
        ('gt: "1.5"', ["OPEN", "WON"]),
        ('gte: "1.5"', ["OPEN", "WON"]),
    ],
)
async def test_numbers_of_records_are_compared_with_fractions(
    crm: Crm, condition: str, stages: list[str]
) -> None:
    await crm.store(*(deal(s, stage=s) for s in ("LOST", "WON", "WON", "OPEN", "OPEN", "OPEN")))
    document = f"""{{ dealsAggregate(
      groupBy: [{{field: STAGE}}] having: [{{measure: COUNT, value: {{ {condition} }} }}]) {{ key {{ stage }} }} }}"""

    rows = (await crm.ask(document))["dealsAggregate"]

    assert sorted(row["key"]["stage"] for row in rows) == stages
