"""Goods on order: coming, come, or cancelled."""

from __future__ import annotations

import kehu
from kehu_partner_inventory import ExpectedReceipt
from tests.kehu.factories import change_refused, saved
from tests.kehu_partner_inventory.depot import D, Depot


async def order(depot: Depot, product: str = "BOLT", quantity: int = 10) -> str:
    created = await depot.do(
        f'createExpectedReceipt(input: {{locationId: "{depot["MAIN"]}", productId: "{depot[product]}", '
        f'quantity: "{quantity}", unitCost: "2.5"}})',
        "expectedReceipt { id state }",
    )
    assert created["expectedReceipt"]["state"] == "EXPECTED"
    return str(created["expectedReceipt"]["id"])


async def incoming(depot: Depot, product: str = "BOLT") -> str:
    found = await depot.ask("query($id: ID!) { product(id: $id) { incoming } }", id=depot[product])
    return str(found["product"]["incoming"])


async def test_goods_on_order_are_incoming_until_they_are_there(depot: Depot) -> None:
    key = await order(depot)
    assert await incoming(depot) == "10"

    payload = await depot.do(
        f'receiveExpectedReceipt(id: "{key}", quantity: "4")',
        "expectedReceipt { state received } result { cost document }",
    )
    assert payload["expectedReceipt"] == {"state": "EXPECTED", "received": "4"}
    assert payload["result"] == [{"cost": "10", "document": key}]
    assert await incoming(depot) == "6"
    await depot.do(f'receiveExpectedReceipt(id: "{key}")')

    assert await incoming(depot) == "0"
    assert await depot.stock("BOLT") == (D(10), D(0))
    assert await depot.refused(f'receiveExpectedReceipt(id: "{key}")') == [("RECEIPT_CLOSED", "state")]
    await depot.books_balance()


async def test_pieces_come_with_their_numbers(depot: Depot) -> None:
    key = await order(depot, "PUMP", 2)

    assert await depot.refused(f'receiveExpectedReceipt(id: "{key}")') == [("LOT_NEEDED", "serials")]
    await depot.do(f'receiveExpectedReceipt(id: "{key}", serials: ["P1", "P2"])')

    assert await depot.stock("PUMP") == (D(2), D(0))


async def test_what_is_cancelled_does_not_come(depot: Depot) -> None:
    key = await order(depot)

    await depot.do(f'cancelExpectedReceipt(id: "{key}")')

    assert await incoming(depot) == "0"
    assert await depot.refused(f'receiveExpectedReceipt(id: "{key}", quantity: "1")') == [
        ("RECEIPT_CLOSED", "state")
    ]


async def test_an_order_stays_within_reason(depot: Depot) -> None:
    receipt = ExpectedReceipt(
        location_id=depot.locations["MAIN"].id,
        product_id=depot.products["BOLT"].id,
        quantity=D(1),
        unit_cost=D(1),
    )
    await saved(depot.app, receipt)

    for values, field in (({"quantity": D(0)}, "quantity"), ({"unit_cost": D(-1)}, "unitCost")):
        errors = await change_refused(depot.app, receipt, **values)
        assert [(error.code, error.field) for error in errors] == [("OUT_OF_RANGE", field)]
    errors = await change_refused(depot.app, receipt, document=kehu.GlobalId("order 1"))
    assert [(error.code, error.field) for error in errors] == [("BAD_ID", "document")]
