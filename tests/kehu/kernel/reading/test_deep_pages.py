"""A page deep in a list begins at its place in an index, instead of behind all the rows before it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.reading.pages import ListArguments, page
from tests.templates import Templates

NAME = {"field": "NAME", "direction": "ASC"}
KIND = {"field": "KIND", "direction": "ASC"}


@pytest.fixture
async def app(database_url: str, templates: Templates) -> AsyncIterator[kehu.App]:
    app = await templates.open(database_url, "core")
    async with app.context() as ctx, ctx.write():
        for number in range(9):
            ctx.add(kehu.Customer(name=f"Customer {number}", kind="PERSON" if number % 2 else "ORGANIZATION"))
    async with app.engine.begin() as connection:
        for name, columns in (("deep_name", "name, id"), ("deep_kind", "kind, name, id")):
            await connection.execute(sa.text(f"CREATE INDEX {name} ON core_customer ({columns})"))
    yield app
    await app.close()


@pytest.mark.parametrize(
    ("order", "index", "place"),
    [
        ([NAME], "deep_name", "name,id>"),
        ([{**NAME, "direction": "DESC"}], "deep_name", "name,id<"),
        ([KIND, NAME], "deep_kind", "kind,name,id>"),
        # Only the first key goes with the index.
        ([NAME, {"field": "CREATED_AT", "direction": "DESC"}], "deep_name", "name>"),
    ],
    ids=["up", "down", "several", "both ways"],
)
async def test_the_place_is_found_in_the_index(
    app: kehu.App, order: list[dict[str, str]], index: str, place: str
) -> None:
    plan = await _plan_of_a_deep_page(app, order)
    assert index in plan
    assert place in re.sub(r"ROW|::text|[() ]", "", plan)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("directions", ["AA", "AD", "DA", "DD"])
async def test_all_pages_together_are_the_list(app: kehu.App, directions: str, *, backwards: bool) -> None:
    ways = {"A": "ASC", "D": "DESC"}
    order = [{"field": f, "direction": ways[w]} for f, w in zip(("KIND", "NAME"), directions, strict=True)]
    async with app.context() as ctx:
        whole = (await page(ctx, kehu.Customer, ListArguments(order_by=order))).records
        seen: list[kehu.Customer] = []
        cursor = None
        while len(seen) < len(whole):
            arguments: dict[str, Any] = {"first": 2, "after": cursor}
            if backwards:
                arguments = {"last": 2, "before": cursor}
            part = await page(ctx, kehu.Customer, ListArguments(order_by=order, **arguments))
            assert part.records
            cursor = part.cursor(0 if backwards else len(part.records) - 1)
            seen = [*part.records, *seen] if backwards else [*seen, *part.records]
    assert [record.name for record in seen] == [record.name for record in whole]


async def _plan_of_a_deep_page(app: kehu.App, order: list[dict[str, str]]) -> str:
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        asked.append((statement, parameters))

    async with app.context() as ctx:
        cursor = (await page(ctx, kehu.Customer, ListArguments(order_by=order, first=4))).cursor(3)
        sa.event.listen(app.engine.sync_engine, "before_cursor_execute", note)
        await page(ctx, kehu.Customer, ListArguments(order_by=order, first=2, after=cursor))
        sa.event.remove(app.engine.sync_engine, "before_cursor_execute", note)
    statement, parameters = asked[0]
    async with app.engine.connect() as connection:
        if app.is_postgresql:
            # So few rows are read as they lie, if nothing is said.
            for way in ("seqscan", "bitmapscan", "sort"):
                await connection.execute(sa.text(f"SET LOCAL enable_{way} = off"))
        explain = "EXPLAIN " if app.is_postgresql else "EXPLAIN QUERY PLAN "
        rows = (await connection.exec_driver_sql(explain + statement, parameters)).all()
    return "\n".join(str(row[-1]) for row in rows)
