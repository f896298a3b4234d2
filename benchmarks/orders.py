"""Confirming orders of ten lines while the ledger grows, and the same inserts and updates by hand.

`./uv run python -m benchmarks.orders` takes a minute or two, with `--large 10000000` some more, and 8 GB of disk.
Confirming checks credit, holds goods back for each line and writes the audit trail; by hand means the same rows in one
transaction, without looking at anything. The two are measured in turns; what is printed are medians.
"""

from __future__ import annotations

import asyncio
import dataclasses
import statistics
import tempfile
import time
import uuid
from decimal import Decimal
from typing import Any, cast

import click
import sqlalchemy as sa

import kehu
from benchmarks.stock_growth import Growth
from kehu.platform.audit.models import AuditEntry
from kehu_partner_inventory import (
    ChannelOrder,
    ChannelOrderLine,
    OrderAllocation,
    Partner,
    Reservation,
    StockBalance,
)
from kehu_partner_inventory.orders.actions import WantedLine, confirm, set_lines, submit
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post
from tests.kehu_partner_inventory.depot import open_depot
from tests.kehu_partner_inventory.trade import Trade, open_trade
from tests.postgres import running_postgres

LINES = 10
_UNAUDITED = {"kehu_unaudited": True}


@click.command()
@click.option("--orders", default=30, show_default=True, help="How many orders are confirmed each time.")
@click.option("--small", default=100, show_default=True, help="Moves in the small ledger.")
@click.option("--large", default=1_000_000, show_default=True, help="Moves in the large one.")
def main(orders: int, small: int, large: int) -> None:
    """Measure on both databases, and print what an order costs."""
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        for name, url in (
            ("SQLite", f"sqlite:///{folder}/kehu.db"),
            ("PostgreSQL", postgres.create_database()),
        ):
            asyncio.run(measure(name, url, orders, small, large))


async def measure(name: str, url: str, orders: int, small: int, large: int) -> None:
    """The cost of an order with few moves and with many, beside that by hand."""
    app = kehu.App(kehu.installed(["partner_inventory"]), url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    await open_depot(app)
    trade = await open_trade(app)
    shop = Shop(trade, await stocked(trade))
    costs = {}
    for moves in (small, large):
        await shop.grow(moves)
        await shop.timed(3)
        costs[moves], by_hand = await shop.timed(orders)
        click.echo(
            f"{name}, {moves} moves: {1 / costs[moves]:.0f} orders a second, {costs[moves] * 1000:.1f} ms each, "
            f"{costs[moves] / by_hand:.1f} times by hand ({by_hand * 1000:.1f} ms)"
        )
    click.echo(f"{name}: an order costs {costs[large] / costs[small]:.2f} times as much in the large ledger")
    await app.close()


@dataclasses.dataclass
class Shop:
    """Goods to sell, and a ledger that grows."""

    trade: Trade
    products: list[uuid.UUID]
    moves: int = 0

    @property
    def app(self) -> kehu.App:
        """On which database."""
        return self.trade.app

    async def grow(self, moves: int) -> None:
        """Moves of the goods that are sold, from suppliers to customers, until there are so many."""
        more = Growth(self.app, self.trade.depot, self.products)
        await more.grow(self.moves, moves)
        self.moves = moves

    async def timed(self, orders: int) -> tuple[float, float]:
        """Seconds for an order, and for its rows by hand: medians."""
        seconds, by_hand = [], []
        for _ in range(orders):
            key = await self._order()
            started = time.perf_counter()
            async with self.app.context() as ctx, ctx.write():
                await confirm(await ctx.get(ChannelOrder, key), ctx)
            seconds.append(time.perf_counter() - started)
            rows = await self._rows(key)
            started = time.perf_counter()
            await self._by_hand(key, rows)
            by_hand.append(time.perf_counter() - started)
        return statistics.median(seconds), statistics.median(by_hand)

    async def _order(self) -> uuid.UUID:
        async with self.app.context() as ctx, ctx.write():
            order = ctx.add(ChannelOrder(id=kehu.uuid7(), partner_id=self.trade.channel.partners["NORTH"].id))
            await ctx.flush()
            ids = [kehu.GlobalId(kehu.global_id("Product", each)) for each in self.products]
            await set_lines(order, ctx, [WantedLine(each, Decimal(1)) for each in ids])
            await ctx.flush()
            await submit(order, ctx)
        return order.id

    async def _rows(self, key: uuid.UUID) -> dict[sa.Table, list[dict[str, Any]]]:
        """What confirming has inserted, with keys of their own."""
        line, held = ChannelOrderLine, OrderAllocation
        lines = sa.select(line.id).where(line.order_id == key)
        kept = sa.select(held.reservation_id).where(held.line_id.in_(lines))
        newest = sa.select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1 + 3 * LINES)
        wanted: dict[Any, Any] = {
            Reservation: Reservation.id.in_(kept),
            AuditEntry: AuditEntry.id.in_(newest),
        }
        found: dict[sa.Table, list[dict[str, Any]]] = {}
        async with self.app.engine.connect() as connection:
            for entity, condition in wanted.items():
                table = entity.__table__
                rows = (await connection.execute(sa.select(table).where(condition))).mappings()
                found[table] = [{**row, "id": kehu.uuid7()} for row in rows]
            allocation = cast(sa.Table, held.__table__)
            own = (await connection.execute(sa.select(allocation).where(held.line_id.in_(lines)))).mappings()
            fresh = found[cast(sa.Table, Reservation.__table__)]
            found[allocation] = [
                {**row, "id": kehu.uuid7(), "reservation_id": made["id"]}
                for row, made in zip(own, fresh, strict=True)
            ]
        return found

    async def _by_hand(self, key: uuid.UUID, rows: dict[sa.Table, list[dict[str, Any]]]) -> None:
        """The same rows and updates in one transaction, each statement once for all rows of a table."""
        line, order = cast(sa.Table, ChannelOrderLine.__table__), cast(sa.Table, ChannelOrder.__table__)
        balance = cast(sa.Table, StockBalance.__table__)
        async with self.app.engine.begin() as connection:
            for table, some in rows.items():
                await connection.execute(sa.insert(table), some)
            counted = {"version": line.c.version + 1}
            await connection.execute(
                sa.update(line)
                .where(line.c.id == sa.bindparam("key"))
                .values(allocated=Decimal(1), **counted),
                [{"key": each["line_id"]} for each in rows[cast(sa.Table, OrderAllocation.__table__)]],
            )
            main = self.trade.depot.locations["MAIN"].id
            await connection.execute(
                sa.update(balance)
                .where(balance.c.product_id == sa.bindparam("product"), balance.c.location_id == main)
                .values(version=balance.c.version + 1),
                [{"product": each} for each in self.products],
            )
            await connection.execute(
                sa.update(order).where(order.c.id == key).values(version=order.c.version + 1)
            )


async def stocked(trade: Trade) -> list[uuid.UUID]:
    """Ten products with plenty in stock and a price, for a partner with plenty of credit."""
    app, places, keys = trade.app, trade.depot.locations, [kehu.uuid7() for _ in range(LINES)]
    async with app.context() as ctx, ctx.write():
        prices = (await ctx.session.scalars(sa.select(kehu.PriceList))).one()
        (await ctx.get(Partner, trade.channel.partners["NORTH"].id)).credit_limit = Decimal(10**9)
        for n, key in enumerate(keys):
            ctx.add(kehu.Product(id=key, code=f"G{n}", name=f"Goods {n}"))
            ctx.add(kehu.PriceListItem(price_list_id=prices.id, product_id=key, price=Decimal("9.99")))
        await ctx.flush()
        plans = [
            PlannedMove(
                product_id=key,
                from_id=places["SUPPLIERS"].id,
                to_id=places["MAIN"].id,
                quantity=Decimal(100_000),
                unit_cost=Decimal(1),
            )
            for key in keys
        ]
        await post(ctx, plans, Occasion(reason="RECEIPT"))
    return keys


if __name__ == "__main__":
    main()
