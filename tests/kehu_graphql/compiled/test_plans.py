"""What a plan costs: statements, no transaction, nothing that grows for ever; and whom its rows are for."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

import kehu
from kehu import Level
from kehu.kernel.caches import Cache
from kehu.kernel.db.driver_pool import CONNECTIONS
from kehu_graphql import Api
from kehu_graphql.compiled import texts
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from tests.templates import Templates

PAGE = """query ($industry: String!, $first: Int!) {
    customers(first: $first, filter: {industry: {eq: $industry}}, orderBy: [{field: NAME}]) {
        nodes { id name kind industry website country createdAt version }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
NESTED = """query ($first: Int!) { customers(first: $first) { nodes { id name owner { id name }
    interactions(first: 5) { nodes { id kind createdAt subject } }
    opportunities(first: 3) { nodes { id name amount } } } } }"""
ONE = (
    """query ($id: ID!) { customer(id: $id) { id name interactions(first: 10) { nodes { id subject } } } }"""
)
LONG = (
    "{ customers(first: 200) { nodes { id name kind industry website country ownerId createdAt version } } }"
)


FIGURES = """query ($least: Decimal!) { customersAggregate(
    groupBy: [{field: INDUSTRY}, {field: CREATED_AT, bucket: YEAR}]
    having: [{measure: COUNT, value: {gte: $least}}]
) { key { industry } count sum { employees } distinct { ownerId } } }"""
FUNCTIONS = """{ opportunities { nodes { isRotting can { update } monthlyRecurringAmount
    attachments { name } customer { serviceCost { hours } wonAmount(closedFrom: "2026-01-01") { currency } } } } }"""
BY_RECORD = """{ opportunitiesAggregate(groupBy: [{field: OWNER_ID}, {customer: {field: NAME}}]) {
    key { owner { name } customerKey { name } } count median: percentile { amount } } }"""


@pytest.fixture
async def api(database_url: str, templates: Templates) -> AsyncIterator[Api]:
    app = await templates.open(database_url, "sfa")
    await _fill(app)
    yield Api(app)
    await app.close()


async def _fill(app: kehu.App) -> None:
    async with app.context() as ctx, ctx.write():
        ann, bob = (ctx.add(kehu.User(id=kehu.uuid7(), name=name)) for name in ("Ann", "Bob"))
        pipeline = ctx.add(Pipeline(id=kehu.uuid7(), name="Sales"))
        await ctx.flush()
        stage = ctx.add(
            Stage(
                id=kehu.uuid7(), pipeline_id=pipeline.id, name="New", position=1, category=StageCategory.OPEN
            )
        )
        await ctx.flush()
        for number in range(6):
            owner = ann if number % 2 else bob
            customer = ctx.add(
                kehu.Customer(id=kehu.uuid7(), name=f"Customer {number}", industry="Wood", owner_id=owner.id)
            )
            await ctx.flush()
            ctx.add(kehu.Interaction(customer_id=customer.id, kind="CALL", subject="Call", owner_id=owner.id))
            ctx.add(Opportunity(customer_id=customer.id, stage_id=stage.id, name="Deal", owner_id=owner.id))


async def _owner(api: Api, name: str, level: Level = Level.OWN) -> kehu.Principal:
    async with api.app.context() as ctx:
        user = (await ctx.session.scalars(sa.select(kehu.User).where(kehu.User.name == name))).one()
    return kehu.Principal(user.id, name, grants={"core.customer:read": level, "core.user:read": Level.ALL})


async def _planned(
    api: Api, document: str, principal: kehu.Principal = kehu.SYSTEM, **variables: Any
) -> bytes:
    async with api.app.context(principal) as ctx:
        answer = await api.plans.answer(ctx, document, variables, None)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("document", "variables", "lists"),
    [
        (PAGE, {"industry": "Wood", "first": 4}, 1),
        (NESTED, {"first": 5}, 3),
        (ONE, {}, 2),
        (LONG, {}, 1),
        (FIGURES, {"least": "1"}, 1),
        (BY_RECORD, {}, 2),
    ],
    ids=["page", "nested", "one", "long", "figures", "by record"],
)
async def test_a_hot_query_takes_one_statement_or_on_sqlite_as_many_as_it_has_lists(
    api: Api, document: str, variables: dict[str, Any], lists: int
) -> None:
    if document is ONE:
        async with api.app.context() as ctx:
            key = (await ctx.session.scalars(sa.select(kehu.Customer.id).limit(1))).one()
        variables = {"id": kehu.global_id("Customer", key)}
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(api.app.engine.sync_engine, "before_cursor_execute", note)
    await _planned(api, document, **variables)
    # On PostgreSQL lists and records are one text, but not those that groups lead to.
    assert len(seen) == (1 if api.app.is_postgresql and document is not BY_RECORD else lists)
    assert all(statement.startswith("SELECT") for statement in seen)


async def test_a_plan_opens_neither_a_session_nor_a_transaction(api: Api) -> None:
    await api.app.cluster.close()  # It has told what was written for the test.
    began: list[object] = []
    sa.event.listen(api.app.engine.sync_engine, "begin", began.append)
    sa.event.listen(api.app.engine.sync_engine, "checkout", lambda *connection: began.append(connection))
    async with api.app.context() as ctx:
        assert await api.plans.answer(ctx, NESTED, {"first": 2}, None) is not None
        assert "session" not in ctx.__dict__
    assert began == []


async def test_figures_count_only_what_each_reader_may_see(api: Api) -> None:
    ann, none = await _owner(api, "Ann"), await _owner(api, "Ann", Level.NONE)
    for who, count, owners in ((kehu.SYSTEM, 6, 2), (ann, 3, 1)):
        row = f'"count":{count},"sum":{{"employees":null}},"distinct":{{"ownerId":{owners}}}'
        expected = f'{{"data":{{"customersAggregate":[{{"key":{{"industry":"Wood"}},{row}}}]}}}}'
        assert await _planned(api, FIGURES, who, least="1") == expected.encode()
    assert await _planned(api, FIGURES, ann, least="3.5") == b'{"data":{"customersAggregate":[]}}'
    assert await _planned(api, FIGURES, none, least="1") == b'{"data":{"customersAggregate":[]}}'


async def test_a_figure_that_is_skipped_is_not_asked_for(api: Api) -> None:
    document = "query ($no: Boolean!) { customersAggregate { count sum @include(if: $no) { employees } } }"
    seen: list[str] = []
    sa.event.listen(
        api.app.engine.sync_engine, "before_cursor_execute", lambda *args: seen.append(str(args[2]).upper())
    )
    assert await _planned(api, document, no=False) == b'{"data":{"customersAggregate":[{"count":6}]}}'
    async with api.app.context() as ctx:
        result: Any = await api.schema.execute(document, variable_values={"no": False}, context_value=ctx)
    assert result.data == {"customersAggregate": [{"count": 6}]}
    asked = [statement for statement in seen if statement.startswith("SELECT COUNT")]
    assert len(asked) == 2
    assert not any("SUM(" in statement for statement in asked)


async def test_one_plan_shows_each_reader_only_what_that_reader_may_see(api: Api) -> None:
    ann, bob = await _owner(api, "Ann"), await _owner(api, "Bob")
    document = "{ customers { totalCount nodes { name } } }"
    first, second, third = [await _planned(api, document, who) for who in (ann, bob, ann)]
    assert first == third
    assert b'"totalCount":3' in first
    assert b'"Customer 1"' in first
    assert b'"Customer 1"' not in second
    assert b'"Customer 0"' in second


async def test_functions_of_plugins_are_asked_of_all_records_together(api: Api) -> None:
    seen: list[str] = []
    await _planned(api, FUNCTIONS)
    sa.event.listen(
        api.app.engine.sync_engine, "before_cursor_execute", lambda *args: seen.append(str(args[2]))
    )
    await _planned(api, FUNCTIONS)
    for_six = len(seen)
    async with api.app.context() as ctx, ctx.write():
        await ctx.archive((await ctx.session.scalars(sa.select(Opportunity).limit(1))).one())
    seen.clear()
    answer = orjson.loads(await _planned(api, FUNCTIONS))
    assert len(seen) == for_six
    assert [node["can"] for node in answer["data"]["opportunities"]["nodes"]] == [{"update": True}] * 5


async def test_who_is_signed_in_is_told_by_a_plan(api: Api) -> None:
    ann = await _owner(api, "Ann")
    document = "{ viewer { user { name } permissions } customers { totalCount } }"
    answer = orjson.loads(await _planned(api, document, ann))
    assert answer["data"]["viewer"]["user"]["name"] == "Ann"
    assert answer["data"]["viewer"]["permissions"] == ["core.customer:read OWN", "core.user:read ALL"]
    assert answer["data"]["customers"] == {"totalCount": 3}


async def test_lists_within_records_show_only_what_the_reader_may_see(api: Api) -> None:
    ann = await _owner(api, "Ann", Level.ALL)
    seen = dataclasses.replace(ann, grants={**ann.grants, "core.interaction:read": Level.OWN})
    document = "{ customers { nodes { interactions { totalCount nodes { subject } } } } }"
    nothing, something = (
        b'{"interactions":{"totalCount":%s}}' % part
        for part in (b'0,"nodes":[]', b'1,"nodes":[{"subject":"Call"}]')
    )
    assert await _planned(api, document, ann) == b'{"data":{"customers":{"nodes":[%s]}}}' % b",".join(
        [nothing] * 6
    )
    shown = await _planned(api, document, seen)
    assert (shown.count(nothing), shown.count(something)) == (3, 3)


async def test_any_number_of_fields_can_be_asked_for(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = await _planned(api, LONG)
    monkeypatch.setattr(texts, "MOST_ARGUMENTS", 3)
    assert await _planned(api, f"{LONG} # made again") == expected


async def test_what_no_answer_may_have_is_left_to_graphql_core_again_and_again(api: Api) -> None:
    """More often than there are connections: a statement that fails gives its connection back."""
    async with api.app.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE core_customer SET kind = 'ROBOT'"))
    async with api.app.context() as ctx:
        for _ in range(CONNECTIONS + 2):
            assert await api.plans.answer(ctx, "{ customers { nodes { kind } } }", {}, None) is None
    assert await _planned(api, "{ customers { totalCount } }") == b'{"data":{"customers":{"totalCount":6}}}'


async def test_other_rights_make_another_plan(api: Api) -> None:
    none, everything = await _owner(api, "Ann", Level.NONE), await _owner(api, "Ann", Level.ALL)
    document = "{ customers { totalCount } }"
    assert await _planned(api, document, everything) == b'{"data":{"customers":{"totalCount":6}}}'
    assert await _planned(api, document, none) == b'{"data":{"customers":{"totalCount":0}}}'
    assert await _planned(api, document, everything) == b'{"data":{"customers":{"totalCount":6}}}'


async def test_what_is_archived_or_written_meanwhile_is_seen_at_once(api: Api) -> None:
    document = "{ customers { totalCount } }"
    assert await _planned(api, document) == b'{"data":{"customers":{"totalCount":6}}}'
    async with api.app.context() as ctx, ctx.write():
        await ctx.archive((await ctx.session.scalars(sa.select(kehu.Customer).limit(1))).one())
    assert await _planned(api, document) == b'{"data":{"customers":{"totalCount":5}}}'


async def test_nobody_and_mutations_and_mistakes_are_left_to_graphql_core(api: Api) -> None:
    async with api.app.context(kehu.ANONYMOUS) as ctx:
        assert await api.plans.answer(ctx, "{ customers { totalCount } }", {}, None) is None
    async with api.app.context() as ctx:
        for document in (
            "mutation { createTeam(input: {name: 1}) { userErrors { code } } }",
            "{ viewer { __typename } }",
            "{ __schema { queryType { name } } }",
            "{ nothing }",
            "{",
        ):
            assert await api.plans.answer(ctx, document, {}, None) is None


@pytest.mark.parametrize("room", ["operations", "known", "forms"])
async def test_what_plans_remember_makes_room_by_its_bytes(api: Api, room: str) -> None:
    cache: Cache[object, object] = Cache(200_000)
    setattr(api.plans, room, cache)
    taken = []
    for number in range(40):
        words = " ".join(f"a{at}: name" for at in range(number))
        await _planned(api, f"{{ customers(first: 1) {{ nodes {{ id {words} }} }} }}")
        taken.append(cache.taken)
    assert 100_000 < max(taken) <= 200_000
    assert 0 < len(cache) < 20
