"""Eight writers at once, each with an App of its own, on both databases; and writers that are killed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

import kehu
from kehu_graphql import Api
from kehu_partner_inventory import Lot, StockMove
from kehu_partner_inventory.reservations.booking import Wanted, book
from kehu_partner_inventory.stock.actions import reverse
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post
from tests.depth import times
from tests.kehu.factories import saved
from tests.kehu_partner_inventory.depot import D, Depot
from tests.kehu_partner_inventory.proof.writer import write
from tests.kehu_partner_inventory.trade import Trade, open_trade

WRITERS = 8


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


@contextlib.asynccontextmanager
async def apps(url: str) -> AsyncIterator[Sequence[kehu.App]]:
    """One App for each writer."""
    opened = [kehu.App(kehu.installed(["partner_inventory"]), url) for _ in range(WRITERS)]
    yield opened
    for app in opened:
        await app.close()


async def at_once(url: str, work: Callable[[kehu.Context], Awaitable[object]]) -> Counter[str]:
    """How it ended for each of the writers who all do the same."""

    async def one(app: kehu.App) -> str:
        try:
            async with app.context() as ctx, ctx.write():
                await work(ctx)
        except kehu.Refusal as refusal:
            return refusal.errors[0].code
        return "done"

    async with apps(url) as opened:
        return Counter(await asyncio.gather(*(one(app) for app in opened)))


async def test_no_more_is_promised_than_there_is(depot: Depot, depot_url: str) -> None:
    await depot.receive("BOLT", 20)
    wish = Wanted(product_id=depot.products["BOLT"].id, location_id=depot.locations["MAIN"].id, quantity=D(3))

    outcomes = await at_once(depot_url, lambda ctx: book(ctx, [wish]))

    assert outcomes == {"done": 6, "INSUFFICIENT_STOCK": 2}
    assert await depot.stock("BOLT") == (D(20), D(18))
    await depot.books_balance()


async def test_eight_writers_make_the_same_balance(depot: Depot, depot_url: str) -> None:
    plan = PlannedMove(
        product_id=depot.products["BOLT"].id,
        from_id=depot.locations["SUPPLIERS"].id,
        to_id=depot.locations["MAIN"].id,
        quantity=D(2),
        unit_cost=D(1),
    )

    outcomes = await at_once(depot_url, lambda ctx: post(ctx, [plan], Occasion(reason="RECEIPT")))

    assert outcomes == {"done": WRITERS}
    assert await depot.stock("BOLT") == (D(16), D(0))
    await depot.books_balance()


async def test_a_piece_comes_in_once(depot: Depot, depot_url: str) -> None:
    pump = depot.products["PUMP"].id
    lot = await saved(depot.app, Lot(product_id=pump, number="P1"))
    places = iter(["MAIN", "SIDE", "SHOP", "TRUCK"] * 2)

    def receive(ctx: kehu.Context) -> Awaitable[object]:
        plan = PlannedMove(
            product_id=pump,
            from_id=depot.locations["SUPPLIERS"].id,
            to_id=depot.locations[next(places)].id,
            quantity=D(1),
            lot_id=lot.id,
            unit_cost=D(1),
        )
        return post(ctx, [plan], Occasion(reason="RECEIPT"))

    assert await at_once(depot_url, receive) == {"done": 1, "SERIAL_ELSEWHERE": WRITERS - 1}
    await depot.books_balance()


async def test_a_move_is_reversed_once(depot: Depot, depot_url: str) -> None:
    await depot.receive("BOLT", 20)
    async with depot.app.context() as ctx:
        move = (await ctx.session.scalars(sa.select(StockMove))).one()

    async def undo(ctx: kehu.Context) -> None:
        await reverse(await ctx.get(StockMove, move.id), ctx)

    assert await at_once(depot_url, undo) == {"done": 1, "ALREADY_REVERSED": WRITERS - 1}
    await depot.books_balance()


async def test_writers_do_everything_at_once_and_nobody_waits_in_a_circle(
    depot: Depot, depot_url: str
) -> None:
    for product in ("BOLT", "SAND"):
        for place in ("MAIN", "SIDE"):
            await depot.receive(product, 30, at=place)

    tallies = await asyncio.gather(*(write(depot_url, 12, seed) for seed in range(WRITERS)))

    total = sum(tallies, Counter[str]())
    assert sum(total.values()) == 12 * WRITERS
    codes = {outcome.partition(": ")[2] for outcome in total}
    assert codes <= {
        "done",
        "nothing to do",
        "INSUFFICIENT_STOCK",
        "RESERVATION_CLOSED",
        "RESERVATION_TOO_SMALL",
    }
    await depot.books_balance()


async def test_two_servers_ship_no_more_than_there_is(trade: Trade, depot_url: str) -> None:
    """Four orders of four bolts, ten bolts, and two servers with connections of their own."""
    await trade.depot.receive("BOLT", 10)
    keys = [await trade.order(("BOLT", 4)) for _ in range(4)]
    for key in keys:
        await trade.do(key, "submit")

    async with apps(depot_url) as opened:
        servers = [Api(app) for app in opened[:2]]

        async def all_at_once(verb: str) -> Counter[str]:
            """The same verb on all orders, every other one by another server."""
            answers = await asyncio.gather(
                *(
                    servers[turn % 2].execute(
                        f"mutation {{ done: {trade.call(key, verb)} {{ userErrors {{ code }} }} }}",
                        principal=kehu.SYSTEM,
                    )
                    for turn, key in enumerate(keys)
                )
            )
            told = [answer["data"]["done"]["userErrors"] for answer in answers]
            return Counter(errors[0]["code"] if errors else "done" for errors in told)

        assert await all_at_once("confirm") == {"done": 4}
        assert await trade.depot.stock("BOLT") == (D(10), D(10))
        assert await all_at_once("ship") == {"done": 3, "IMPOSSIBLE_LINE": 1}

    assert await trade.depot.stock("BOLT") == (D(0), D(0))
    await trade.depot.books_balance()


@pytest.mark.slow(reason="writers are killed, three times")
async def test_books_balance_when_writers_are_killed(depot: Depot, depot_url: str, repository: Path) -> None:
    for product in ("BOLT", "SAND"):
        for place in ("MAIN", "SIDE"):
            await depot.receive(product, 50, at=place)
    before = len((await depot.everything())["partner_inventory_stock_move"])

    for seed in range(times(3)):
        await asyncio.to_thread(kill_some_writers, repository, depot_url, seed)
        await depot.books_balance()

    assert len((await depot.everything())["partner_inventory_stock_move"]) > before
    # The writers may have used up all there was.
    await depot.receive("BOLT", 1)
    await depot.issue("BOLT", 1)


def kill_some_writers(repository: Path, url: str, seed: int) -> None:
    """Start two writers, and kill them at some moment once they write."""
    command = [sys.executable, "-m", "tests.kehu_partner_inventory.proof.writer", url, "100000"]
    writers = [
        subprocess.Popen([*command, str(seed * 10 + n)], cwd=repository, stdout=subprocess.PIPE)
        for n in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
    time.sleep(random.Random(seed).random())
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        assert writer.returncode == -signal.SIGKILL
