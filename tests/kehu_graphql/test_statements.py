"""Nested lists take one statement, or on SQLite as many as the document has lists, however many records there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu_graphql import Api
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory
from tests.templates import Templates

PLAIN = """{ customers(first: 20) { nodes { name owner { name }
    interactions(first: 5) { totalCount nodes { subject } }
    opportunities(first: 3) { nodes { name stage { name } } } } } }"""
DRESSED = """query ($few: Int!, $hide: Boolean!) {
    customers(first: 20) { nodes { ...Lists again: opportunities(first: $few) { nodes { name } } } } }
fragment Lists on Customer {
    calls: interactions(first: 5, filter: {kind: {eq: CALL}}) { nodes { subject } }
    interactions(first: 5) @skip(if: $hide) { nodes { subject } }
    opportunities(first: 3) @include(if: $hide) { nodes { name } } }"""


@pytest.fixture
async def api(database_url: str, templates: Templates) -> AsyncIterator[Api]:
    app = await templates.open(database_url, "sfa")
    yield Api(app)
    await app.close()


async def _fill(api: Api, customers: int) -> None:
    async with api.app.context() as ctx, ctx.write():
        pipeline = ctx.add(Pipeline(id=kehu.uuid7(), name=f"Sales {customers}"))
        stage = Stage(
            id=kehu.uuid7(), pipeline_id=pipeline.id, name="New", position=1, category=StageCategory.OPEN
        )
        ctx.add(stage)
        await ctx.flush()
        for number in range(customers):
            customer = ctx.add(kehu.Customer(id=kehu.uuid7(), name=f"Customer {number}"))
            for call in range(5):
                ctx.add(kehu.Interaction(customer_id=customer.id, kind="CALL", subject=f"Call {call}"))
            for deal in range(3):
                ctx.add(Opportunity(customer_id=customer.id, stage_id=stage.id, name=f"Deal {deal}"))


async def _statements(api: Api, document: str, **variables: object) -> tuple[int, list[dict[str, Any]]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(api.app.engine.sync_engine, "before_cursor_execute", note)
    try:
        answer = await api.execute(document, variables)
    finally:
        sa.event.remove(api.app.engine.sync_engine, "before_cursor_execute", note)
    assert "errors" not in answer
    return len([s for s in seen if s.lstrip().upper().startswith(("SELECT", "WITH"))]), answer["data"][
        "customers"
    ]["nodes"]


async def test_nested_lists_take_a_constant_number_of_statements(api: Api) -> None:
    await _fill(api, 1)
    one, _ = await _statements(api, PLAIN)
    await _fill(api, 19)
    twenty, customers = await _statements(api, PLAIN)
    assert len(customers) == 20
    assert all(
        len(c["interactions"]["nodes"]) == 5 and len(c["opportunities"]["nodes"]) == 3 for c in customers
    )
    # On SQLite: customers with their owners; interactions and how many; opportunities with their stages.
    expected = 1 if api.app.is_postgresql else 4
    assert (one, twenty) == (expected, expected)


@pytest.mark.parametrize("hide", [False, True])
async def test_aliases_fragments_directives_and_variables_change_nothing(api: Api, hide: bool) -> None:
    await _fill(api, 20)
    statements, customers = await _statements(api, DRESSED, few=2, hide=hide)
    assert all(len(c["again"]["nodes"]) == 2 and len(c["calls"]["nodes"]) == 5 for c in customers)
    assert all(("interactions" in c) is not hide and ("opportunities" in c) is hide for c in customers)
    assert statements == (1 if api.app.is_postgresql else 4)
