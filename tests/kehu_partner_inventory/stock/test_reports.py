"""What was where at any moment, what it was worth, and what moved in a period."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner

import kehu
from kehu.ops.cli.context import CommandContext
from kehu_partner_inventory import StockBalance, StockLayer
from kehu_partner_inventory.stock.checking import discrepancies
from kehu_partner_inventory.stock.commands import check_command
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D, Depot, somebody

ALL = kehu.Level.ALL
AS_OF = """{ stockAsOf(at: "%s" %s) { location { code } product { code } lot { number } quantity value currency } }"""
FLOW = """{ stockFlow(since: "%s", until: "%s") { location { code } product { code }
    opening came went closing openingValue valueIn valueOut closingValue currency } }"""


async def as_of(depot: Depot, at: str, more: str = "", **who: kehu.Principal) -> list[tuple[Any, ...]]:
    rows = (await depot.ask(AS_OF % (f"2026-03-0{at}:00Z", more), **who))["stockAsOf"]
    return [
        (
            row["location"]["code"],
            row["product"]["code"],
            row["lot"] and row["lot"]["number"],
            *list(row.values())[3:],
        )
        for row in rows
    ]


async def some_days(depot: Depot, clock: Clock) -> None:
    """Bolts and milk on Monday, a transfer on Tuesday, a sale and its reversal on Wednesday."""
    await depot.receive("BOLT", 10, cost=2)
    await depot.receive("MILK", 5, lot="A", cost=1)
    clock.advance(days=1)
    await depot.do(
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", '
        f"lines: [{depot.line('BOLT', 4)}])"
    )
    clock.advance(days=1)
    payload = await depot.do(
        f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 3)}])', "result { id }"
    )
    clock.advance(hours=1)
    await depot.do(f'reverseStockMove(id: "{payload["result"][0]["id"]}")')


async def test_stock_is_told_as_of_any_moment(depot: Depot, clock: Clock) -> None:
    await some_days(depot, clock)

    assert await as_of(depot, "2T08:59") == []
    assert await as_of(depot, "2T09:00") == [
        ("MAIN", "BOLT", None, "10", "20", "EUR"),
        ("MAIN", "MILK", "A", "5", "5", "EUR"),
    ]
    assert await as_of(depot, "4T09:30", f'product: "{depot["BOLT"]}"') == [
        ("MAIN", "BOLT", None, "3", "6", "EUR"),
        ("SIDE", "BOLT", None, "4", "8", "EUR"),
    ]
    assert await as_of(depot, "4T12:00", f'location: "{depot["SIDE"]}"') == [
        ("SIDE", "BOLT", None, "4", "8", "EUR")
    ]


async def test_what_moved_explains_the_difference(depot: Depot, clock: Clock) -> None:
    await some_days(depot, clock)

    rows = (await depot.ask(FLOW % ("2026-03-02T12:00:00Z", "2026-03-05T00:00:00Z")))["stockFlow"]

    figures = [(row["location"]["code"], row["product"]["code"], *list(row.values())[2:]) for row in rows]
    assert figures == [
        ("MAIN", "BOLT", "10", "3", "7", "6", "20", "6", "14", "12", "EUR"),
        ("MAIN", "MILK", "5", "0", "0", "5", "5", "0", "0", "5", "EUR"),
        ("SIDE", "BOLT", "0", "4", "0", "4", "0", "8", "0", "8", "EUR"),
    ]


async def test_value_is_for_those_who_may_see_it(depot: Depot, clock: Clock) -> None:
    await some_days(depot, clock)
    seen = ("location", "stock_move", "stock_balance", "lot")
    reader = await somebody(depot, **{f"{entity}__read": ALL for entity in seen})

    assert await as_of(depot, "2T09:00", to=reader) == [
        ("MAIN", "BOLT", None, "10", None, "EUR"),
        ("MAIN", "MILK", "A", "5", None, "EUR"),
    ]
    flow = FLOW % ("2026-03-02T12:00:00Z", "2026-03-05T00:00:00Z")
    answer = await depot.api.execute(flow, principal=reader)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    moves = await depot.ask("{ stockMoves { nodes { cost } } }", to=reader)
    assert {node["cost"] for node in moves["stockMoves"]["nodes"]} == {None}


async def test_the_check_finds_what_somebody_wrote_around_the_ledger(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await depot.reserve("BOLT", 2)
    async with depot.app.context() as ctx:
        assert await discrepancies(ctx) == []
    async with depot.app.engine.begin() as connection:
        await connection.execute(
            sa.update(StockBalance).where(StockBalance.reserved > 0).values(on_hand=D(11), reserved=D(3))
        )
        await connection.execute(sa.update(StockLayer).values(remaining=D(9)))

    found = (await depot.ask("{ stockDiscrepancies { what product location booked proven } }"))[
        "stockDiscrepancies"
    ]

    assert [(row["what"], row["location"], row["booked"], row["proven"]) for row in found] == [
        ("on hand is the sum of the moves", "MAIN", "11", "10"),
        ("reserved is the sum of the reservations", "MAIN", "3", "2"),
        ("the layers hold what is on hand", "MAIN", "11", "9"),
        ("a layer holds what was not used", "MAIN", "9", "10"),
    ]


def test_the_command_proves_the_books(sqlite_depot_url: str) -> None:
    command = CommandContext({"database_url": sqlite_depot_url, "plugins": "core,partner_inventory"})

    result = CliRunner().invoke(check_command, obj=command)

    assert (result.exit_code, result.output) == (0, "The books balance.\n")
