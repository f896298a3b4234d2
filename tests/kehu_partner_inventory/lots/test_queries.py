"""From the supplier to the end customer."""

from __future__ import annotations

import kehu
from tests.kehu.factories import saved
from tests.kehu_partner_inventory.depot import Depot

TRACE = """query($lot: ID!) { traceLot(lot: $lot) {
    moves { fromLocation { code } toLocation { code } quantity customer { name } document }
    whereabouts { location { code } onHand }
    suppliers { name } customers { name }
} }"""


async def lot_id(depot: Depot, number: str) -> str:
    found = await depot.ask(
        "query($number: String!) { lots(filter: {number: {eq: $number}}) { nodes { id } } }", number=number
    )
    return str(found["lots"]["nodes"][0]["id"])


async def customer(depot: Depot, name: str) -> str:
    return kehu.global_id("Customer", (await saved(depot.app, kehu.Customer(name=name))).id)


async def test_a_piece_is_followed_from_supplier_to_end_customer(depot: Depot) -> None:
    maker, first, second = [await customer(depot, name) for name in ("Maker", "First", "Second")]
    line = depot.line("PUMP", serials=["P1"], unitCost=9)
    bare = depot.line("PUMP", serials=["P1"])
    await depot.do(f'receiveAtLocation(id: "{depot["MAIN"]}", customer: "{maker}", lines: [{line}])')
    await depot.do(f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SHOP"]}", lines: [{bare}])')
    await depot.do(f'issueFromLocation(id: "{depot["SHOP"]}", customer: "{first}", lines: [{bare}])')
    await depot.do(
        f'receiveAtLocation(id: "{depot["SHOP"]}", fromLocation: "{depot["CUSTOMERS"]}", '
        f'customer: "{first}", lines: [{bare}])'
    )
    await depot.do(
        f'issueFromLocation(id: "{depot["SHOP"]}", customer: "{second}", document: "{depot["PUMP"]}", '
        f"lines: [{bare}])"
    )

    trace = (await depot.ask(TRACE, lot=await lot_id(depot, "P1")))["traceLot"]

    way = [
        (m["fromLocation"]["code"], m["toLocation"]["code"], m["customer"]["name"]) for m in trace["moves"]
    ]
    assert way == [
        ("SUPPLIERS", "MAIN", "Maker"),
        ("MAIN", "SHOP", "Dealer"),
        ("SHOP", "CUSTOMERS", "First"),
        ("CUSTOMERS", "SHOP", "First"),
        ("SHOP", "CUSTOMERS", "Second"),
    ]
    assert trace["whereabouts"] == [{"location": {"code": "CUSTOMERS"}, "onHand": "1"}]
    assert (trace["suppliers"], trace["customers"]) == ([{"name": "Maker"}], [{"name": "Second"}])
    assert trace["moves"][-1]["document"] == depot["PUMP"]


async def test_a_lot_is_with_everybody_who_kept_some_of_it(depot: Depot) -> None:
    first, second = [await customer(depot, name) for name in ("First", "Second")]
    await depot.receive("MILK", 10, lot="A")
    for who, quantity in ((first, 3), (second, 2)):
        line = depot.line("MILK", quantity, lot="A")
        await depot.do(f'issueFromLocation(id: "{depot["MAIN"]}", customer: "{who}", lines: [{line}])')
    back = depot.line("MILK", 2, lot="A")
    await depot.do(
        f'receiveAtLocation(id: "{depot["MAIN"]}", fromLocation: "{depot["CUSTOMERS"]}", '
        f'customer: "{second}", lines: [{back}])'
    )

    trace = (await depot.ask(TRACE, lot=await lot_id(depot, "A")))["traceLot"]

    where = sorted((w["location"]["code"], w["onHand"]) for w in trace["whereabouts"])
    assert where == [("CUSTOMERS", "3"), ("MAIN", "7")]
    assert trace["customers"] == [{"name": "First"}]
