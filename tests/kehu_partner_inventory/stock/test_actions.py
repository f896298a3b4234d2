"""The verbs of stock through GraphQL, on both databases."""

from __future__ import annotations

from decimal import Decimal

from tests.kehu_partner_inventory.depot import D, Depot


async def test_goods_come_in_at_their_cost_and_leave_at_it(depot: Depot) -> None:
    await depot.receive("BOLT", 10, cost="2.50")
    await depot.receive("BOLT", 10, cost="3")

    payload = await depot.do(
        f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 15)}])',
        "result { quantity cost reason fromLocation { code } toLocation { code } movedAt }",
    )

    assert payload["result"] == [
        {
            "quantity": "15",
            "cost": "40",
            "reason": "ISSUE",
            "fromLocation": {"code": "MAIN"},
            "toLocation": {"code": "CUSTOMERS"},
            "movedAt": "2026-03-02T09:00:00Z",
        }
    ]
    assert await depot.stock("BOLT") == (D(5), D(0))
    assert await depot.stock("BOLT", "CUSTOMERS") == (D(15), D(0))
    assert await depot.stock("BOLT", "SUPPLIERS") == (D(-20), D(0))
    await depot.books_balance()


async def test_nobody_takes_more_than_there_is(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await depot.reserve("BOLT", 4)
    call = f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 7)}])'

    assert await depot.refused(call) == [("INSUFFICIENT_STOCK", "quantity")]
    assert await depot.message(call) == "MAIN has 6 of BOLT available; 7 is too much."


async def test_a_batch_is_taken_whole_or_not_at_all(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    lines = f"{depot.line('BOLT', 6)}, {depot.line('BOLT', 6)}"

    assert await depot.refused(f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{lines}])') == [
        ("INSUFFICIENT_STOCK", "quantity")
    ]


async def test_a_quantity_is_no_finer_than_its_unit(depot: Depot) -> None:
    await depot.receive("FLOUR", "2.125")
    await depot.receive("BOLT", 2)

    for product, quantity in (("FLOUR", "1.0005"), ("BOLT", "0.5")):
        call = f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line(product, quantity)}])'
        assert await depot.refused(call) == [("TOO_MANY_DECIMALS", "quantity")]

    await depot.issue("FLOUR", "2.125")
    await depot.books_balance()


async def test_a_quantity_is_above_zero_and_stays_within_reason(depot: Depot) -> None:
    for quantity in ("0", "-1", "1000000001"):
        call = f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", quantity)}])'
        assert await depot.refused(call) == [("IMPOSSIBLE_MOVE", "quantity")]


async def test_a_move_reversed_leaves_quantity_and_cost_as_before(depot: Depot) -> None:
    await depot.receive("BOLT", 10, cost=2)
    await depot.receive("BOLT", 10, cost=5)
    payload = await depot.do(
        f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 12)}])', "result { id }"
    )
    move = payload["result"][0]["id"]

    undone = await depot.do(f'reverseStockMove(id: "{move}")', "result { cost reason reversesId }")

    assert undone["result"] == [{"cost": "30", "reason": "REVERSAL", "reversesId": move}]
    assert await depot.stock("BOLT") == (D(20), D(0))
    payload = await depot.do(
        f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 12)}])', "result { cost }"
    )
    assert payload["result"] == [{"cost": "30"}]
    assert await depot.refused(f'reverseStockMove(id: "{move}")') == [("ALREADY_REVERSED", None)]
    await depot.books_balance()


async def test_goods_that_move_on_take_cost_and_age_along(depot: Depot) -> None:
    await depot.receive("BOLT", 10, cost=2)
    await depot.do(
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", '
        f"lines: [{depot.line('BOLT', 4)}])"
    )

    found = await depot.ask("{ stockLayers { nodes { remaining unitCost currency receivedAt } } }")

    layers = sorted((layer["remaining"], layer["unitCost"]) for layer in found["stockLayers"]["nodes"])
    assert layers == [("4", "2"), ("6", "2")]
    await depot.books_balance()


async def test_corrections_go_to_losses_and_come_from_there(depot: Depot) -> None:
    await depot.receive("BOLT", 10, cost=2)
    await depot.do(
        f'adjustAtLocation(id: "{depot["MAIN"]}", reason: DAMAGE, lines: [{depot.line("BOLT", -3)}])'
    )
    await depot.do(
        f'adjustAtLocation(id: "{depot["MAIN"]}", reason: FOUND, lines: [{depot.line("BOLT", 1)}])'
    )

    assert await depot.stock("BOLT") == (D(8), D(0))
    assert await depot.stock("BOLT", "LOSSES") == (Decimal(2), D(0))
    await depot.books_balance()
