"""Transfers and stocktakes, step by step, while everything else goes on."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import rule

import kehu
from kehu_partner_inventory import (
    Reservation,
    StockMove,
    Stocktake,
    StocktakeState,
    Transfer,
    TransferLine,
)
from kehu_partner_inventory.stocktakes import actions as stocktakes
from kehu_partner_inventory.transfers import actions as transfers
from kehu_partner_inventory.transfers.actions import ArrivedLine
from tests.kehu_partner_inventory.proof.acting import Acting, amounts, faults, kinds, picks, places
from tests.kehu_partner_inventory.proof.reference import ZERO, Promise, Spot
from tests.kehu_partner_inventory.proof.world import LOTS, NO_LOTS


@dataclasses.dataclass
class Ride:
    """One transfer; `loads` are its promises with what each line says."""

    id: uuid.UUID
    kind: str
    lot: str | None
    source: str
    target: str
    quantity: Decimal
    state: str = "REQUESTED"
    loads: list[tuple[Promise, Decimal]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Tally:
    """One stocktake: by spot what the snapshot had, after how many moves, and what was counted."""

    id: uuid.UUID
    place: str
    snapshot: dict[Spot, tuple[Decimal, int]]
    counted: dict[Spot, Decimal] = dataclasses.field(default_factory=dict)
    is_open: bool = True


class FlowRules(Acting):
    """What takes several steps."""

    def __init__(self) -> None:
        super().__init__()
        self.rides: list[Ride] = []
        self.tallies: list[Tally] = []

    # --- transfers ---
    @rule(kind=kinds, place=places, other=places, amount=amounts, pick=picks)
    def request_transfer(self, kind: str, place: str, other: str, amount: int, pick: int) -> None:
        spot = self.some_spot(kind, place, pick)
        lot = spot.lot if spot.product == "PUMP" else None
        quantity = self.quantity(spot.product, amount)

        async def work(ctx: kehu.Context) -> Transfer:
            ends = await self.at(ctx, spot.location), await self.at(ctx, other)
            return await transfers.request_transfer(ctx, *ends, [self.line(spot.product, quantity, lot)])

        _, made = self.act("request transfer", work, spot.location != other)
        if made is not None:
            self.rides.append(Ride(made.id, spot.product, lot, spot.location, other, quantity))

    @rule(pick=picks, fault=faults)
    def approve_transfer(self, pick: int, fault: str | None) -> None:
        ride = self._some_ride(pick, "REQUESTED")
        if ride is None:
            return

        async def work(ctx: kehu.Context) -> Sequence[Reservation]:
            transfer = await ctx.get(Transfer, ride.id)
            await transfers.approve(transfer, ctx)
            document = kehu.global_id("Transfer", transfer.id)
            made = await ctx.session.scalars(sa.select(Reservation).where(Reservation.document == document))
            return made.all()

        may = ride.state == "REQUESTED" and self.may_reserve(ride.kind, ride.source, ride.quantity, ride.lot)
        taken, made = self.act("approve transfer", work, may, fault)
        if taken:
            ride.state = "APPROVED"
            ride.loads = [(promise, promise.left) for promise in self.promise(made or ())]
            assert sum(load for _, load in ride.loads) == ride.quantity

    @rule(pick=picks, fault=faults)
    def send_transfer(self, pick: int, fault: str | None) -> None:
        ride = self._some_ride(pick, "APPROVED")
        if ride is None:
            return

        async def work(ctx: kehu.Context) -> Sequence[StockMove]:
            return await self._moves_of(ctx, ride, transfers.send)

        whole = all(promise.holds(self.world.now) == load for promise, load in ride.loads)
        if self.post("send transfer", work, ride.state == "APPROVED" and whole, fault):
            ride.state = "IN_TRANSIT"
            for promise, _ in ride.loads:
                promise.left, promise.active = ZERO, False

    @rule(pick=picks, difference=st.sampled_from([0, 0, 0, -1, 1, -3]), fault=faults)
    def receive_transfer(self, pick: int, difference: int, fault: str | None) -> None:
        ride = self._some_ride(pick, "IN_TRANSIT")
        if ride is None:
            return
        if ride.kind == "PUMP" and difference:
            difference = -1

        async def work(ctx: kehu.Context) -> Sequence[StockMove]:
            lines = await ctx.session.scalars(
                sa.select(TransferLine).where(TransferLine.transfer_id == ride.id)
            )
            arrived = [
                ArrivedLine(
                    kehu.GlobalId(kehu.global_id("TransferLine", line.id)), line.quantity + difference
                )
                for line in lines
            ]
            return await self._moves_of(ctx, ride, transfers.receive, arrived, "a box fell off")

        there = all(self.may_leave(self._on_truck(promise), load) for promise, load in ride.loads)
        some = all(load + difference >= 0 for _, load in ride.loads)
        if self.post("receive transfer", work, ride.state == "IN_TRANSIT" and there and some, fault):
            ride.state = "RECEIVED"

    @rule(pick=picks)
    def cancel_transfer(self, pick: int) -> None:
        ride = self._some_ride(pick, "APPROVED")
        if ride is None:
            return

        async def work(ctx: kehu.Context) -> None:
            await transfers.cancel(await ctx.get(Transfer, ride.id), ctx)

        taken, _ = self.act("cancel transfer", work, ride.state in ("REQUESTED", "APPROVED"))
        if taken:
            ride.state = "CANCELLED"
            for promise, _ in ride.loads:
                promise.active = False

    # --- stocktakes ---
    @rule(place=places)
    def start_stocktake(self, place: str) -> None:
        async def work(ctx: kehu.Context) -> Stocktake:
            products = [await ctx.get(kehu.Product, each.id) for each in self.goods.products.values()]
            return await stocktakes.start_stocktake(ctx, await self.at(ctx, place), products)

        _, made = self.act("start stocktake", work, may=True)
        assert made is not None
        there = {spot: n for spot, n in self.books.on_hand.items() if n and spot.location == place}
        snapshot = {spot: (n, self.books.counts[spot]) for spot, n in there.items()}
        self.tallies.append(Tally(made.id, place, snapshot))

    @rule(pick=picks, difference=st.sampled_from([0, 0, 0, -1, 2]))
    def count_everything(self, pick: int, difference: int) -> None:
        """One spot after the other, the last one perhaps wrong."""
        tally = self._some_tally(pick)
        if tally is None:
            return
        spots = [spot for spot in tally.snapshot if spot not in tally.counted]
        for spot in spots:
            self._count(tally, spot, difference if spot == spots[-1] else 0)

    @rule(pick=picks, kind=kinds, difference=st.sampled_from([0, -1, 1]))
    def count_something(self, pick: int, kind: str, difference: int) -> None:
        tally = self._some_tally(pick)
        if tally is not None:
            lots = LOTS.get(kind, NO_LOTS)
            self._count(tally, Spot(kind, tally.place, lots[pick % len(lots)]), difference)

    @rule(pick=picks, fault=faults)
    def finish_stocktake(self, pick: int, fault: str | None) -> None:
        tally = self._some_tally(pick)
        if tally is None:
            return

        async def work(ctx: kehu.Context) -> Sequence[StockMove]:
            stocktake = await ctx.get(Stocktake, tally.id)
            await stocktakes.complete(stocktake, ctx)
            if stocktake.state is StocktakeState.COUNTED:
                await stocktakes.approve(stocktake, ctx)
            await stocktakes.post_differences(stocktake, ctx)
            document = kehu.global_id("Stocktake", stocktake.id)
            moves = await ctx.session.scalars(sa.select(StockMove).where(StockMove.document == document))
            return moves.all()

        differences = {s: n - tally.snapshot[s][0] for s, n in tally.counted.items()}
        wrong = {spot: n for spot, n in differences.items() if n}
        may = tally.is_open and tally.snapshot.keys() == tally.counted.keys()
        may = may and all(self._can_correct(tally, spot, n) for spot, n in wrong.items())
        if self.post("finish stocktake", work, may, fault if wrong else None):
            tally.is_open = False

    @rule(pick=picks)
    def recount(self, pick: int) -> None:
        tally = self._some_tally(pick)
        if tally is None:
            return

        async def work(ctx: kehu.Context) -> None:
            products = [await ctx.get(kehu.Product, each.id) for each in self.goods.products.values()]
            await stocktakes.recount(await ctx.get(Stocktake, tally.id), ctx, products)

        taken, _ = self.act("recount", work, tally.is_open)
        if taken:
            now = {s: (n, self.books.counts[s]) for s, n in self.books.on_hand.items()}
            there = {s: v for s, v in now.items() if s.location == tally.place}
            tally.snapshot = {s: v for s, v in there.items() if v[0] or s in tally.snapshot}
            tally.counted = {}

    def _count(self, tally: Tally, spot: Spot, difference: int) -> None:
        on_hand, moves = self.books.on_hand[spot], self.books.counts[spot]
        counted = max(on_hand + difference, ZERO)
        if spot.product == "PUMP":
            counted = min(counted, Decimal(1))

        async def work(ctx: kehu.Context) -> None:
            line = self.line(spot.product, counted, spot.lot)
            await stocktakes.count(await ctx.get(Stocktake, tally.id), ctx, [line])

        before = tally.snapshot.get(spot, (on_hand, moves))
        taken, _ = self.act("count", work, tally.is_open and before[1] == moves)
        if taken:
            tally.snapshot[spot], tally.counted[spot] = before, counted

    def _can_correct(self, tally: Tally, spot: Spot, difference: Decimal) -> bool:
        if tally.snapshot[spot][1] != self.books.counts[spot]:
            return False
        source = spot if difference < 0 else spot._replace(location="LOSSES")
        return self.may_leave(source, abs(difference))

    async def _moves_of(
        self, ctx: kehu.Context, ride: Ride, verb: object, *arguments: object
    ) -> Sequence[StockMove]:
        """What a verb of a transfer moves."""
        await verb(await ctx.get(Transfer, ride.id), ctx, *arguments)  # type: ignore[operator]
        document = kehu.global_id("Transfer", ride.id)
        known = {step.id for step in self.books.steps}
        moves = sa.select(StockMove).where(StockMove.document == document, StockMove.reason == "TRANSFER")
        return [move for move in await ctx.session.scalars(moves) if move.id not in known]

    def _on_truck(self, promise: Promise) -> Spot:
        return promise.spot._replace(location="TRUCK")

    def _some_ride(self, pick: int, state: str) -> Ride | None:
        """Mostly one that is ready, sometimes any."""
        ready = [ride for ride in self.rides if ride.state == state]
        known = ready if pick % 4 and ready else self.rides
        return known[pick % len(known)] if known else None

    def _some_tally(self, pick: int) -> Tally | None:
        """Mostly the newest, sometimes any."""
        if not self.tallies:
            return None
        return self.tallies[-1] if pick % 4 else self.tallies[pick % len(self.tallies)]
