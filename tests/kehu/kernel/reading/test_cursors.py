"""Cursors: a place in one order of one list, and an error that says what to do for everything else."""

from __future__ import annotations

import base64
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import kehu
from kehu.kernel.reading.pages import ListArguments, page
from tests import deals
from tests.crm import Crm, crm_of
from tests.deals import Deal
from tests.depth import times
from tests.kehu.kernel.reading import portfolio

BY_NAME = [{"field": "NAME", "direction": "ASC"}]


@pytest.fixture(scope="module")
async def crm(sqlite_crm_url: str) -> AsyncIterator[Crm]:
    async with crm_of(deals.plugin, url=sqlite_crm_url) as crm:
        await portfolio.found(crm)
        yield crm


@pytest.fixture(scope="module")
def sqlite_crm_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a cursor means is decided before any database is asked."""
    return f"sqlite:///{tmp_path_factory.mktemp('cursors') / 'kehu.db'}"


async def refusal_of(crm: Crm, cursor: str, model: type[Any] = Deal, **arguments: Any) -> kehu.BadInput:
    async with crm.app.context() as ctx:
        with pytest.raises(kehu.BadInput) as refusal:
            await page(ctx, model, ListArguments(after=cursor, **arguments))
    assert [error.code for error in refusal.value.errors] == ["BAD_CURSOR"]
    return refusal.value


async def cursor_of(crm: Crm, model: type[Any] = Deal, **arguments: Any) -> str:
    async with crm.app.context() as ctx:
        return (await page(ctx, model, ListArguments(**arguments))).cursor(0)


@pytest.mark.parametrize(
    "order",
    [
        None,
        [{"field": "NAME", "direction": "DESC"}],
        [{"field": "CODE", "direction": "ASC"}],
        [*BY_NAME, {"field": "CODE", "direction": "ASC"}],
    ],
    ids=str,
)
async def test_a_cursor_of_another_order_is_refused(crm: Crm, order: list[dict[str, str]] | None) -> None:
    cursor = await cursor_of(crm, order_by=BY_NAME)

    refusal = await refusal_of(crm, cursor, order_by=order)

    assert "another orderBy" in str(refusal)


async def test_a_cursor_of_another_list_is_refused(crm: Crm) -> None:
    cursor = await cursor_of(crm, kehu.Customer, order_by=BY_NAME)

    refusal = await refusal_of(crm, cursor, order_by=BY_NAME)

    assert "another list" in str(refusal)


async def test_a_cursor_outlives_the_record_that_it_was_made_of(crm: Crm) -> None:
    deal = Deal(name="aaa", customer_id=portfolio.ZHOU)
    await crm.store(deal)
    cursor = await cursor_of(crm, order_by=BY_NAME, filter={"name": {"eq": "aaa"}})
    async with crm.app.context() as ctx, ctx.write():
        await ctx.delete(await ctx.get(Deal, deal.id))

    async with crm.app.context() as ctx:
        part = await page(ctx, Deal, ListArguments(order_by=BY_NAME, after=cursor))

    assert [record.name for record in part.records][-2:] == ["zz", "Ärger"]


@given(garbage=st.text())
@settings(max_examples=times(50))
async def test_garbage_is_no_cursor(crm: Crm, garbage: str) -> None:
    await refusal_of(crm, garbage)


@pytest.mark.parametrize(
    "content", ["5", '"text"', "{}", "[]", "null", "[" * 5000, '["x"]'], ids=lambda text: text[:9]
)
async def test_what_only_looks_like_a_cursor_is_refused(crm: Crm, content: str) -> None:
    await refusal_of(crm, base64.urlsafe_b64encode(content.encode()).decode())


@given(
    values=st.lists(
        st.none()
        | st.booleans()
        | st.integers(-(10**12), 10**12)
        | st.floats()
        | st.text()
        | st.lists(st.none())
        | st.sampled_from(["NaN", "Infinity", "2026-01-01", str(uuid.UUID(int=1)), "nul\x00"]),
        min_size=2,
        max_size=3,
    ),
    field=st.sampled_from(["NAME", "AMOUNT", "CLOSED_AT", "CLOSED_ON", "IS_HOT", "PROBABILITY"]),
)
@example(values=["1e300", None], field="AMOUNT")
@example(values=["1e17", str(uuid.UUID(int=1))], field="AMOUNT")
@settings(max_examples=times(50))
async def test_a_forged_cursor_is_refused_or_harmless(crm: Crm, values: list[Any], field: str) -> None:
    order = [{"field": field, "direction": "ASC"}]
    genuine = json.loads(base64.urlsafe_b64decode(await cursor_of(crm, order_by=order)))
    forged = base64.urlsafe_b64encode(json.dumps([genuine[0], *values]).encode()).decode()

    async with crm.app.context() as ctx:
        with contextlib.suppress(kehu.BadInput):
            await page(ctx, Deal, ListArguments(order_by=order, after=forged))


async def test_a_long_piece_of_garbage_is_not_repeated_whole(crm: Crm) -> None:
    refusal = await refusal_of(crm, "x" * 100_000)

    assert len(str(refusal)) < 200
