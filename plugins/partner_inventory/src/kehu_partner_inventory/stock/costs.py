"""How cost follows goods: up from the layers where they leave, down into layers where they arrive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import kehu
from kehu_partner_inventory.stock.books import Shelf
from kehu_partner_inventory.stock.costing import Part
from kehu_partner_inventory.stock.facts import Facts
from kehu_partner_inventory.stock.layers import Layer, Layers, last_cost, uses_of
from kehu_partner_inventory.stock.models import (
    COST,
    LARGEST,
    LARGEST_VALUE,
    CurrencyDiffers,
    ImpossibleMove,
    StockMove,
)
from kehu_partner_inventory.stock.plans import PlannedMove


def check_unit_cost(plan: PlannedMove) -> None:
    """Raise ImpossibleMove for a cost below zero, too large, or finer than four places."""
    cost = plan.unit_cost
    if cost is None:
        return
    if not cost.is_finite() or not 0 <= cost <= LARGEST or plan.quantity * cost > LARGEST_VALUE:
        raise ImpossibleMove(
            kehu.text("A unit cost is not below zero, and not {cost}.", cost=cost), field="unit_cost"
        )
    if cost != COST.quantise(cost):
        raise ImpossibleMove(
            kehu.text("{cost} has too many decimals; four are kept.", cost=cost), field="unit_cost"
        )


async def flow(
    ctx: kehu.Context,
    facts: Facts,
    layers: Layers,
    plan: PlannedMove,
    move: StockMove,
    source: Shelf,
    target: Shelf,
) -> Decimal | None:
    """Let the cost follow one move, and say what it was; None where both sides are outside and nobody says it."""
    if not source.holds_stock:
        if target.holds_stock:
            return await _arrive(ctx, facts, layers, plan, move, target)
        return None if plan.unit_cost is None else plan.unit_cost * plan.quantity
    taken = layers.take(source, plan.quantity, move.id, first=_preferred(plan))
    if target.holds_stock:
        await _carry(facts, layers, plan, move, target, taken)
    return sum((part.value for part in taken), Decimal(0))


def _preferred(plan: PlannedMove) -> Callable[[Layer], bool] | None:
    reversed_move, cost = plan.reverses, plan.cost_first
    if reversed_move is not None:
        return lambda layer: layer.move_id == reversed_move.id
    if cost is not None:
        return lambda layer: layer.unit_cost == cost
    return None


async def _arrive(
    ctx: kehu.Context, facts: Facts, layers: Layers, plan: PlannedMove, move: StockMove, target: Shelf
) -> Decimal:
    """From outside: what an undone move had taken goes back, anything else comes in at its cost."""
    if plan.reverses is not None:
        given_back = [
            (await layers.give_back(layer_id, quantity, move.id), quantity)
            for layer_id, quantity in await uses_of(ctx, plan.reverses.id)
        ]
        return sum((layer.unit_cost * quantity for layer, quantity in given_back), Decimal(0))
    currency = _currency(facts, plan)
    unit_cost = plan.unit_cost
    if unit_cost is None:
        unit_cost = await last_cost(ctx, target.key, currency)
    layers.lay(
        target, plan.quantity, move.id, unit_cost=unit_cost, currency=currency, received_at=move.moved_at
    )
    return unit_cost * plan.quantity


async def _carry(
    facts: Facts,
    layers: Layers,
    plan: PlannedMove,
    move: StockMove,
    target: Shelf,
    taken: Sequence[Part[Layer]],
) -> None:
    """Between locations that hold stock: goods take cost and age along, unless they arrive at a price."""
    currency = _currency(facts, plan)
    if plan.unit_cost is not None:
        layers.lay(
            target,
            plan.quantity,
            move.id,
            unit_cost=plan.unit_cost,
            currency=currency,
            received_at=move.moved_at,
        )
        return
    if currency != facts.locations[plan.from_id].currency:
        message = kehu.text("Say what the goods cost in {currency}.", currency=currency)
        raise CurrencyDiffers(message, field="unit_cost")
    for part in taken:
        layer = part.layer
        assert layer is not None
        if plan.reverses is not None and layer.move_id == plan.reverses.id and layer.parent_id is not None:
            await layers.give_back(layer.parent_id, part.quantity, move.id)
            continue
        layers.lay(
            target,
            part.quantity,
            move.id,
            unit_cost=part.unit_cost,
            currency=currency,
            received_at=layer.received_at,
            parent_id=layer.id,
        )


def _currency(facts: Facts, plan: PlannedMove) -> str:
    currency = facts.locations[plan.to_id].currency
    assert currency is not None, "a location that holds stock has a currency"
    return currency
