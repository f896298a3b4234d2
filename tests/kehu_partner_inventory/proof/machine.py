"""The proof: random days in a depot, compared after each step with a ledger in plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from hypothesis.stateful import invariant
from sqlalchemy.ext.asyncio import AsyncConnection

from kehu_partner_inventory import Reservation, ReservationState, StockBalance, StockMove
from kehu_partner_inventory.stock.checking import proofs
from kehu_partner_inventory.stock.replay import replayed, sides
from kehu_partner_inventory.stock.reports import Scope, on_hand_as_of, value_as_of
from tests.kehu_partner_inventory.proof.flow_rules import FlowRules
from tests.kehu_partner_inventory.proof.goods_rules import GoodsRules
from tests.kehu_partner_inventory.proof.reference import ZERO, Spot
from tests.kehu_partner_inventory.proof.world import KINDS

# The statements are written once: a proof of many steps would spend most of its time on writing them.
_KEYS: Any = sa.bindparam("keys", expanding=True)
_PROOFS = list(proofs(_KEYS).values())
_SIDE = sides(StockMove.product_id.in_(_KEYS), StockMove.moved_at <= sa.bindparam("until"))
_SPOT = (_SIDE.c.product_id, _SIDE.c.location_id, _SIDE.c.lot_id)
_REPLAY = sa.select(*_SPOT, sa.func.sum(_SIDE.c.quantity)).group_by(*_SPOT)
_B, _R = StockBalance, Reservation
_BALANCES = sa.select(_B.product_id, _B.location_id, _B.lot_id, _B.on_hand, _B.reserved).where(
    _B.product_id.in_(_KEYS)
)
_ACTIVE = sa.select(_R.id, _R.quantity - _R.shipped).where(
    _R.product_id.in_(_KEYS), _R.state == ReservationState.ACTIVE
)
REPORTED = 5
"""Every so many steps the past is asked of the reports too."""


class LedgerMachine(GoodsRules, FlowRules):
    """Everything that people do with stock, one step after the other; and what holds after each."""

    @invariant()
    def the_books_balance(self) -> None:
        if hasattr(self, "books"):
            self.world.tally["steps"] += 1
            self.world.run(self._check())

    def teardown(self) -> None:
        self.world.tick(1)
        self.world.finished()

    async def _check(self) -> None:
        keys = [product.id for product in self.goods.products.values()]
        turn = self.world.tally["steps"]
        async with self.world.app.engine.connect() as connection:
            for proof in _PROOFS:
                assert (await connection.execute(proof, {"keys": keys})).all() == []
            assert await self._balances(connection, keys) == {
                s: n for s, n in self.books.on_hand.items() if n
            }
            await self._check_promises(connection, keys)
            await self._check_past(connection, keys, turn % 7)
        if turn % REPORTED == 0:
            await self._check_reports(KINDS[turn // REPORTED % len(KINDS)], turn % 7)

    async def _balances(self, connection: AsyncConnection, keys: Sequence[uuid.UUID]) -> dict[Spot, Decimal]:
        """On hand by the cache; every product adds up to nothing, and nothing is oversold."""
        found, total = {}, dict.fromkeys(keys, ZERO)
        for product_id, location_id, lot_id, on_hand, reserved in await connection.execute(
            _BALANCES, {"keys": keys}
        ):
            spot = self.spot(product_id, location_id, lot_id)
            total[product_id] += on_hand
            assert reserved >= 0
            assert not spot.holds_stock or reserved <= on_hand
            if on_hand:
                found[spot] = on_hand
        assert set(total.values()) == {ZERO}
        return found

    async def _check_promises(self, connection: AsyncConnection, keys: Sequence[uuid.UUID]) -> None:
        """What is active is what was promised; what is too late may be active until somebody looks."""
        active = {row[0]: row[1] for row in await connection.execute(_ACTIVE, {"keys": keys})}
        known, now = self.books.promises.values(), self.world.now
        assert active.items() >= {p.id: p.left for p in known if p.holds(now)}.items()
        assert active.items() <= {p.id: p.left for p in known if p.active}.items()

    async def _check_past(self, connection: AsyncConnection, keys: Sequence[uuid.UUID], share: int) -> None:
        """What was where at a moment is what the moves until then add up to."""
        at = self.moment(min(share, 6))
        rows = await connection.execute(_REPLAY, {"keys": keys, "until": at})
        assert {self.spot(*row[:3]): row[3] for row in rows if row[3]} == self.books.everything_as_of(at)

    async def _check_reports(self, kind: str, share: int) -> None:
        """Value is what came in less what went out; the reports tell the past as a replay does."""
        product, at = self.goods.products[kind], self.moment(min(share, 6))
        scope = Scope(None, product)
        async with self.world.app.context() as ctx:
            values = await value_as_of(ctx, self.world.now, scope)
            assert sum(values.values(), ZERO) == self.books.value(kind)
            replay = await replayed(ctx, [product.id], until=at)
            cached = {key: n for key, n in (await on_hand_as_of(ctx, at, scope)).items() if n}
        assert cached == {key: n for key, n in replay.items() if self.spot(*key).holds_stock}
