"""The stock ledger under load: random days on both databases, and writers that contend for the same goods.

`./uv run python -m benchmarks.stock` takes some minutes with its defaults, `--full` is the whole proof. A day is a
sequence of random steps by a process of its own, while others do the same on the same database and some are killed;
after each step the books are compared with a ledger in plain Python. PostgreSQL is the one that KEHU_TEST_POSTGRES
names, or one that is started for it. After everything all books are proven.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal

import click
import sqlalchemy as sa

import kehu
from benchmarks.stock_days import Days
from kehu_partner_inventory import StockBalance
from kehu_partner_inventory.locations.models import HOLDING
from kehu_partner_inventory.stock.checking import discrepancies
from tests.kehu_partner_inventory.depot import depot_of, open_depot
from tests.postgres import running_postgres

OVERSOLD = sa.and_(
    StockBalance.usage.in_(HOLDING),
    sa.or_(StockBalance.reserved > StockBalance.on_hand, StockBalance.on_hand < 0),
)


@click.command()
@click.option(
    "--database", type=click.Choice(["both", "sqlite", "postgresql"]), default="both", show_default=True
)
@click.option(
    "--full", is_flag=True, help="2,000 days on SQLite, 500 on PostgreSQL, 100,000 attempts on each."
)
@click.option(
    "--sequences", default=100, show_default=True, help="Random days on SQLite; a quarter on PostgreSQL."
)
@click.option("--steps", default=60, show_default=True, help="How many steps a day has at most.")
@click.option("--attempts", default=5000, show_default=True, help="Reservations tried, on each database.")
@click.option("--writers", default=8, show_default=True, help="Processes that write at once; 2 on SQLite.")
@click.option("--kills", default=10, show_default=True, help="How many of them are killed during the days.")
def main(
    *, database: str, full: bool, sequences: int, steps: int, attempts: int, writers: int, kills: int
) -> None:
    """Prove the ledger, and print what was tried."""
    if full:
        sequences, attempts = 2000, 100_000
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if database != "postgresql":
            # SQLite has one writer at a time; more processes would only wait.
            load = Load("SQLite", f"sqlite:///{folder}/kehu.db", min(writers, 2), writers, kills)
            load.run(sequences, steps, attempts)
        if database != "sqlite":
            url = stack.enter_context(running_postgres()).create_database()
            load = Load("PostgreSQL", url, writers, writers, kills)
            load.run(sequences // 4, steps, attempts)


@dataclasses.dataclass
class Load:
    """One database, how many processes live days there, how many contend, and how many are killed."""

    name: str
    url: str
    writers: int
    contenders: int
    kills: int

    def run(self, sequences: int, steps: int, attempts: int) -> None:
        """Everything, one after the other."""
        asyncio.run(furnish(self.url))
        if attempts:
            contention(self.name, self.url, attempts, self.contenders)
        if sequences:
            self.days(sequences, steps)

    def days(self, sequences: int, steps: int) -> None:
        """Random days, compared with a ledger in plain Python after each step, and all books at the end."""
        started = time.perf_counter()
        days = Days(self.url, sequences=sequences, steps=steps, writers=self.writers, kills=self.kills)
        tally = days.run()
        assert tally["sequences"] >= sequences
        asyncio.run(watch(self.url, []))
        seconds = time.perf_counter() - started
        click.echo(
            f"{self.name}: {tally['sequences']} sequences, {tally['steps']} steps by {self.writers} writers at once, "
            f"{_ended(tally, 'CRASH')} of them crashed, {_ended(tally, 'VETO')} vetoed, {days.killed} writers killed; "
            f"the books balanced after each; {seconds:.0f} s"
        )


def _ended(tally: Counter[str], how: str) -> int:
    return sum(count for act, count in tally.items() if act.endswith(f": {how}"))


def contention(name: str, url: str, attempts: int, writers: int) -> None:
    """Processes that all want the same 20 bolts; one of them counts them, again and again."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "tests.kehu_partner_inventory.proof.writer", url]
    each = [*command, str(attempts // writers)]
    running = [
        subprocess.Popen([*each, str(seed), "contend"], stdout=subprocess.PIPE)  # noqa: S603  # our own module
        for seed in range(writers)
    ]
    looks = asyncio.run(watch(url, running))
    total = sum((Counter(json.loads(w.communicate()[0].splitlines()[-1])) for w in running), Counter[str]())
    tried = sum(count for outcome, count in total.items() if outcome.startswith("reserve"))
    seconds = time.perf_counter() - started
    click.echo(
        f"{name}: {writers} writers tried {tried} reservations of the same goods, {total['reserve: done']} done, "
        f"{total['reserve: INSUFFICIENT_STOCK']} refused; never oversold in {looks} looks; {seconds:.0f} s"
    )


async def watch(url: str, writers: list[subprocess.Popen[bytes]]) -> int:
    """Look at the balance while they write, and prove the books at the end. Raises AssertionError."""
    app = kehu.App(kehu.installed(["partner_inventory"]), url)
    oversold = sa.select(sa.func.count()).where(OVERSOLD)
    for look in itertools.count(1):
        is_last = all(writer.poll() is not None for writer in writers)
        async with app.context() as ctx:
            assert await ctx.session.scalar(kehu.unscoped(oversold)) == 0
            assert not is_last or await discrepancies(ctx) == []
        if is_last:
            await app.close()
            return look
        await asyncio.sleep(0.2)
    raise AssertionError


async def furnish(url: str) -> None:
    """The tables, the depot, and 20 bolts."""
    app = kehu.App(kehu.installed(["partner_inventory"]), url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    await open_depot(app)
    await (await depot_of(app)).receive("BOLT", Decimal(20))
    await app.close()


if __name__ == "__main__":
    main()
