"""The layers of cost that one posting uses up and lays down."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa

import kehu
from kehu_partner_inventory.stock.books import UNAUDITED, Key, Shelf
from kehu_partner_inventory.stock.costing import CostQueue, Part
from kehu_partner_inventory.stock.facts import Facts, whoever_asks
from kehu_partner_inventory.stock.models import StockBalance, StockLayer, StockLayerUse
from kehu_partner_inventory.stocking.models import Costing

_LAYERS = cast(sa.Table, StockLayer.__table__)
_USES = cast(sa.Table, StockLayerUse.__table__)
_CHUNK = 32


@dataclasses.dataclass(slots=True)
class Layer:
    """One layer as this transaction leaves it."""

    id: uuid.UUID
    balance_id: uuid.UUID
    move_id: uuid.UUID
    parent_id: uuid.UUID | None
    received_at: datetime
    quantity: Decimal
    remaining: Decimal
    unit_cost: Decimal
    currency: str
    is_new: bool = False


class Layers:
    """What one posting does to the layers of cost."""

    def __init__(self, ctx: kehu.Context, facts: Facts) -> None:
        self._ctx, self._facts = ctx, facts
        self._queues: dict[uuid.UUID, CostQueue[Layer]] = {}
        self._touched: dict[uuid.UUID, Layer] = {}
        self._uses: list[dict[str, Any]] = []

    async def load(
        self, shelf: Shelf, quantity: Decimal, *, first: sa.ColumnElement[bool] | None = None
    ) -> None:
        """Read so many layers of a balance that `quantity` can leave; those that hold for `first` as well."""
        if shelf.id in self._queues:
            return
        costing = self._facts.products[shelf.key.product_id].costing
        queue = self._queues[shelf.id] = CostQueue[Layer](costing)
        found: dict[uuid.UUID, Layer] = {}
        if first is not None:
            found |= await self._open(shelf, costing, quantity, first)
        found |= await self._open(shelf, costing, quantity)
        for layer in found.values():
            queue.parts.append(Part(layer.remaining, layer.unit_cost, layer))
        queue.parts.sort(key=_age)

    def take(
        self,
        shelf: Shelf,
        quantity: Decimal,
        move_id: uuid.UUID,
        *,
        first: Callable[[Layer], bool] | None = None,
    ) -> list[Part[Layer]]:
        """Use up layers of a balance for a move, and say what was taken from each."""
        queue = self._queues[shelf.id]
        wanted = None if first is None else (lambda part: part.layer is not None and first(part.layer))
        taken = queue.remove(quantity, first=wanted)
        for part in taken:
            assert part.layer is not None, "the layers of a balance add up to what is on hand"
            self._use(part.layer, part.quantity, move_id)
        return taken

    def lay(
        self,
        shelf: Shelf,
        quantity: Decimal,
        move_id: uuid.UUID,
        *,
        unit_cost: Decimal,
        currency: str,
        received_at: datetime,
        parent_id: uuid.UUID | None = None,
    ) -> None:
        """Goods come in at a cost."""
        layer = Layer(
            kehu.uuid7(), shelf.id, move_id, parent_id, received_at, quantity, quantity, unit_cost, currency
        )
        layer.is_new = True
        self._touched[layer.id] = layer
        self._queue_up(layer)

    async def give_back(self, layer_id: uuid.UUID, quantity: Decimal, move_id: uuid.UUID) -> Layer:
        """Goods that were taken from a layer return to it."""
        layer = self._touched.get(layer_id) or await self._find(layer_id)
        self._use(layer, -quantity, move_id)
        self._queue_up(layer)
        return layer

    async def close(self) -> None:
        """Write everything."""
        new = [_row(layer) for layer in self._touched.values() if layer.is_new]
        used = [
            {"key": layer.id, "remaining": layer.remaining}
            for layer in self._touched.values()
            if not layer.is_new
        ]
        session = self._ctx.session
        if new:
            await session.execute(sa.insert(_LAYERS), new, execution_options=UNAUDITED)
        if used:
            update = (
                sa.update(_LAYERS)
                .where(_LAYERS.c.id == sa.bindparam("key"))
                .values(remaining=sa.bindparam("remaining"), version=_LAYERS.c.version + 1)
            )
            await session.execute(update, used, execution_options=UNAUDITED)
        if self._uses:
            await session.execute(sa.insert(_USES), self._uses, execution_options=UNAUDITED)

    def _use(self, layer: Layer, quantity: Decimal, move_id: uuid.UUID) -> None:
        layer.remaining -= quantity
        self._touched[layer.id] = layer
        self._uses.append(
            {"id": kehu.uuid7(), "version": 1, "layer_id": layer.id, "move_id": move_id, "quantity": quantity}
        )

    def _queue_up(self, layer: Layer) -> None:
        """Let moves of the same posting use what has just come in."""
        queue = self._queues.get(layer.balance_id)
        if queue is None:
            return
        queue.parts = [part for part in queue.parts if part.layer is not layer]
        queue.parts.append(Part(layer.remaining, layer.unit_cost, layer))
        queue.parts.sort(key=_age)

    async def _open(
        self, shelf: Shelf, costing: Costing, quantity: Decimal, *conditions: sa.ColumnElement[bool]
    ) -> dict[uuid.UUID, Layer]:
        """The layers that leave first, until they hold `quantity`; all there are when they do not."""
        keys = (StockLayer.received_at, StockLayer.id)
        order = [key.desc() if costing is Costing.LIFO else key.asc() for key in keys]
        statement = (
            _select()
            .where(StockLayer.balance_id == shelf.id, StockLayer.remaining > 0, *conditions)
            .order_by(*order)
        )
        found: dict[uuid.UUID, Layer] = {}
        held = Decimal(0)
        while held < quantity:
            rows = await self._rows(statement.offset(len(found)).limit(_CHUNK))
            found |= {layer.id: layer for layer in rows}
            held += sum((layer.remaining for layer in rows), Decimal(0))
            if len(rows) < _CHUNK:
                break
        return found

    async def _find(self, layer_id: uuid.UUID) -> Layer:
        queued = (part.layer for queue in self._queues.values() for part in queue.parts)
        known = next((layer for layer in queued if layer is not None and layer.id == layer_id), None)
        return known or (await self._rows(_select().where(StockLayer.id == layer_id)))[0]

    async def _rows(self, statement: sa.Select[*tuple[Any, ...]]) -> list[Layer]:
        rows = await whoever_asks.execute(self._ctx, statement)
        return [Layer(*row) for row in rows]


async def last_cost(ctx: kehu.Context, key: Key, currency: str) -> Decimal:
    """What the newest goods of this kind cost there, else anywhere in the same currency; 0 without any."""
    here = StockBalance.location_id == key.location_id
    for place in (here, sa.true()):
        statement = (
            sa.select(StockLayer.unit_cost)
            .join(StockBalance, StockBalance.id == StockLayer.balance_id)
            .where(StockBalance.product_id == key.product_id, StockLayer.currency == currency, place)
            .order_by(StockLayer.received_at.desc(), StockLayer.id.desc())
            .limit(1)
        )
        found = await whoever_asks.scalar(ctx, statement)
        if found is not None:
            return found
    return Decimal(0)


async def uses_of(ctx: kehu.Context, move_id: uuid.UUID) -> Sequence[tuple[uuid.UUID, Decimal]]:
    """What a move took from which layers."""
    statement = (
        sa.select(StockLayerUse.layer_id, StockLayerUse.quantity)
        .where(StockLayerUse.move_id == move_id, StockLayerUse.quantity > 0)
        .order_by(StockLayerUse.id)
    )
    return [(row[0], row[1]) for row in await whoever_asks.execute(ctx, statement)]


def _select() -> sa.Select[*tuple[Any, ...]]:
    layer = StockLayer
    return sa.select(
        *(layer.id, layer.balance_id, layer.move_id, layer.parent_id, layer.received_at),
        *(layer.quantity, layer.remaining, layer.unit_cost, layer.currency),
    )


def _age(part: Part[Layer]) -> tuple[datetime, uuid.UUID]:
    assert part.layer is not None
    return part.layer.received_at, part.layer.id


def _row(layer: Layer) -> dict[str, Any]:
    row = dataclasses.asdict(layer)
    del row["is_new"]
    return {**row, "version": 1}
