"""Goods come in, are moved, promised, counted and sent on."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.kehu_graphql.mutations.firm import Person
from tests.kehu_graphql.mutations.records import Records

WORKER, MANAGER = "Warehouse Worker", "Warehouse Manager"


@dataclasses.dataclass(frozen=True)
class Depot:
    """A location with ten pieces of a product, and who works there."""

    worker: Person
    manager: Person
    place: str
    product: str

    def line(self, quantity: str, **given: Any) -> dict[str, Any]:
        """So much of the product."""
        return {"productId": self.product, "quantity": quantity, **given}

    async def on_hand(self) -> str:
        """How much of the product there is, wherever it is."""
        found = await self.manager.see("product", self.product, "onHand")
        return str(found["onHand"])


async def the_world_outside_is_known(records: Records) -> None:
    """Goods come from suppliers, go to customers, get lost, and are under way."""
    manager = await records.firm.person(MANAGER)
    for usage in ("SUPPLIER", "CUSTOMER", "LOSS"):
        await records.new("Location", manager, usage=usage, currency=None)
    await records.new("Location", manager, usage="TRANSIT")


async def goods_come_and_go(records: Records) -> None:
    """Goods are received, issued, moved, corrected, and a mistake is undone."""
    depot = await open_depot(records)
    worker, manager, place = depot.worker, depot.manager, depot.place
    side = await records.new("Location", manager)
    shown = "result { id quantity reason }"
    went = await worker.do("issueFromLocation", shown, id=place, lines=[depot.line("2")], reason="ISSUE")
    assert went["result"][0]["quantity"] == "2"
    given = {"id": place, "toLocation": side, "lines": [depot.line("3")], "reason": "MOVE"}
    moved = await worker.do("moveFromLocation", shown, **given)
    assert moved["result"][0]["reason"] == "MOVE"
    lost = await manager.do("adjustAtLocation", shown, id=place, lines=[depot.line("-1")], reason="DAMAGE")
    assert await depot.on_hand() == "7"
    back = await manager.do("reverseStockMove", shown, id=lost["result"][0]["id"])
    assert back["result"][0]["reason"] == "REVERSAL"
    assert await depot.on_hand() == "8"


async def goods_are_promised(records: Records) -> None:
    """Stock is promised; promises are kept, or taken back."""
    depot = await open_depot(records)
    for many in (False, True):
        for verb, state in (("ship", "SHIPPED"), ("release", "RELEASED")):
            given = {"id": depot.place, "product": depot.product, "quantity": "1"}
            (made,) = (await depot.worker.do("reserveAtLocation", "result { id }", **given))["result"]
            kept = await depot.worker.act(verb, "Reservation", made["id"], "state", many=many)
            assert kept == {"state": state}
    assert await depot.on_hand() == "8"


async def goods_are_expected(records: Records) -> None:
    """What is expected comes, or does not."""
    depot = await open_depot(records)
    expected = {"locationId": depot.place, "productId": depot.product, "quantity": "5", "unitCost": "1"}
    receipt = await records.new("ExpectedReceipt", depot.manager, **expected)
    came = await depot.worker.do("receiveExpectedReceipt", "result { quantity }", id=receipt)
    assert came == {"result": [{"quantity": "5"}]}
    for many in (False, True):
        receipt = await records.new("ExpectedReceipt", depot.manager, **expected)
        cancelled = await depot.manager.act("cancel", "ExpectedReceipt", receipt, "state", many=many)
        assert cancelled == {"state": "CANCELLED"}


async def goods_are_transferred(records: Records) -> None:
    """Goods go from one location to another, or stay."""
    depot = await open_depot(records)
    side = await records.new("Location", depot.manager)
    ends = {"fromLocation": depot.place, "toLocation": side, "lines": [depot.line("1")]}
    for many in (False, True):
        made = await depot.worker.do("requestTransfer", "result { id state }", **ends)
        key = made["result"]["id"]
        assert await depot.manager.act("approve", "Transfer", key, "state", many=many) == {
            "state": "APPROVED"
        }
        assert await depot.worker.act("send", "Transfer", key, "state", many=many) == {"state": "IN_TRANSIT"}
        assert await depot.worker.act("receive", "Transfer", key, "state", many=many) == {"state": "RECEIVED"}
        made = await depot.worker.do("requestTransfer", "result { id state }", **ends)
        cancelled = await depot.manager.act("cancel", "Transfer", made["result"]["id"], "state", many=many)
        assert cancelled == {"state": "CANCELLED"}


async def goods_are_counted(records: Records) -> None:
    """A count finds less than the books say, and the books follow; another is given up."""
    for many in (False, True):
        depot = await open_depot(records)
        worker, manager = depot.worker, depot.manager
        started = await manager.do("startStocktake", "result { id }", location=depot.place)
        key, counted = started["result"]["id"], [depot.line("9")]
        await worker.do("countStocktake", "result { id }", id=key, lines=[depot.line("8")])
        again = await worker.act("recount", "Stocktake", key, "state", many=many, products=[depot.product])
        assert again == {"state": "COUNTING"}
        noted = await worker.do("countStocktake", "result { counted }", id=key, lines=counted)
        assert noted == {"result": [{"counted": "9"}]}
        assert await worker.act("complete", "Stocktake", key, "state", many=many) == {"state": "COUNTED"}
        assert await manager.act("approve", "Stocktake", key, "state", many=many) == {"state": "APPROVED"}
        assert await manager.act("post", "Stocktake", key, "state", many=many) == {"state": "POSTED"}
        assert await depot.on_hand() == "9"
        often = await records.new("CountClass", manager)
        given = {"location": depot.place, "countClass": often}
        started = await manager.do("startCycleCount", "result { id }", **given)
        given_up = await manager.act("cancel", "Stocktake", started["result"]["id"], "state", many=many)
        assert given_up == {"state": "CANCELLED"}


async def stock_that_runs_short_is_told(records: Records) -> None:
    """An alert is opened for what is too little."""
    depot = await open_depot(records)
    wanted = {"locationId": depot.place, "productId": depot.product, "minimum": "50", "maximum": "90"}
    await records.new("ReorderRule", depot.manager, **wanted)
    opened = await depot.manager.do("checkStockAlerts", "result { product { id } }")
    assert {"product": {"id": depot.product}} in opened["result"]


async def open_depot(records: Records) -> Depot:
    """Ten pieces of a new product at a new location."""
    worker, manager = [await records.firm.person(role) for role in (WORKER, MANAGER)]
    place, product = await records.new("Location", manager), await records.new("Product", manager)
    depot = Depot(worker, manager, place, product)
    lines = [depot.line("10", unitCost="1")]
    received = await worker.do("receiveAtLocation", "result { quantity }", id=place, lines=lines)
    assert received == {"result": [{"quantity": "10"}]}
    return depot


STORIES = (
    the_world_outside_is_known,
    goods_come_and_go,
    goods_are_promised,
    goods_are_expected,
    goods_are_transferred,
    goods_are_counted,
    stock_that_runs_short_is_told,
)
