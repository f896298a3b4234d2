"""A writer in a process of its own, which contends with others: `python -m ... URL ATTEMPTS SEED [contend]`.

Prints a line once it has begun, and a line of JSON at its end: how many attempts ended how. Whoever kills it earlier
does not get that, and the books must balance all the same.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_partner_inventory import Reservation, ReservationState
from kehu_partner_inventory.reservations.booking import Shipment, Wanted, book, dispatch, give_up
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post
from tests.kehu_partner_inventory.depot import Depot, depot_of


class Writer:
    """Reserves, ships, releases and moves bolts and sand, as they come."""

    def __init__(self, app: kehu.App, depot: Depot, chance: random.Random) -> None:
        self.app, self.depot, self.chance = app, depot, chance
        self.tally: Counter[str] = Counter()
        self.is_loud = __name__ == "__main__"
        self.held: list[Reservation] = []

    async def contend(self, attempts: int) -> Counter[str]:
        """Reserve so many times what everybody wants, and give it up now and then; the outcomes."""
        while sum(n for outcome, n in self.tally.items() if outcome.startswith("reserve")) < attempts:
            await self._try(self.let_go if self.held and self.chance.random() < 0.2 else self.reserve)
        return self.tally

    async def let_go(self, ctx: kehu.Context) -> str:
        """Release what it reserved."""
        held, self.held = self.held, []
        await give_up(ctx, [await ctx.get(Reservation, each.id) for each in held])
        return "done"

    async def work(self, attempts: int) -> Counter[str]:
        """So many attempts; the outcomes."""
        for attempt in range(attempts):
            if attempt == 1 and self.is_loud:
                sys.stdout.write("writing\n")
                sys.stdout.flush()
            acts = [self.reserve] * 5 + [self.settle] * 2 + [self.shuffle, self.deliver]
            await self._try(self.chance.choice(acts))
        return self.tally

    async def _try(self, act: Callable[[kehu.Context], Awaitable[str]]) -> None:
        try:
            async with self.app.context() as ctx, ctx.write():
                outcome = await act(ctx)
        except kehu.Refusal as refusal:
            outcome = refusal.errors[0].code
        self.tally[f"{act.__name__}: {outcome}"] += 1

    async def reserve(self, ctx: kehu.Context) -> str:
        """Promise some bolts."""
        quantity = Decimal(self.chance.randint(1, 3))
        wish = Wanted(product_id=self._product("BOLT"), location_id=self._place("MAIN"), quantity=quantity)
        self.held += await book(ctx, [wish])
        return "done"

    async def settle(self, ctx: kehu.Context) -> str:
        """Ship or release some promise, perhaps the same as somebody else."""
        statement = sa.select(Reservation).where(
            Reservation.product_id == self._product("BOLT"), Reservation.state == ReservationState.ACTIVE
        )
        found = (await ctx.session.scalars(statement.order_by(Reservation.id).limit(20))).all()
        if not found:
            return "nothing to do"
        reservation = self.chance.choice(found)
        if self.chance.random() < 0.5:
            await give_up(ctx, [reservation])
        else:
            shipment, occasion = Shipment(reservation), Occasion(reason="SHIPMENT")
            await dispatch(ctx, [shipment], to_id=self._place("CUSTOMERS"), occasion=occasion)
        return "done"

    async def shuffle(self, ctx: kehu.Context) -> str:
        """Move bolts and sand between two locations, either way, in either order."""
        ends = [self._place("MAIN"), self._place("SIDE")]
        self.chance.shuffle(ends)
        products = [self._product("BOLT"), self._product("SAND")]
        self.chance.shuffle(products)
        plans = [
            PlannedMove(product_id=key, from_id=ends[0], to_id=ends[1], quantity=Decimal(1))
            for key in products
        ]
        await post(ctx, plans, Occasion(reason="MOVE"))
        return "done"

    async def deliver(self, ctx: kehu.Context) -> str:
        """Two bolts come in."""
        plan = PlannedMove(
            product_id=self._product("BOLT"),
            from_id=self._place("SUPPLIERS"),
            to_id=self._place("MAIN"),
            quantity=Decimal(2),
            unit_cost=Decimal(self.chance.randint(1, 3)),
        )
        await post(ctx, [plan], Occasion(reason="RECEIPT"))
        return "done"

    def _product(self, code: str) -> uuid.UUID:
        return self.depot.products[code].id

    def _place(self, code: str) -> uuid.UUID:
        return self.depot.locations[code].id


async def write(url: str, attempts: int, seed: int, *, contending: bool = False) -> Counter[str]:
    """The outcomes of one writer with an App of its own."""
    app = kehu.App(kehu.installed(["partner_inventory"]), url)
    try:
        writer = Writer(app, await depot_of(app), random.Random(seed))
        return await (writer.contend(attempts) if contending else writer.work(attempts))
    finally:
        await app.close()


if __name__ == "__main__":
    outcomes = asyncio.run(
        write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), contending=sys.argv[4:] == ["contend"])
    )
    sys.stdout.write(json.dumps(outcomes) + "\n")
