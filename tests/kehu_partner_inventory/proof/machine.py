"""The proof: random days in a depot, compared after each step with a ledger in plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa
from hypothesis.stateful import invariant

import kehu
from kehu_partner_inventory import Reservation, ReservationState, StockBalance
from kehu_partner_inventory.stock.checking import discrepancies
from kehu_partner_inventory.stock.replay import replayed
from kehu_partner_inventory.stock.reports import Scope, on_hand_as_of, value_as_of
from tests.kehu_partner_inventory.proof.flow_rules import FlowRules
from tests.kehu_partner_inventory.proof.goods_rules import GoodsRules
from tests.kehu_partner_inventory.proof.reference import ZERO, Spot
from tests.kehu_partner_inventory.proof.world import KINDS


class LedgerMachine(GoodsRules, FlowRules):
    """Everything that people do with stock, one step after the other; and what holds after each."""

    @invariant()
    def the_books_balance(self) -> None:
        if hasattr(self, "books"):
            self.world.tally["steps"] += 1
            self.world.run(self._check())

    def teardown(self) -> None:
        self.world.tick(1)

    async def _check(self) -> None:
        keys = [product.id for product in self.goods.products.values()]
        turn = self.world.tally["steps"]
        async with self.world.app.context() as ctx:
            assert await discrepancies(ctx, products=keys) == []
            assert await self._balances(ctx, keys) == {s: n for s, n in self.books.on_hand.items() if n}
            await self._check_promises(ctx, keys)
            await self._check_value_and_past(ctx, KINDS[turn % len(KINDS)], turn % 7)

    async def _balances(self, ctx: kehu.Context, keys: Sequence[uuid.UUID]) -> dict[Spot, Decimal]:
        """On hand by the cache; every product adds up to nothing, and nothing is oversold."""
        b = StockBalance
        rows = await ctx.session.execute(
            sa.select(b.product_id, b.location_id, b.lot_id, b.on_hand, b.reserved).where(
                b.product_id.in_(keys)
            )
        )
        found, total = {}, dict.fromkeys(keys, ZERO)
        for product_id, location_id, lot_id, on_hand, reserved in rows:
            spot = self.spot(product_id, location_id, lot_id)
            total[product_id] += on_hand
            assert reserved >= 0
            assert not spot.holds_stock or reserved <= on_hand
            if on_hand:
                found[spot] = on_hand
        assert set(total.values()) == {ZERO}
        return found

    async def _check_promises(self, ctx: kehu.Context, keys: Sequence[uuid.UUID]) -> None:
        """What is active is what was promised; what is too late may be active until somebody looks."""
        r = Reservation
        rows = await ctx.session.execute(
            sa.select(r.id, r.quantity - r.shipped).where(
                r.product_id.in_(keys), r.state == ReservationState.ACTIVE
            )
        )
        active = {row[0]: row[1] for row in rows}
        known, now = self.books.promises.values(), self.world.now
        assert active.items() >= {p.id: p.left for p in known if p.holds(now)}.items()
        assert active.items() <= {p.id: p.left for p in known if p.active}.items()

    async def _check_value_and_past(self, ctx: kehu.Context, kind: str, share: int) -> None:
        """Value is what came in less what went out; the past is what its moves say, by cache and by replay."""
        product, at = self.goods.products[kind], self.moment(min(share, 6))
        scope = Scope(None, product)
        values = await value_as_of(ctx, self.world.now, scope)
        assert sum(values.values(), ZERO) == self.books.value(kind)
        replay = await replayed(ctx, [product.id], until=at)
        wanted = {spot: self.books.as_of(spot, at) for spot in self.books.spots(kind)}
        assert {self.spot(*key): n for key, n in replay.items()} == {s: n for s, n in wanted.items() if n}
        cached = {key: n for key, n in (await on_hand_as_of(ctx, at, scope)).items() if n}
        assert cached == {key: n for key, n in replay.items() if self.spot(*key).holds_stock}
