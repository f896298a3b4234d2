"""What to order: stock, promises, orders and transfers together, by location."""

from __future__ import annotations

from kehu_partner_inventory import Location, ReorderRule
from tests.kehu.factories import refused, saved
from tests.kehu_partner_inventory.depot import D, Depot

LIST = """{ reorderList%s { rule { product { code } location { code } } onHand available incoming suggested } }"""


async def listed(depot: Depot, arguments: str = "") -> list[tuple[str, ...]]:
    lines = (await depot.ask(LIST % arguments))["reorderList"]
    figures = ("onHand", "available", "incoming", "suggested")
    return [
        (line["rule"]["product"]["code"], line["rule"]["location"]["code"], *(line[f] for f in figures))
        for line in lines
    ]


async def rule(depot: Depot, product: str, minimum: int, at: str = "MAIN") -> None:
    await saved(
        depot.app,
        ReorderRule(
            location_id=depot.locations[at].id,
            product_id=depot.products[product].id,
            minimum=D(minimum),
            maximum=D(20),
        ),
    )


async def test_what_is_promised_is_missing_and_what_comes_is_not(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await rule(depot, "BOLT", 10)
    assert await listed(depot) == []

    await depot.reserve("BOLT", 4)
    assert await listed(depot) == [("BOLT", "MAIN", "10", "6", "0", "14")]
    await depot.do(
        f'createExpectedReceipt(input: {{locationId: "{depot["MAIN"]}", productId: "{depot["BOLT"]}", '
        f'quantity: "3", unitCost: "1"}})'
    )
    assert await listed(depot) == [("BOLT", "MAIN", "10", "6", "3", "11")]


async def test_a_transfer_that_was_approved_is_on_its_way(depot: Depot) -> None:
    await depot.receive("BOLT", 10, at="SIDE")
    await rule(depot, "BOLT", 5)
    payload = await depot.do(
        f'requestTransfer(fromLocation: "{depot["SIDE"]}", toLocation: "{depot["MAIN"]}", '
        f"lines: [{depot.line('BOLT', 6)}])",
        "result { id }",
    )
    key = payload["result"]["id"]

    assert await listed(depot) == [("BOLT", "MAIN", "0", "0", "0", "20")]
    await depot.do(f'approveTransfer(id: "{key}")')
    assert await listed(depot) == []
    await depot.do(f'sendTransfer(id: "{key}")')
    assert await listed(depot) == []
    await depot.do(f'receiveTransfer(id: "{key}")')
    assert await listed(depot) == []


async def test_a_rule_counts_what_is_below_its_location(depot: Depot) -> None:
    aisle = await saved(depot.app, Location(code="M-1", name="Aisle", parent_id=depot.locations["MAIN"].id))
    depot = Depot(depot.app, {**depot.locations, "M-1": aisle}, depot.products)
    await depot.receive("BOLT", 10, at="M-1")
    await rule(depot, "BOLT", 10)
    await rule(depot, "BOLT", 1, at="SIDE")

    assert await listed(depot) == [("BOLT", "SIDE", "0", "0", "0", "20")]
    assert await listed(depot, f'(location: "{depot["MAIN"]}")') == []


async def test_more_than_the_maximum_is_listed(depot: Depot) -> None:
    await depot.receive("BOLT", 25)
    await rule(depot, "BOLT", 10)

    found = await depot.ask("{ surplusList { rule { product { code } } surplus } }")

    assert found["surplusList"] == [{"rule": {"product": {"code": "BOLT"}}, "surplus": "5"}]


async def test_there_is_one_rule_for_a_product_at_a_location(depot: Depot) -> None:
    await rule(depot, "BOLT", 10)
    again = ReorderRule(location_id=depot.locations["MAIN"].id, product_id=depot.products["BOLT"].id)

    assert [error.code for error in await refused(depot.app, again)] == ["DUPLICATE"]
