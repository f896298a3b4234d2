"""Goods come, go and move, and are promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import rule

import kehu
from kehu_partner_inventory import Reservation, StockMove
from kehu_partner_inventory.reservations import actions as reservations
from kehu_partner_inventory.reservations.booking import expire
from kehu_partner_inventory.stock import actions as stock
from tests.kehu_partner_inventory.proof.acting import (
    Acting,
    amounts,
    costs,
    faults,
    kinds,
    picks,
    places,
    thousandths,
)
from tests.kehu_partner_inventory.proof.reference import Promise, Spot

Moves = Sequence[StockMove]


class GoodsRules(Acting):
    """What people do with goods."""

    @rule(kind=kinds, place=places, amount=amounts, fine=thousandths, cost=costs, pick=picks, fault=faults)
    def receive(
        self, kind: str, place: str, amount: int, fine: int, cost: Decimal, pick: int, fault: str | None
    ) -> None:
        source = "FACTORY" if pick % 5 == 0 else "SUPPLIERS"
        lot, quantity = self.lot(kind, pick), self.quantity(kind, amount, fine)

        async def work(ctx: kehu.Context) -> Moves:
            line = self.line(kind, quantity, lot, cost)
            return await stock.receive_at(await self.at(ctx, place), ctx, [line], await self.at(ctx, source))

        self.post("receive", work, self.may_leave(Spot(kind, source, lot), quantity), fault)

    @rule(kind=kinds, place=places, amount=amounts, fine=thousandths, pick=picks, fault=faults)
    def issue(self, kind: str, place: str, amount: int, fine: int, pick: int, fault: str | None) -> None:
        spot = self.some_spot(kind, place, pick)
        quantity = self.quantity(spot.product, amount, fine)

        async def work(ctx: kehu.Context) -> Moves:
            line = self.line(spot.product, quantity, spot.lot, Decimal(1) if pick % 3 == 0 else None)
            return await stock.issue_from(await self.at(ctx, spot.location), ctx, [line])

        self.post("issue", work, self.may_leave(spot, quantity), fault)

    @rule(kind=kinds, place=places, amount=amounts, pick=picks)
    def sell_out_is_reported_late(self, kind: str, place: str, amount: int, pick: int) -> None:
        spot, moved_at = self.some_spot(kind, place, pick), self.past(pick)
        quantity = self.quantity(spot.product, amount)

        async def work(ctx: kehu.Context) -> Moves:
            line = self.line(spot.product, quantity, spot.lot)
            return await stock.issue_from(
                await self.at(ctx, spot.location), ctx, [line], reason="SELL_OUT", moved_at=moved_at
            )

        may = self.may_leave(spot, quantity) and self.books.lowest(spot, moved_at) >= quantity
        self.post("issue in the past", work, may)

    @rule(kind=kinds, place=places, other=places, amount=amounts, fine=thousandths, pick=picks, fault=faults)
    def move(
        self, kind: str, place: str, other: str, amount: int, fine: int, pick: int, fault: str | None
    ) -> None:
        spot = self.some_spot(kind, place, pick)
        quantity = self.quantity(spot.product, amount, fine)
        price = Decimal(9) if other == "SHOP" and pick % 2 else None

        async def work(ctx: kehu.Context) -> Moves:
            line = self.line(spot.product, quantity, spot.lot, price)
            return await stock.move_from(
                await self.at(ctx, spot.location), ctx, await self.at(ctx, other), [line]
            )

        may = spot.location != other and self.may_leave(spot, quantity)
        if self.post("move", work, may, fault) and price is not None:
            self.books.sold_on(self.books.steps[-1], price)

    @rule(kind=kinds, place=places, amount=amounts, pick=picks)
    def customers_bring_back(self, kind: str, place: str, amount: int, pick: int) -> None:
        lot, quantity = self.lot(kind, pick), self.quantity(kind, amount)

        async def work(ctx: kehu.Context) -> Moves:
            source = await self.at(ctx, "CUSTOMERS")
            return await stock.receive_at(
                await self.at(ctx, place), ctx, [self.line(kind, quantity, lot)], source
            )

        self.post("return", work, self.may_leave(Spot(kind, "CUSTOMERS", lot), quantity))

    @rule(kind=kinds, place=places, amount=amounts, pick=picks, found=st.booleans(), fault=faults)
    def adjust(self, kind: str, place: str, amount: int, pick: int, found: bool, fault: str | None) -> None:
        spot = self.some_spot(kind, place, pick)
        quantity = self.quantity(spot.product, amount)
        source = spot._replace(location="LOSSES") if found else spot

        async def work(ctx: kehu.Context) -> Moves:
            line = self.line(spot.product, quantity if found else -quantity, spot.lot)
            return await stock.adjust_at(await self.at(ctx, spot.location), ctx, [line], "DAMAGE")

        self.post("adjust", work, self.may_leave(source, quantity), fault)

    @rule(pick=picks, fault=faults)
    def reverse(self, pick: int, fault: str | None) -> None:
        if not self.books.steps:
            return
        step = self.books.steps[pick % len(self.books.steps)]

        async def work(ctx: kehu.Context) -> Moves:
            return await stock.reverse(await ctx.get(StockMove, step.id), ctx)

        may = not (step.is_reversal or step.is_reversed) and self.may_leave(step.target, step.quantity)
        if self.post("reverse", work, may, fault):
            step.is_reversed = self.books.steps[-1].is_reversal = True

    @rule(kind=kinds, place=places, amount=amounts, fine=thousandths, pick=picks, fault=faults)
    def reserve(self, kind: str, place: str, amount: int, fine: int, pick: int, fault: str | None) -> None:
        spot = self.some_spot(kind, place, pick)
        quantity = self.quantity(spot.product, amount, fine)
        expires_at = self.world.now + timedelta(minutes=pick % 90) if pick % 2 else None

        async def work(ctx: kehu.Context) -> Sequence[Reservation]:
            product = await ctx.get(kehu.Product, self.goods.products[spot.product].id)
            return await reservations.reserve_at(
                await self.at(ctx, spot.location), ctx, product, quantity, expires_at=expires_at
            )

        to_come = expires_at is None or expires_at > self.world.now
        may = to_come and self.may_reserve(spot.product, spot.location, quantity)
        _, made = self.act("reserve", work, may, fault)
        assert made is None or sum(each.quantity for each in made) == quantity
        self.promise(made or ())

    @rule(pick=picks, fault=faults)
    def release(self, pick: int, fault: str | None) -> None:
        promise = self._some_promise(pick)
        if promise is None:
            return

        async def work(ctx: kehu.Context) -> None:
            await reservations.release(await ctx.get(Reservation, promise.id), ctx)

        # One that is too late may have been released by somebody who needed the stock.
        late = promise.active and promise.is_due(self.world.now)
        taken, _ = self.act("release", work, None if late else promise.active, fault)
        promise.active = promise.active and not taken

    @rule(pick=picks, amount=amounts, whole=st.booleans(), fault=faults)
    def ship(self, pick: int, amount: int, whole: bool, fault: str | None) -> None:
        promise = self._some_promise(pick)
        if promise is None:
            return
        quantity = promise.left if whole else Decimal(amount)

        async def work(ctx: kehu.Context) -> Moves:
            known = {step.id for step in self.books.steps}
            await reservations.ship(await ctx.get(Reservation, promise.id), ctx, None if whole else quantity)
            moves = sa.select(StockMove).where(StockMove.reservation_id == promise.id)
            return [each for each in await ctx.session.scalars(moves) if each.id not in known]

        if self.post("ship", work, promise.holds(self.world.now) >= quantity > 0, fault):
            promise.left -= quantity
            promise.active = promise.left > 0

    @rule(minutes=st.integers(1, 60), sweep=st.booleans())
    def time_passes(self, minutes: int, sweep: bool) -> None:
        self.world.tick(minutes)
        if sweep and self.world.may_sweep:
            self.act("expire", expire, may=True)

    def _some_promise(self, pick: int) -> Promise | None:
        every = list(self.books.promises.values())
        known = (
            [each for each in every if each.active] if pick % 4 and any(p.active for p in every) else every
        )
        return known[pick % len(known)] if known else None
