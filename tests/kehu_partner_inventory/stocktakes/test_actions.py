"""A stocktake from snapshot to posting, on both databases."""

from __future__ import annotations

import kehu
from kehu_partner_inventory import CountClass, StockProfile
from tests.kehu.factories import saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D, Depot, somebody

ALL = kehu.Level.ALL
LINES = "{ stocktakeLines(orderBy: [{field: ID}]) { nodes { expected counted difference hasMoved product { code } } } }"


async def start(depot: Depot, more: str = "", at: str = "MAIN") -> str:
    payload = await depot.do(f'startStocktake(location: "{depot[at]}" {more})', "result { id state }")
    assert payload["result"]["state"] == "COUNTING"
    return str(payload["result"]["id"])


async def count(depot: Depot, key: str, *lines: str) -> None:
    await depot.do(f'countStocktake(id: "{key}", lines: [{", ".join(lines)}])')


async def verb(depot: Depot, name: str, key: str, more: str = "") -> str:
    payload = await depot.do(f'{name}Stocktake(id: "{key}" {more})', "stocktake { state }")
    return str(payload["stocktake"]["state"])


async def test_differences_are_agreed_to_and_booked(depot: Depot) -> None:
    await depot.receive("BOLT", 10, cost=2)
    await depot.receive("FLOUR", "2.5")
    await depot.receive("SAND", 4)
    key = await start(depot)

    await count(depot, key, depot.line("BOLT", 7), depot.line("FLOUR", "2.75"), depot.line("SAND", 4))
    states = [await verb(depot, name, key) for name in ("complete", "approve", "post")]

    assert states == ["COUNTED", "APPROVED", "POSTED"]
    assert [await depot.stock(p) for p in ("BOLT", "FLOUR", "SAND")] == [
        (D(7), D(0)),
        (D("2.75"), D(0)),
        (D(4), D(0)),
    ]
    found = await depot.ask(
        """query($key: ID!) { stockMoves(filter: {document: {eq: $key}}, orderBy: [{field: QUANTITY}])
        { nodes { quantity reason fromLocation { code } toLocation { code } } } }""",
        key=key,
    )
    assert found["stockMoves"]["nodes"] == [
        {
            "quantity": "0.25",
            "reason": "COUNT",
            "fromLocation": {"code": "LOSSES"},
            "toLocation": {"code": "MAIN"},
        },
        {
            "quantity": "3",
            "reason": "COUNT",
            "fromLocation": {"code": "MAIN"},
            "toLocation": {"code": "LOSSES"},
        },
    ]
    await depot.books_balance()


async def test_within_the_tolerance_nobody_need_agree(depot: Depot) -> None:
    await depot.receive("BOLT", 100)
    key = await start(depot, 'tolerancePercent: "3"')
    await count(depot, key, depot.line("BOLT", 98))

    assert [await verb(depot, name, key) for name in ("complete", "post")] == ["APPROVED", "POSTED"]
    assert await depot.stock("BOLT") == (D(98), D(0))


async def test_what_moved_since_the_snapshot_is_recounted(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    key = await start(depot)
    await depot.issue("BOLT", 1)

    call = f'countStocktake(id: "{key}", lines: [{depot.line("BOLT", 9)}])'
    assert await depot.refused(call) == [("MOVED_SINCE_SNAPSHOT", "counted")]
    assert [n["hasMoved"] for n in (await depot.ask(LINES))["stocktakeLines"]["nodes"]] == [True]
    await depot.do(f'recountStocktake(id: "{key}", products: ["{depot["BOLT"]}"])')
    await count(depot, key, depot.line("BOLT", 8))
    assert await verb(depot, "complete", key) == "COUNTED"
    await verb(depot, "approve", key)
    await depot.receive("BOLT", 1)

    assert await depot.refused(f'postStocktake(id: "{key}")') == [("MOVED_SINCE_SNAPSHOT", "counted")]
    await depot.do(f'recountStocktake(id: "{key}", products: ["{depot["BOLT"]}"])')
    await count(depot, key, depot.line("BOLT", 10))
    assert await verb(depot, "complete", key) == "APPROVED"
    assert await verb(depot, "post", key) == "POSTED"
    assert await depot.stock("BOLT") == (D(10), D(0))
    await depot.books_balance()


async def test_who_counts_does_not_see_what_the_books_expect(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await start(depot)
    counter = await somebody(
        depot, location__read=ALL, stocktake__read=ALL, stocktake_line__read=ALL, stocktake__count=ALL
    )

    shown = (await depot.ask(LINES, to=counter))["stocktakeLines"]["nodes"]
    bisecting = await depot.api.execute(
        '{ stocktakeLines(filter: {expected: {gt: "5"}}) { totalCount } }', principal=counter
    )

    assert [(node["expected"], node["difference"]) for node in shown] == [(None, None)]
    assert [error["extensions"]["code"] for error in bisecting["errors"]] == ["FORBIDDEN"]


async def test_goods_that_nobody_expected_get_a_line(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    key = await start(depot)

    await count(depot, key, depot.line("BOLT", 10), depot.line("SAND", 3, unitCost=4))
    await count(depot, key, depot.line("PUMP", serials=["P7"], unitCost=50))
    for name in ("complete", "approve", "post"):
        await verb(depot, name, key)

    assert await depot.stock("SAND") == (D(3), D(0))
    assert await depot.stock("PUMP") == (D(1), D(0))
    await depot.books_balance()


async def test_everything_is_counted_before_a_stocktake_is_complete(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await depot.receive("SAND", 10)
    key = await start(depot)
    await count(depot, key, depot.line("BOLT", 10))

    assert await depot.refused(f'completeStocktake(id: "{key}")') == [("COUNT_MISSING", None)]


async def test_what_is_promised_cannot_be_counted_away(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await depot.reserve("BOLT", 8)
    key = await start(depot)
    await count(depot, key, depot.line("BOLT", 5))
    for name in ("complete", "approve"):
        await verb(depot, name, key)

    assert await depot.refused(f'postStocktake(id: "{key}")') == [("INSUFFICIENT_STOCK", "quantity")]


async def test_a_count_is_no_less_than_nothing_and_no_finer_than_the_unit(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    key = await start(depot)

    for quantity, code in (("-1", "OUT_OF_RANGE"), ("1.5", "TOO_MANY_DECIMALS")):
        call = f'countStocktake(id: "{key}", lines: [{depot.line("BOLT", quantity)}])'
        assert await depot.refused(call) == [(code, "quantity")]


async def test_a_cancelled_stocktake_leaves_the_books_alone(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    key = await start(depot)
    await count(depot, key, depot.line("BOLT", 1))

    assert await verb(depot, "cancel", key) == "CANCELLED"
    assert await depot.stock("BOLT") == (D(10), D(0))
    for name in ("complete", "approve", "post", "cancel"):
        assert await depot.refused(f'{name}Stocktake(id: "{key}")') == [("STOCKTAKE_NOT_READY", "state")]


async def test_a_cycle_count_takes_what_has_not_been_counted_for_long(depot: Depot, clock: Clock) -> None:
    often = await saved(depot.app, CountClass(name="A", interval_days=30, tolerance_percent=D(10)))
    for product in ("BOLT", "FLOUR"):
        await saved(depot.app, StockProfile(product_id=depot.products[product].id, count_class_id=often.id))
        await depot.receive(product, 10)
    await depot.receive("SAND", 10)
    begin = f'startCycleCount(location: "{depot["MAIN"]}", countClass: "{kehu.global_id("CountClass", often.id)}")'
    shown = "result { id tolerancePercent lines { nodes { product { code } } } }"

    first = (await depot.do(begin, shown))["result"]
    await count(depot, first["id"], depot.line("BOLT", 10), depot.line("FLOUR", 9))
    assert [await verb(depot, name, first["id"]) for name in ("complete", "post")] == ["APPROVED", "POSTED"]
    clock.advance(days=29)
    early = (await depot.do(begin, shown))["result"]
    clock.advance(days=2)
    due = (await depot.do(begin, shown))["result"]

    assert first["tolerancePercent"] == "10"
    codes = [sorted(n["product"]["code"] for n in each["lines"]["nodes"]) for each in (first, early, due)]
    assert codes == [["BOLT", "FLOUR"], [], ["BOLT", "FLOUR"]]


async def test_only_where_stock_is_held_can_it_be_counted(depot: Depot) -> None:
    call = f'startStocktake(location: "{depot["SUPPLIERS"]}")'

    assert await depot.refused(call) == [("OUT_OF_RANGE", "location")]


async def test_nothing_is_dated_before_a_posted_count(depot: Depot, clock: Clock) -> None:
    await depot.receive("BOLT", 10)
    await depot.receive("SAND", 4)
    clock.advance(hours=2)
    key = await start(depot)
    await count(depot, key, depot.line("BOLT", 10), depot.line("SAND", 3))
    for name in ("complete", "approve", "post"):
        await verb(depot, name, key)
    clock.advance(hours=2)

    before, since = (f'movedAt: "2026-03-02T{hour}:00:00Z"' for hour in ("10", "12"))
    for product in ("BOLT", "SAND"):
        received = (
            f'receiveAtLocation(id: "{depot["MAIN"]}", lines: [{depot.line(product, 1, unitCost=1)}], %s)'
        )
        issued = f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line(product, 1)}], %s)'
        moved = (
            f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", '
            f"lines: [{depot.line(product, 1)}], %s)"
        )
        for call in (received, issued, moved):
            assert await depot.refused(call % before) == [("COUNTED_SINCE", "movedAt")]
        await depot.do(received % since)
    milk = f"lines: [{depot.line('MILK', 1, unitCost=1, lot='A')}], {before}"
    await depot.do(f'receiveAtLocation(id: "{depot["MAIN"]}", {milk})')
    await depot.books_balance()


async def test_nothing_is_dated_before_a_count_of_the_partner(depot: Depot, clock: Clock) -> None:
    await depot.receive("BOLT", 10, at="SHOP")
    clock.advance(hours=2)
    await depot.do(f'countAtLocation(id: "{depot["SHOP"]}", lines: [{depot.line("BOLT", 8)}])')
    clock.advance(hours=2)
    call = f'reportSellOutAtLocation(id: "{depot["SHOP"]}", lines: [{depot.line("BOLT", 1)}], soldAt: "%s")'
    assert await depot.refused(call % "2026-03-02T10:00:00Z") == [("COUNTED_SINCE", "movedAt")]
    await depot.do(call % "2026-03-02T12:00:00Z")
