"""A transfer from request to receipt, on both databases."""

from __future__ import annotations

from typing import Any

from tests.kehu_partner_inventory.depot import D, Depot


async def request(depot: Depot, *lines: str, source: str = "MAIN", target: str = "SIDE") -> str:
    payload = await depot.do(
        f'requestTransfer(fromLocation: "{depot[source]}", toLocation: "{depot[target]}", '
        f"lines: [{', '.join(lines)}])",
        "result { id state }",
    )
    assert payload["result"]["state"] == "REQUESTED"
    return str(payload["result"]["id"])


async def verb(depot: Depot, name: str, key: str, more: str = "") -> dict[str, Any]:
    shown = "transfer { state lines { nodes { id quantity received lot { number } } } }"
    return dict((await depot.do(f'{name}Transfer(id: "{key}" {more})', shown))["transfer"])


async def test_goods_are_held_back_then_in_transit_then_there(depot: Depot) -> None:
    await depot.receive("BOLT", 10, cost=2)
    key = await request(depot, depot.line("BOLT", 6))

    await verb(depot, "approve", key)
    assert await depot.stock("BOLT") == (D(10), D(6))
    await verb(depot, "send", key)
    assert (await depot.stock("BOLT"), await depot.stock("BOLT", "TRUCK")) == ((D(4), D(0)), (D(6), D(0)))
    received = await verb(depot, "receive", key)

    assert received["state"] == "RECEIVED"
    assert await depot.stock("BOLT", "SIDE") == (D(6), D(0))
    assert await depot.stock("BOLT", "TRUCK") == (D(0), D(0))
    await depot.books_balance()


async def test_what_is_missing_is_booked_to_losses_for_a_reason(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    key = await request(depot, depot.line("BOLT", 6))
    await verb(depot, "approve", key)
    line = (await verb(depot, "send", key))["lines"]["nodes"][0]["id"]
    lines = f'lines: [{{lineId: "{line}", quantity: "4"}}]'

    assert await depot.refused(f'receiveTransfer(id: "{key}", {lines})') == [("REASON_MISSING", "reason")]
    await verb(depot, "receive", key, f'{lines} reason: "fell off"')

    assert await depot.stock("BOLT", "SIDE") == (D(4), D(0))
    assert await depot.stock("BOLT", "LOSSES") == (D(2), D(0))
    found = await depot.ask('{ stockMoves(filter: {note: {eq: "fell off"}}) { totalCount } }')
    assert found["stockMoves"]["totalCount"] == 2
    await depot.books_balance()


async def test_what_is_too_much_comes_from_losses(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    key = await request(depot, depot.line("BOLT", 6))
    await verb(depot, "approve", key)
    line = (await verb(depot, "send", key))["lines"]["nodes"][0]["id"]

    await verb(depot, "receive", key, f'lines: [{{lineId: "{line}", quantity: "7"}}] reason: "miscounted"')

    assert await depot.stock("BOLT", "SIDE") == (D(7), D(0))
    assert await depot.stock("BOLT", "LOSSES") == (D(-1), D(0))
    await depot.books_balance()


async def test_approval_picks_lots_and_pieces(depot: Depot) -> None:
    await depot.receive("MILK", 5, lot="A")
    await depot.receive("MILK", 5, lot="B")
    await depot.receive("PUMP", None, serials=["P1", "P2"])
    key = await request(depot, depot.line("MILK", 7), depot.line("PUMP", serials=["P2"]))

    lines = (await verb(depot, "approve", key))["lines"]["nodes"]

    picked = sorted((line["lot"]["number"], line["quantity"]) for line in lines)
    assert picked == [("A", "5"), ("B", "2"), ("P2", "1")]
    await verb(depot, "send", key)
    await verb(depot, "receive", key)
    assert await depot.stock("MILK", "SIDE") == (D(7), D(0))
    await depot.books_balance()


async def test_a_cancelled_transfer_holds_nothing_back(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    key = await request(depot, depot.line("BOLT", 6))
    await verb(depot, "approve", key)

    await verb(depot, "cancel", key)

    assert await depot.stock("BOLT") == (D(10), D(0))
    for name in ("approve", "send", "receive", "cancel"):
        assert await depot.refused(f'{name}Transfer(id: "{key}")') == [("TRANSFER_NOT_READY", "state")]


async def test_goods_that_are_not_there_are_not_approved(depot: Depot) -> None:
    await depot.receive("BOLT", 5)
    key = await request(depot, depot.line("BOLT", 3), depot.line("BOLT", 3))

    assert await depot.refused(f'approveTransfer(id: "{key}")') == [("INSUFFICIENT_STOCK", "quantity")]


async def test_goods_that_were_given_away_meanwhile_are_not_sent(depot: Depot) -> None:
    await depot.receive("BOLT", 5)
    key = await request(depot, depot.line("BOLT", 3))
    await verb(depot, "approve", key)
    held = (await depot.ask("{ reservations { nodes { id document } } }"))["reservations"]["nodes"]
    assert [each["document"] for each in held] == [key]
    await depot.do(f'shipReservation(id: "{held[0]["id"]}", quantity: "1")')

    assert await depot.refused(f'sendTransfer(id: "{key}")') == [("RESERVATION_TOO_SMALL", "quantity")]
    await verb(depot, "cancel", key)
    assert await depot.stock("BOLT") == (D(4), D(0))


async def test_goods_go_between_locations_that_hold_stock(depot: Depot) -> None:
    line = depot.line("BOLT", 1)
    ends = {
        ("MAIN", "MAIN"): "toLocation",
        ("MAIN", "CUSTOMERS"): "toLocation",
        ("SUPPLIERS", "MAIN"): "fromLocation",
    }

    for (source, target), field in ends.items():
        call = f'requestTransfer(fromLocation: "{depot[source]}", toLocation: "{depot[target]}", lines: [{line}])'
        assert await depot.refused(call) == [("IMPOSSIBLE_TRANSFER", field)]
    call = f'requestTransfer(fromLocation: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", '
    assert await depot.refused(f"{call} lines: [])") == [("IMPOSSIBLE_TRANSFER", "lines")]
    assert await depot.refused(f'{call} viaLocation: "{depot["SHOP"]}", lines: [{line}])') == [
        ("IMPOSSIBLE_TRANSFER", "via")
    ]


async def test_partners_pass_goods_on_to_one_another(depot: Depot) -> None:
    await depot.receive("BOLT", 5, at="SHOP")
    key = await request(depot, depot.line("BOLT", 2), source="SHOP", target="MAIN")

    for name in ("approve", "send", "receive"):
        await verb(depot, name, key)

    assert await depot.stock("BOLT", "MAIN") == (D(2), D(0))
    await depot.books_balance()
