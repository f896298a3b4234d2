"""Days and moments that verbs of the channel refuse, with the argument that is to blame."""

from __future__ import annotations

import pytest

import kehu
from tests.kehu_partner_inventory.trade import Trade, open_trade

FUTURE, PAST = "2026-03-03T00:00:00Z", "2026-03-01T00:00:00Z"


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


async def test_nothing_moves_in_the_future(trade: Trade) -> None:
    depot = trade.depot
    await depot.receive("BOLT", 9)
    await depot.receive("BOLT", 9, at="SHOP")
    main, line = depot["MAIN"], depot.line("BOLT", 1, unitCost=1)
    there = f'toLocation: "{depot["SIDE"]}", lines: [{depot.line("BOLT", 1)}]'
    for call in (
        f'receiveAtLocation(id: "{main}", lines: [{line}], movedAt: "{FUTURE}")',
        f'issueFromLocation(id: "{main}", lines: [{depot.line("BOLT", 1)}], movedAt: "{FUTURE}")',
        f'moveFromLocation(id: "{main}", {there}, movedAt: "{FUTURE}")',
    ):
        assert await depot.refused(call) == [("IMPOSSIBLE_MOVE", "movedAt")]
    sold = f'reportSellOutAtLocation(id: "{depot["SHOP"]}", lines: [{depot.line("BOLT", 1)}], soldAt: "{FUTURE}")'
    assert await depot.refused(sold) == [("IMPOSSIBLE_MOVE", "soldAt")]


async def test_a_row_of_a_file_is_not_sold_in_the_future(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 9, at="SHOP")
    content = "product,quantity,date\\nBOLT,1,2026-03-02\\nBOLT,1,2026-03-04"
    call = f'sellOutFromFileAtLocation(id: "{trade.depot["SHOP"]}", fileName: "a.csv", content: "{content}")'
    answer = await trade.channel.do(call, "result { taken errors { row column code } }")
    assert answer["result"] == {
        "taken": 0,
        "errors": [{"row": 3, "column": "date", "code": "IMPOSSIBLE_MOVE"}],
    }


async def test_a_promise_lasts_until_a_moment_to_come(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 9)
    call = (
        f'reserveAtLocation(id: "{trade.depot["MAIN"]}", product: "{trade.depot["BOLT"]}", '
        f'quantity: "1", expiresAt: "{PAST}")'
    )
    assert await trade.depot.refused(call) == [("RESERVED_IN_THE_PAST", "expiresAt")]


async def test_a_deal_is_protected_until_a_day_to_come(trade: Trade) -> None:
    values = f'partnerId: "{trade.channel["NORTH"]}", name: "Press", customerName: "Acme", amount: "5"'
    made = await trade.channel.do(f"createDealRegistration(input: {{{values}}})", "dealRegistration { id }")
    key = made["dealRegistration"]["id"]
    await trade.channel.do(f'submitDealRegistration(id: "{key}")')
    one = f'approveDealRegistration(id: "{key}", protectedUntilOn: "2026-03-01")'
    assert await trade.channel.refused(one) == [("IMPOSSIBLE_DEAL", "protectedUntilOn")]
    many = f'approveDealRegistrations(ids: ["{key}"], protectedUntilOn: "2026-03-01")'
    assert await trade.channel.refused(many) == [("IMPOSSIBLE_DEAL", "ids.0")]
