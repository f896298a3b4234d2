"""Lots, serial numbers, moments and currencies: what the verbs of stock refuse, and what they make of it."""

from __future__ import annotations

from datetime import UTC, datetime

from kehu_partner_inventory import Location, LocationUsage
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D, Depot


def issue(depot: Depot, line: str, *, at: str = "MAIN", more: str = "") -> str:
    return f'issueFromLocation(id: "{depot[at]}", lines: [{line}] {more})'


async def test_goods_with_lots_move_by_lot(depot: Depot) -> None:
    await depot.receive("MILK", 5, lot="A")
    await depot.receive("MILK", 5, lot="B")

    assert await depot.refused(issue(depot, depot.line("MILK", 1))) == [("LOT_NEEDED", "lot")]
    assert await depot.refused(issue(depot, depot.line("MILK", 1, lot="C"))) == [("UNKNOWN_LOT", "lot")]
    assert await depot.refused(issue(depot, depot.line("MILK", 6, lot="A"))) == [
        ("INSUFFICIENT_STOCK", "quantity")
    ]
    assert await depot.message(issue(depot, depot.line("MILK", 6, lot="A"))) == (
        "MAIN has 5 of MILK, A, available; 6 is too much."
    )
    await depot.issue("MILK", 5, lot="A")
    await depot.books_balance()


async def test_goods_without_lots_have_none(depot: Depot) -> None:
    call = f'receiveAtLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 1, lot="A", unitCost=1)}])'

    assert await depot.refused(call) == [("LOT_UNWANTED", "lot")]


async def test_a_piece_is_in_one_place(depot: Depot) -> None:
    await depot.receive("PUMP", None, serials=["P1", "P2"])

    twice = (
        f'receiveAtLocation(id: "{depot["SIDE"]}", lines: [{depot.line("PUMP", serials=["P1"], unitCost=1)}])'
    )
    assert await depot.refused(twice) == [("SERIAL_ELSEWHERE", "lot")]
    assert await depot.message(twice) == "P1 is at MAIN."
    at_once = depot.line("PUMP", serials=["P3", "P3"], unitCost=1)
    assert await depot.refused(f'receiveAtLocation(id: "{depot["SIDE"]}", lines: [{at_once}])') == [
        ("SERIAL_ELSEWHERE", "lot")
    ]
    elsewhere = issue(depot, depot.line("PUMP", serials=["P1"]), at="SIDE")
    assert await depot.refused(elsewhere) == [("SERIAL_ELSEWHERE", "lot")]
    await depot.books_balance()


async def test_a_piece_is_known_by_its_number(depot: Depot) -> None:
    await depot.receive("PUMP", None, serials=["P1"])

    assert await depot.refused(issue(depot, depot.line("PUMP", serials=["P9"]))) == [
        ("UNKNOWN_SERIAL", "serials")
    ]
    assert await depot.refused(issue(depot, depot.line("PUMP", 1))) == [("LOT_NEEDED", "serials")]
    assert await depot.refused(issue(depot, depot.line("PUMP", 2, serials=["P1"]))) == [
        ("SERIAL_QUANTITY", "serials")
    ]
    assert await depot.refused(issue(depot, depot.line("PUMP", 2, lot="P1"))) == [
        ("SERIAL_QUANTITY", "quantity")
    ]


async def test_a_piece_that_was_sold_may_come_back_and_one_that_went_back_may_come_again(
    depot: Depot,
) -> None:
    await depot.receive("PUMP", None, serials=["P1"])
    await depot.issue("PUMP", None, serials=["P1"])
    line = depot.line("PUMP", serials=["P1"])
    await depot.do(
        f'receiveAtLocation(id: "{depot["SIDE"]}", fromLocation: "{depot["CUSTOMERS"]}", lines: [{line}])'
    )
    await depot.do(issue(depot, line, at="SIDE", more=f'toLocation: "{depot["SUPPLIERS"]}"'))
    await depot.receive("PUMP", None, serials=["P1"], at="MAIN")

    assert await depot.stock("PUMP") == (D(1), D(0))
    await depot.books_balance()


async def test_what_is_reported_late_must_have_been_there(depot: Depot, clock: Clock) -> None:
    await depot.receive("BOLT", 5)
    clock.advance(days=2)
    await depot.receive("BOLT", 5)
    late = '"2026-03-03T00:00:00Z"'

    assert await depot.refused(issue(depot, depot.line("BOLT", 6), more=f"movedAt: {late}")) == [
        ("INSUFFICIENT_STOCK", "quantity")
    ]
    await depot.do(issue(depot, depot.line("BOLT", 5), more=f"movedAt: {late}"))
    before = issue(depot, depot.line("BOLT", 1), more='movedAt: "2026-03-01T00:00:00Z"')
    assert await depot.refused(before) == [("INSUFFICIENT_STOCK", "quantity")]


async def test_nothing_moves_in_the_future(depot: Depot) -> None:
    await depot.receive("BOLT", 5)

    call = issue(depot, depot.line("BOLT", 1), more='movedAt: "2026-03-02T09:00:01Z"')

    assert await depot.refused(call) == [("IMPOSSIBLE_MOVE", "movedAt")]


async def test_a_clock_that_goes_back_does_not_take_moves_along(depot: Depot, clock: Clock) -> None:
    await depot.receive("BOLT", 5)
    clock.advance(seconds=-30)

    payload = await depot.do(issue(depot, depot.line("BOLT", 5)), "result { movedAt }")

    assert payload["result"] == [{"movedAt": "2026-03-02T09:00:00Z"}]


async def test_nothing_moves_to_or_from_an_archived_location(depot: Depot) -> None:
    await changed(depot.app, depot.locations["SIDE"], archived_at=datetime(2026, 3, 1, tzinfo=UTC))
    await depot.receive("BOLT", 5)

    call = (
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", '
        f"lines: [{depot.line('BOLT', 1)}])"
    )

    assert await depot.refused(call) == [("ARCHIVED", "toLocation")]


async def test_between_currencies_somebody_says_what_goods_cost(depot: Depot) -> None:
    abroad = await saved(
        depot.app, Location(code="ABROAD", name="Abroad", usage=LocationUsage.INTERNAL, currency="USD")
    )
    depot = Depot(depot.app, {**depot.locations, "ABROAD": abroad}, depot.products)
    await depot.receive("BOLT", 5, cost=10)
    start = f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["ABROAD"]}", lines: '

    assert await depot.refused(f"{start} [{depot.line('BOLT', 1)}])") == [("CURRENCY_DIFFERS", "unitCost")]
    await depot.do(f"{start} [{depot.line('BOLT', 1, unitCost=11)}])")
    assert await depot.stock("BOLT", "ABROAD") == (D(1), D(0))
    await depot.books_balance()


async def test_goods_stay_on_their_side_of_the_door(depot: Depot) -> None:
    await depot.receive("BOLT", 5)
    line = depot.line("BOLT", 1, unitCost=1)
    calls = {
        f'receiveAtLocation(id: "{depot["MAIN"]}", fromLocation: "{depot["SIDE"]}", lines: [{line}])': "fromLocation",
        issue(depot, line, more=f'toLocation: "{depot["SIDE"]}"'): "toLocation",
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["CUSTOMERS"]}", lines: [{line}])': "toLocation",
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["MAIN"]}", lines: [{line}])': "toLocation",
    }

    for call, field in calls.items():
        assert await depot.refused(call) == [("IMPOSSIBLE_MOVE", field)]


async def test_what_is_bought_has_a_cost(depot: Depot) -> None:
    start = f'receiveAtLocation(id: "{depot["MAIN"]}", lines: '

    assert await depot.refused(f"{start} [{depot.line('BOLT', 1)}])") == [("REQUIRED", "unitCost")]
    for cost in ("-1", "0.00001", "2000000000"):
        assert await depot.refused(f"{start} [{depot.line('BOLT', 1, unitCost=cost)}])") == [
            ("IMPOSSIBLE_MOVE", "unitCost")
        ]


async def test_what_customers_bring_back_costs_what_the_last_goods_did(depot: Depot) -> None:
    await depot.receive("BOLT", 1, cost=3)
    await depot.receive("BOLT", 1, cost=4)
    await depot.issue("BOLT", 2)

    payload = await depot.do(
        f'receiveAtLocation(id: "{depot["MAIN"]}", fromLocation: "{depot["CUSTOMERS"]}", '
        f"lines: [{depot.line('BOLT', 1)}])",
        "result { cost reason }",
    )

    assert payload["result"] == [{"cost": "4", "reason": "RETURN"}]


async def test_a_document_is_named_by_its_id(depot: Depot) -> None:
    await depot.receive("BOLT", 1)

    assert await depot.refused(issue(depot, depot.line("BOLT", 1), more='document: "order 1"')) == [
        ("BAD_ID", "document")
    ]
    payload = await depot.do(
        issue(depot, depot.line("BOLT", 1), more=f'document: "{depot["BOLT"]}"'), "result { document }"
    )
    assert payload["result"] == [{"document": depot["BOLT"]}]


async def test_goods_sold_to_a_partner_leave_at_cost_and_arrive_at_their_price(depot: Depot) -> None:
    await depot.receive("BOLT", 10, cost=2)

    payload = await depot.do(
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SHOP"]}", reason: SELL_IN, '
        f"lines: [{depot.line('BOLT', 4, unitCost=3)}])",
        "result { cost customer { name } layers { nodes { remaining unitCost } } }",
    )

    assert payload["result"] == [
        {
            "cost": "8",
            "customer": {"name": "Dealer"},
            "layers": {"nodes": [{"remaining": "4", "unitCost": "3"}]},
        }
    ]
    await depot.books_balance()
