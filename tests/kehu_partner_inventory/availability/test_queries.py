"""Availability: now, as it was, as it will be; one statement for many products."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.availability.queries import availability
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D, Depot, somebody

FIGURES = "onHand reserved available incoming partnerOnHand partnerAvailable"


async def figures(depot: Depot, product: str = "BOLT", more: str = "") -> list[str | None]:
    document = f'{{ availability(products: ["{depot[product]}"] {more}) {{ {FIGURES} }} }}'
    [row] = (await depot.ask(document))["availability"]
    return list(row.values())


async def test_availability_is_what_is_there_promised_and_coming(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await depot.receive("BOLT", 5, at="SIDE")
    await depot.receive("BOLT", 3, at="SHOP")
    await depot.reserve("BOLT", 4)
    await depot.reserve("BOLT", 1, at="SHOP")
    await depot.do(
        f'createExpectedReceipt(input: {{locationId: "{depot["MAIN"]}", productId: "{depot["BOLT"]}", '
        f'quantity: "7", unitCost: "1", dueOn: "2026-03-10"}})'
    )

    assert await figures(depot) == ["15", "4", "11", "7", "3", "2"]
    assert await figures(depot, more=f'locations: ["{depot["SIDE"]}"]') == ["5", "0", "5", "0", "0", "0"]
    assert await figures(depot, "SAND") == ["0", "0", "0", "0", "0", "0"]


async def test_the_product_has_the_same_figures_to_filter_and_order_by(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await depot.receive("SAND", 3)
    await depot.reserve("BOLT", 8)

    document = """{ products(filter: {available: {gt: "0"}}, orderBy: [{field: AVAILABLE, direction: DESC}])
        { nodes { code onHand available incoming partnerOnHand } } }"""

    assert (await depot.ask(document))["products"]["nodes"] == [
        {"code": "SAND", "onHand": "3", "available": "3", "incoming": "0", "partnerOnHand": "0"},
        {"code": "BOLT", "onHand": "10", "available": "2", "incoming": "0", "partnerOnHand": "0"},
    ]


async def test_goods_in_transit_are_incoming(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    payload = await depot.do(
        f'requestTransfer(fromLocation: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", '
        f"lines: [{depot.line('BOLT', 4)}])",
        "result { id }",
    )
    for verb in ("approve", "send"):
        await depot.do(f'{verb}Transfer(id: "{payload["result"]["id"]}")')

    assert await figures(depot) == ["6", "0", "6", "4", "0", "0"]


async def test_the_past_is_as_it_was(depot: Depot, clock: Clock) -> None:
    await depot.receive("BOLT", 10)
    [key] = await depot.reserve("BOLT", 4)
    clock.advance(hours=1)
    await depot.do(f'shipReservation(id: "{key}", quantity: "1")')
    clock.advance(hours=1)
    await depot.do(f'releaseReservation(id: "{key}")')
    await depot.issue("BOLT", 5)

    assert await figures(depot) == ["4", "0", "4", "0", "0", "0"]
    for at, expected in (("10:30", ["9", "3", "6"]), ("09:30", ["10", "4", "6"]), ("08:59", ["0", "0", "0"])):
        moment = f'at: "2026-03-02T{at}:00Z"'
        assert await figures(depot, more=moment) == [*expected, None, "0", "0"]


async def test_the_future_knows_what_expires_and_what_comes(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await depot.reserve("BOLT", 4, more='expiresAt: "2026-03-05T00:00:00Z"')
    await depot.reserve("BOLT", 1)
    for day, quantity in (("2026-03-04", 2), ("2026-03-08", 3)):
        await depot.do(
            f'createExpectedReceipt(input: {{locationId: "{depot["MAIN"]}", productId: "{depot["BOLT"]}", '
            f'quantity: "{quantity}", unitCost: "1", dueOn: "{day}"}})'
        )

    assert await figures(depot, more='at: "2026-03-04T12:00:00Z"') == ["10", "5", "5", "2", "0", "0"]
    assert await figures(depot, more='at: "2026-03-09T12:00:00Z"') == ["10", "1", "9", "5", "0", "0"]


async def test_a_promise_that_is_too_late_is_available_before_anybody_releases_it(
    depot: Depot, clock: Clock
) -> None:
    await depot.receive("BOLT", 10)
    await depot.reserve("BOLT", 4, more='expiresAt: "2026-03-02T10:00:00Z"')
    clock.advance(hours=1)

    assert await figures(depot) == ["10", "0", "10", "0", "0", "0"]
    assert await depot.stock("BOLT") == (D(10), D(4))


async def test_many_products_take_one_statement(depot: Depot) -> None:
    statements: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    async with depot.app.context() as ctx:
        products = list(await ctx.session.scalars(sa.select(kehu.Product)))
        sa.event.listen(depot.app.engine.sync_engine, "before_cursor_execute", note)
        rows = await availability(ctx, products)

    assert len(rows) == 5
    assert len([s for s in statements if s.startswith("SELECT")]) == 1


async def test_at_most_a_thousand_products_are_asked_for(depot: Depot) -> None:
    keys = json.dumps([depot["BOLT"]] * 1001)

    answer = await depot.api.execute(f"{{ availability(products: {keys}) {{ onHand }} }}")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["OUT_OF_RANGE"]


async def test_stock_lasts_as_long_as_it_left_lately(depot: Depot, clock: Clock) -> None:
    await depot.receive("BOLT", 100)
    await depot.issue("BOLT", 30)
    clock.advance(days=50)
    await depot.issue("BOLT", 22)
    await depot.do(
        f'receiveAtLocation(id: "{depot["MAIN"]}", fromLocation: "{depot["CUSTOMERS"]}", '
        f"lines: [{depot.line('BOLT', 2)}])"
    )
    await depot.receive("SAND", 5)

    found = await depot.ask(
        """{ products(filter: {code: {in: ["BOLT", "SAND"]}})
        { nodes { code daysOfStock shortly: daysOfStock(windowDays: 10) } } }"""
    )

    assert found["products"]["nodes"] == [
        {"code": "BOLT", "daysOfStock": "90", "shortly": "25"},
        {"code": "SAND", "daysOfStock": None, "shortly": None},
    ]


async def test_partners_stock_lasts_as_long_as_they_sold_lately(depot: Depot) -> None:
    await depot.receive("BOLT", 100)
    await depot.do(
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SHOP"]}", reason: SELL_IN, '
        f"lines: [{depot.line('BOLT', 40)}])"
    )
    await depot.issue("BOLT", 10, at="SHOP")
    ask = '{ daysOfStock(products: ["%s"], locations: ["%s"], windowDays: 30) { onHand left days } }'

    found = await depot.ask(ask % (depot["BOLT"], depot["SHOP"]))

    assert found["daysOfStock"] == [{"onHand": "30", "left": "10", "days": "90"}]


async def test_goods_have_left_for_where_the_reader_sees_nothing(depot: Depot) -> None:
    team = await saved(depot.app, kehu.Team(name="North"))
    await changed(depot.app, depot.locations["SIDE"], team_id=team.id)
    await depot.receive("BOLT", 10, at="SIDE")
    await depot.issue("BOLT", 4, at="SIDE")
    grants = {f"{kind}__read": kehu.Level.TEAM for kind in ("location", "stock_move", "stock_balance")}
    reader = await somebody(depot, team, **grants)

    found = await depot.ask(f'{{ daysOfStock(products: ["{depot["BOLT"]}"]) {{ onHand left }} }}', to=reader)

    assert found["daysOfStock"] == [{"onHand": "6", "left": "4"}]


async def test_a_thousand_products_are_one_statement(depot: Depot) -> None:
    products = [kehu.Product(id=kehu.uuid7(), code=f"P{n}", name=f"Product {n}") for n in range(995)]
    async with depot.app.context() as ctx, ctx.write():
        ctx.session.add_all(products)
    await depot.receive("BOLT", 7)
    keys = [kehu.global_id("Product", each.id) for each in (*depot.products.values(), *products)]
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    sa.event.listen(depot.app.engine.sync_engine, "before_cursor_execute", note)
    try:
        found = await depot.ask(
            "query ($keys: [ID!]!) { availability(products: $keys) { product { code } available } }",
            keys=keys,
        )
    finally:
        sa.event.remove(depot.app.engine.sync_engine, "before_cursor_execute", note)

    assert len(found["availability"]) == 1000
    assert {"product": {"code": "BOLT"}, "available": "7"} in found["availability"]
    assert len([each for each in said if "stock_balance" in each]) == 1
    # The products that were named are the other one.
    assert len([each for each in said if each.lstrip().startswith(("SELECT", "WITH"))]) <= 2
