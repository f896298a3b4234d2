"""Which goods leave first, by cost: the queues that erpnext's tests state, as plain values and through the ledger."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kehu_partner_inventory.stock.costing import CostQueue, Part
from kehu_partner_inventory.stocking.models import Costing
from tests.kehu_partner_inventory.depot import D, Depot

Queue = list[tuple[Decimal, Decimal]]


@pytest.fixture(scope="session")
def oracle(kehu_data: Path) -> dict[str, list[dict[str, Any]]]:
    """Moves and the queues that they leave, for fifo and lifo."""
    text = (kehu_data / "oracles" / "stock_valuation.json").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, Any]]] = json.loads(text)
    return found


@pytest.mark.parametrize("costing", list(Costing))
def test_queues_are_as_the_oracle_states(oracle: dict[str, list[dict[str, Any]]], costing: Costing) -> None:
    for case in oracle[costing.name.lower()]:
        queue: CostQueue[None] = CostQueue(
            costing, [Part(D(n), D(cost)) for n, cost in case.get("start", ())]
        )
        queues, taken = [], []
        for kind, quantity, *cost in case["moves"]:
            taken = _move(queue, kind, D(quantity), *map(D, cost))
            queues.append(queue.merged())
        assert _stated(case) == _found(case, queue, queues, taken), case["name"]


def test_a_queue_that_fell_below_zero_is_settled_first() -> None:
    queue: CostQueue[None] = CostQueue(parts=[Part(D(2), D(5))])

    taken = queue.remove(D(3))
    queue.add(Part(D(1), D(9)))

    assert [(part.quantity, part.unit_cost) for part in taken] == [(D(2), D(5)), (D(1), D(5))]
    assert queue.merged() == []


async def test_the_ledger_values_as_the_oracle_states(
    depot: Depot, oracle: dict[str, list[dict[str, Any]]]
) -> None:
    """All cases in which stock does not fall below zero, which the ledger does not allow."""
    proven = 0
    for product, costing in (("BOLT", "fifo"), ("SAND", "lifo")):
        for case in oracle[costing]:
            if "start" in case or _balance(case) < 0:
                continue
            await _clear(depot, product)
            queues = []
            for kind, quantity, *cost in case["moves"]:
                if kind == "in":
                    await depot.receive(product, quantity, cost=cost[0])
                else:
                    await depot.issue(product, quantity, **({"unitCost": cost[0]} if cost else {}))
                queues.append(await _queue(depot, product))
            assert _stated(case, ledger=True) == _found_in_ledger(case, queues), case["name"]
            proven += 1

    assert proven == 8
    await depot.books_balance()


def _move(
    queue: CostQueue[None], kind: str, quantity: Decimal, cost: Decimal | None = None
) -> list[Part[None]]:
    if kind == "in":
        assert cost is not None
        queue.add(Part(quantity, cost))
        return []
    return queue.remove(quantity, first=(lambda part: part.unit_cost == cost) if cost is not None else None)


def _stated(case: dict[str, Any], *, ledger: bool = False) -> dict[str, Any]:
    """What the oracle says of a case, with decimals."""
    names = ("queue", "queues", "qty", "value", *(() if ledger else ("consumed_last",)))
    return {name: _decimals(case[name]) for name in names if name in case}


def _decimals(value: Any) -> Any:
    return [_decimals(each) for each in value] if isinstance(value, list) else D(value)


def _found(
    case: dict[str, Any], queue: CostQueue[None], queues: list[Queue], taken: list[Part[None]]
) -> dict[str, Any]:
    found = {
        "queue": [list(part) for part in queue.merged()],
        "queues": [[list(part) for part in each] for each in queues],
        "qty": queue.quantity,
        "value": queue.value,
        "consumed_last": [[part.quantity, part.unit_cost] for part in taken],
    }
    return {name: value for name, value in found.items() if name in case}


def _found_in_ledger(case: dict[str, Any], queues: list[Queue]) -> dict[str, Any]:
    last: CostQueue[None] = CostQueue(parts=[Part(n, cost) for n, cost in queues[-1]])
    found = _found(case, last, queues, [])
    found.pop("consumed_last", None)
    return found


def _balance(case: dict[str, Any]) -> int:
    return sum(move[1] if move[0] == "in" else -move[1] for move in case["moves"])


async def _clear(depot: Depot, product: str) -> None:
    on_hand, _ = await depot.stock(product)
    if on_hand:
        await depot.issue(product, on_hand)


async def _queue(depot: Depot, product: str) -> Queue:
    """The open layers of a product, oldest first, neighbours of the same cost as one."""
    document = """query($product: ID!) { stockLayers(
        filter: {remaining: {gt: "0"}, balance: {productId: {eq: $product}}},
        orderBy: [{field: RECEIVED_AT}, {field: CREATED_AT}]) { nodes { remaining unitCost } } }"""
    nodes = (await depot.ask(document, product=depot[product]))["stockLayers"]["nodes"]
    parts = [Part[None](D(node["remaining"]), D(node["unitCost"])) for node in nodes]
    return CostQueue(parts=parts).merged()
