"""Each kind of difference between orders and moves is made by hand, and named."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any, cast

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

import kehu
from kehu.ops.cli.context import CommandContext
from kehu_partner_inventory import ChannelOrder, ChannelOrderLine, PartnerInvoiceLine, Reservation, StockMove
from kehu_partner_inventory.stock.checking import discrepancies
from kehu_partner_inventory.stock.commands import check_command
from tests.kehu_partner_inventory.trade import Trade, open_trade

HELD = "what a line holds back is what its reservations do"
SHIPPED = "what a line shipped is what its moves say"
BILLED = "what a line has billed is on invoices"
TOO_EARLY = "a line bills what has left"
ALL_GONE = "a shipped order has shipped all"
CREDITED = "what a line took back is on credit notes"
KEPT = "a reservation shipped what its moves say"
NOT_BOUND = "an order that is not confirmed owes nothing"
UNBILLED = "what is not billed is the rest of the order"
RETURNED = "what an order took back is what its moves say"


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    """Of ten bolts four have left and are billed, one of them is back, and three are held back."""
    trade = await open_trade(app)
    await trade.depot.receive("BOLT", 7)
    key = await trade.order(("BOLT", 10))
    await trade.do(key, "submit", "confirm")
    line = await trade.line(key)
    shares = f'lines: [{{lineId: "{line}", quantity: "%s"}}]'
    back = f'takeBack({shares % 1}, toLocation: "{trade.depot["MAIN"]}", reason: "Bent.")'
    await trade.do(key, f"ship({shares % 4})", "invoice", back)
    await trade.order(("BOLT", 1))
    await trade.depot.books_balance()
    return trade


async def written_around(trade: Trade, model: type[Any], where: Any, **values: Any) -> None:
    """Somebody writes around the ledger."""
    async with trade.app.engine.begin() as connection:
        table = cast("sa.Table", model.__table__)
        await connection.execute(sa.update(table).where(where(table.c)).values(**values))


async def test_each_difference_is_named(trade: Trade) -> None:
    cases: list[tuple[type[Any], Any, dict[str, Any], set[str]]] = [
        (ChannelOrderLine, lambda c: c.shipped > 0, {"allocated": 1}, {HELD}),
        (ChannelOrderLine, lambda c: c.shipped > 0, {"allocated": 3, "shipped": 5}, {SHIPPED}),
        (ChannelOrderLine, lambda c: c.shipped > 0, {"shipped": 4, "billed": 5}, {BILLED, TOO_EARLY}),
        (ChannelOrderLine, lambda c: c.shipped > 0, {"billed": 4, "returned": 2}, {CREDITED, RETURNED}),
        (ChannelOrderLine, lambda c: c.shipped > 0, {"returned": 1}, set()),
        (ChannelOrder, lambda c: c.unbilled_amount > 0, {"status": "SHIPPED"}, {ALL_GONE}),
        (ChannelOrder, lambda c: c.unbilled_amount > 0, {"status": "PARTLY_SHIPPED"}, set()),
        (ChannelOrder, lambda c: c.unbilled_amount > 0, {"unbilled_amount": 70}, {UNBILLED}),
        (ChannelOrder, lambda c: c.unbilled_amount > 0, {"unbilled_amount": 60}, set()),
        (ChannelOrder, lambda c: c.status == "DRAFT", {"unbilled_amount": 7}, {NOT_BOUND}),
        (ChannelOrder, lambda c: c.status == "DRAFT", {"unbilled_amount": 0}, set()),
        (PartnerInvoiceLine, lambda c: c.quantity > 0, {"quantity": 3}, {BILLED}),
        (PartnerInvoiceLine, lambda c: c.quantity > 0, {"quantity": 4}, set()),
        (StockMove, lambda c: c.reason == "RETURN", {"document": None}, {RETURNED}),
    ]
    for model, where, values, told in cases:
        await written_around(trade, model, where, **values)
        async with trade.app.context() as ctx:
            assert {each.what for each in await discrepancies(ctx)} == told, (model, values)


async def test_a_reservation_that_is_released_around_the_books_is_named(trade: Trade) -> None:
    await written_around(trade, Reservation, lambda c: c.shipped > 0, shipped=5)
    async with trade.app.context() as ctx:
        found = {each.what: each for each in await discrepancies(ctx)}
    assert set(found) == {KEPT, HELD, "reserved is the sum of the reservations"}
    assert (found[KEPT].product, found[KEPT].location) == ("BOLT", "C-2026-00001")
    assert (found[KEPT].booked, found[KEPT].proven) == (Decimal(5), Decimal(4))


async def test_the_command_tells_each_difference_and_exits_with_one(trade: Trade, depot_url: str) -> None:
    assert _outcome(await _checked(depot_url)) == (0, ["The books balance."])

    await written_around(
        trade, ChannelOrder, lambda c: c.unbilled_amount > 0, status="SHIPPED", unbilled_amount=70
    )

    assert _outcome(await _checked(depot_url)) == (
        1,
        [
            f"BOLT at C-2026-00001: {ALL_GONE}; it is 4, and should be 10.",
            f"C-2026-00001: {UNBILLED}; it is 70, and should be 60.",
        ],
    )


async def _checked(url: str) -> Result:
    """`kehu stock check` in a thread, since a command has a loop of its own."""
    command = CommandContext({"database_url": url, "plugins": "core,partner_inventory"})
    return await asyncio.to_thread(CliRunner().invoke, check_command, obj=command)


def _outcome(result: Result) -> tuple[int, list[str]]:
    return result.exit_code, result.output.splitlines()
