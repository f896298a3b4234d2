"""Acting: how a step of the proof is taken, and what it must do to the reference."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

import kehu
from kehu_partner_inventory import Location, Reservation, StockMove
from kehu_partner_inventory.stock.actions import receive_at
from kehu_partner_inventory.stock.lines import StockLine
from tests.kehu_partner_inventory.proof.reference import Promise, Reference, Spot, Step
from tests.kehu_partner_inventory.proof.world import KINDS, LOTS, NO_LOTS, PLACES, World

T = TypeVar("T")

kinds = st.sampled_from(KINDS)
places = st.sampled_from(PLACES)
picks = st.integers(0, 10**6)
amounts = st.integers(1, 12)
thousandths = st.integers(0, 999)
costs = st.sampled_from([Decimal(0), Decimal(1), Decimal("2.5"), Decimal("0.3333"), Decimal(7)])
faults = st.sampled_from([None] * 16 + ["before veto", "before crash", "after veto", "after crash"])


class Acting(RuleBasedStateMachine):
    """A sequence: its goods, and what must be true of them."""

    world: ClassVar[World]

    @initialize()
    def open(self) -> None:
        self.goods = self.world.new_goods()
        self.books = Reference()
        self.began = self.world.now
        self.codes = {place.id: code for code, place in self.world.depot.locations.items()}
        self.kind_of = {product.id: kind for kind, product in self.goods.products.items()}
        self.number_of = {lot.id: number for (_, number), lot in self.goods.lots.items()}
        self.world.tally["sequences"] += 1
        self._first_delivery()

    def _first_delivery(self) -> None:
        """Something of everything, so that there is something to do."""
        goods = [("BOLT", None), ("FLOUR", None), ("SAND", None), ("MILK", "L1"), ("MILK", "L2")]
        lines = [self.line(kind, Decimal(15), lot, Decimal(2)) for kind, lot in goods]
        lines.append(self.line("PUMP", Decimal(1), "S1", Decimal(100)))
        for place in ("MAIN", "SIDE"):

            async def work(ctx: kehu.Context, place: str = place) -> Sequence[StockMove]:
                return await receive_at(await self.at(ctx, place), ctx, lines)

            self.post("first delivery", work, may=True)
            lines.pop()

    # --- taking a step ---
    def act(
        self,
        name: str,
        work: Callable[[kehu.Context], Awaitable[T]],
        may: bool | None,
        fault: str | None = None,
    ) -> tuple[bool, T | None]:
        """Whether the step was taken, and what it gave: exactly when it `may`, None for either, unless a hook fails."""
        given = self.world.write(work, fault)
        taken = not isinstance(given, str)
        self.world.tally[f"{name}: {'done' if taken else given}"] += 1
        if may is not None:
            assert (given in ("VETO", "CRASH")) if may and fault else (taken == may), (name, given, may)
        return taken, (None if isinstance(given, str) else given)

    def post(
        self,
        name: str,
        work: Callable[[kehu.Context], Awaitable[Sequence[StockMove]]],
        may: bool | None,
        fault: str | None = None,
    ) -> bool:
        """A step that moves something; the reference learns of its moves."""
        taken, moves = self.act(name, work, may, fault)
        for move in moves or ():
            assert move.cost is not None or not self.source(move).holds_stock
            self.books.record(
                Step(
                    move.id,
                    self.source(move),
                    self.target(move),
                    move.quantity,
                    move.moved_at,
                    move.cost or Decimal(0),
                )
            )
        return taken

    def promise(self, made: Sequence[Reservation]) -> list[Promise]:
        """Reservations that have been made."""
        promises = [
            Promise(
                each.id,
                self.spot(each.product_id, each.location_id, each.lot_id),
                each.quantity - each.shipped,
                each.expires_at,
            )
            for each in made
        ]
        self.books.promises.update({each.id: each for each in promises})
        return promises

    # --- what a step is about ---
    def some_spot(self, kind: str, place: str, pick: int) -> Spot:
        """Mostly a shelf with something on it, sometimes any."""
        shelves = [spot for spot, n in self.books.on_hand.items() if n and spot.location in PLACES]
        if pick % 4 and shelves:
            return shelves[pick % len(shelves)]
        return Spot(kind, place, self.lot(kind, pick))

    def quantity(self, kind: str, amount: int, fine: int = 0) -> Decimal:
        if kind == "PUMP":
            return Decimal(1)
        return Decimal(amount) + (Decimal(fine) / 1000 if kind == "FLOUR" else 0)

    def lot(self, kind: str, pick: int) -> str | None:
        numbers = LOTS.get(kind, NO_LOTS)
        return numbers[pick % len(numbers)]

    def line(
        self, kind: str, quantity: Decimal | None, lot: str | None, unit_cost: Decimal | None = None
    ) -> StockLine:
        key = kehu.global_id("Product", self.goods.products[kind].id)
        return StockLine(kehu.GlobalId(key), quantity, lot, None, unit_cost)

    def past(self, pick: int) -> datetime:
        """Some moment since the sequence began."""
        return self.began + (self.world.now - self.began) * (pick % 8) / 8

    async def at(self, ctx: kehu.Context, code: str) -> Location:
        return await ctx.get(Location, self.world.depot.locations[code].id)

    # --- what must be possible ---
    def may_leave(self, spot: Spot, quantity: Decimal) -> bool:
        """Goods are there and not promised; a piece is in one place."""
        if spot.product == "PUMP" and spot.lot is not None:
            place = self.books.place(spot.product, spot.lot)
            if place is not None and place != spot.location:
                return False
        return self.books.can_leave(spot, quantity, self.world.now)

    def may_reserve(self, kind: str, place: str, quantity: Decimal, lot: str | None = None) -> bool:
        """All lots together hold so much that is not promised."""
        lots = LOTS.get(kind, NO_LOTS) if lot is None else (lot,)
        free = [self.books.available(Spot(kind, place, each), self.world.now) for each in lots]
        return sum((max(each, Decimal(0)) for each in free), Decimal(0)) >= quantity

    # --- names for records ---
    def spot(self, product_id: uuid.UUID, location_id: uuid.UUID, lot_id: uuid.UUID | None) -> Spot:
        number = None if lot_id is None else self.number_of[lot_id]
        return Spot(self.kind_of[product_id], self.codes[location_id], number)

    def source(self, move: StockMove) -> Spot:
        return self.spot(move.product_id, move.from_location_id, move.lot_id)

    def target(self, move: StockMove) -> Spot:
        return self.spot(move.product_id, move.to_location_id, move.lot_id)

    def moment(self, share: int) -> datetime:
        return self.began + timedelta(seconds=(self.world.now - self.began).total_seconds() * share / 6)
