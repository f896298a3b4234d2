"""The stock ledger under load: random days on both databases, and writers that contend for the same goods.

`./uv run python -m benchmarks.stock` takes some minutes with its defaults. PostgreSQL is the one that
KEHU_TEST_POSTGRES names, or one that is started for it. After everything the books are proven.
"""

from __future__ import annotations

import asyncio
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
from kehu_partner_inventory import StockBalance
from kehu_partner_inventory.locations.models import HOLDING
from kehu_partner_inventory.stock.checking import discrepancies
from tests.kehu_partner_inventory.depot import depot_of, open_depot
from tests.kehu_partner_inventory.proof.proving import prove
from tests.postgres import running_postgres

OVERSOLD = sa.and_(
    StockBalance.usage.in_(HOLDING),
    sa.or_(StockBalance.reserved > StockBalance.on_hand, StockBalance.on_hand < 0),
)


@click.command()
@click.option(
    "--sequences", default=100, show_default=True, help="Random days on SQLite; a quarter on PostgreSQL."
)
@click.option("--steps", default=60, show_default=True, help="How many steps a day has at most.")
@click.option("--attempts", default=5000, show_default=True, help="Reservations tried, on each database.")
@click.option("--writers", default=8, show_default=True, help="Processes that try them at once.")
def main(sequences: int, steps: int, attempts: int, writers: int) -> None:
    """Prove the ledger, and print what was tried."""
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        databases = {"SQLite": f"sqlite:///{folder}/kehu.db", "PostgreSQL": postgres.create_database()}
        for name, url in databases.items():
            asyncio.run(furnish(url))
            if attempts:
                contention(name, url, attempts, writers)
            if sequences:
                days(name, url, sequences if name == "SQLite" else sequences // 4, steps)


def days(name: str, url: str, sequences: int, steps: int) -> None:
    """Random days, compared with a ledger in plain Python after each step."""
    started = time.perf_counter()
    tally = prove(url, sequences=sequences, steps=steps).tally
    seconds = time.perf_counter() - started
    click.echo(
        f"{name}: {tally['sequences']} sequences, {tally['steps']} steps, "
        f"{_ended(tally, 'CRASH')} of them crashed, {_ended(tally, 'VETO')} vetoed; "
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
