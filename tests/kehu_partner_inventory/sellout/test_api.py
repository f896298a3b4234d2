"""What partners sell and count drains and corrects their stock, by hand and by file, and only their own."""

from __future__ import annotations

import asyncio
import json

import pytest

import kehu
from tests.kehu.factories import changed
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

LEFT = "result { product { code } onHand }"
FILE = "result { rows taken errors { row column code } stock { product { code } onHand } }"


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    """NORTH keeps the SHOP with 10 bolts and 4 of a lot of milk."""
    trade = await open_trade(app)
    north = trade.channel.partners["NORTH"].customer_id
    await changed(app, trade.depot.locations["SHOP"], holder_id=north, stock_owner_id=north)
    await trade.depot.receive("BOLT", 10, at="SHOP", cost=2)
    await trade.depot.receive("MILK", 4, at="SHOP", lot="L1")
    return trade


def report(trade: Trade, line: str, at: str = "SHOP") -> str:
    return f'reportSellOutAtLocation(id: "{trade.depot[at]}", lines: [{line}])'


def upload(trade: Trade, content: str, more: str = "") -> str:
    return (
        f'sellOutFromFileAtLocation(id: "{trade.depot["SHOP"]}", fileName: "march.csv", '
        f"content: {json.dumps(content)} {more})"
    )


async def test_a_dealer_reports_what_it_sold(trade: Trade) -> None:
    dealer = await trade.channel.user_of("NORTH")
    done = await trade.channel.do(report(trade, trade.depot.line("BOLT", 3)), LEFT, to=dealer)
    assert done["result"] == [{"product": {"code": "BOLT"}, "onHand": "7"}]
    assert await trade.depot.refused(report(trade, trade.depot.line("BOLT", 8)), to=dealer) == [
        ("INSUFFICIENT_STOCK", "quantity")
    ]
    assert await trade.depot.refused(report(trade, trade.depot.line("BOLT", 1), at="MAIN")) == [
        ("NO_PARTNER_STOCK", "id")
    ]
    await trade.depot.books_balance()


async def test_others_stock_is_out_of_reach(trade: Trade) -> None:
    for code in ("SOUTH", "RIVAL", "CORNER"):
        other = await trade.channel.user_of(code)
        for call in (
            report(trade, trade.depot.line("BOLT", 1)),
            report(trade, trade.depot.line("BOLT", 1)).replace("reportSellOutAt", "countAt"),
            upload(trade, "sku,qty\nBOLT,1\n"),
        ):
            assert [code for code, _ in await trade.depot.refused(call, to=other)] == ["NOT_FOUND"]
    above = await trade.channel.user_of("AGENT")
    await trade.channel.do(report(trade, trade.depot.line("BOLT", 1)), to=above)


async def test_counts_correct_the_books(trade: Trade) -> None:
    dealer = await trade.channel.user_of("NORTH")
    lines = f"{trade.depot.line('BOLT', 8)}, {trade.depot.line('MILK', 5, lot='L1')}"
    call = f'countAtLocation(id: "{trade.depot["SHOP"]}", lines: [{lines}])'
    done = await trade.channel.do(call, LEFT, to=dealer)
    assert [each["onHand"] for each in done["result"]] == ["8", "5"]
    assert await trade.depot.stock("BOLT", "LOSSES") == (D(2), D(0))
    await trade.channel.do(call, to=dealer)
    assert await trade.depot.stock("BOLT", "LOSSES") == (D(2), D(0))
    below = call.replace('"8"', '"-1"')
    assert await trade.depot.refused(below, to=dealer) == [("OUT_OF_RANGE", "quantity")]
    await trade.depot.books_balance()


async def test_a_file_is_taken_whole_and_once(trade: Trade, clock: Clock) -> None:
    clock.advance(days=5)
    dealer = await trade.channel.user_of("NORTH")
    content = "\ufeff产品编码;数量;日期;批号\nBOLT;2;2026-03-04;\nBOLT;1;;\nMILK;3;2026/03/05;L1\n"
    dry = await trade.channel.do(upload(trade, content, ", dryRun: true"), FILE, to=dealer)
    assert dry["result"] == {"rows": 3, "taken": 0, "errors": [], "stock": []}

    done = await trade.channel.do(upload(trade, content), FILE, to=dealer)

    assert done["result"]["taken"] == 3
    assert [each["onHand"] for each in done["result"]["stock"]] == ["7", "1"]
    moves = await trade.channel.ask(
        "{ stockMoves(filter: {reason: {eq: SELL_OUT}}, orderBy: {field: MOVED_AT}) { nodes { movedAt quantity } } }"
    )
    assert [(each["movedAt"][:10], each["quantity"]) for each in moves["stockMoves"]["nodes"]] == [
        ("2026-03-04", "2"),
        ("2026-03-05", "3"),
        ("2026-03-07", "1"),
    ]
    renamed = upload(trade, content).replace("march.csv", "april.csv")
    by_another_system = upload(trade, content.removeprefix("\ufeff").replace("\n", "\r\n"))
    for again in (upload(trade, content), renamed, by_another_system):
        assert await trade.depot.refused(again, to=dealer) == [("ALREADY_REPORTED", "content")]
    await trade.depot.books_balance()


async def test_of_uploads_of_one_file_at_the_same_moment_one_is_taken(trade: Trade) -> None:
    dealer = await trade.channel.user_of("NORTH")
    document = "mutation { done: %s { userErrors { code field } } }"
    calls = [upload(trade, "sku,qty\nBOLT,2\n").replace("march", name) for name in ("march", "april", "may")]

    answers = await asyncio.gather(*(trade.channel.ask(document % call, to=dealer) for call in calls))

    refused = [error for answer in answers for error in answer["done"]["userErrors"]]
    assert refused == [{"code": "ALREADY_REPORTED", "field": "content"}] * 2
    assert await trade.depot.stock("BOLT", "SHOP") == (D(8), D(0))
    await trade.depot.books_balance()


async def test_rows_that_cannot_be_are_named_and_nothing_is_taken(trade: Trade) -> None:
    content = (
        "SKU,Qty,Date\nBOLT,7,\nGHOST,1,\nBOLT,4,\n,1,\nBOLT,many,\nBOLT,-1,\nBOLT,1,yesterday\nBOLT,1.5,\n"
    )
    content += "BOLT,1e15,\nBOLT,3.0,\n\n"
    done = await trade.channel.do(upload(trade, content), FILE)
    assert done["result"] == {
        "rows": 10,
        "taken": 0,
        "errors": [
            {"row": 3, "column": "product", "code": "NOT_FOUND"},
            {"row": 4, "column": "quantity", "code": "INSUFFICIENT_STOCK"},
            {"row": 5, "column": "SKU", "code": "REQUIRED"},
            {"row": 6, "column": "Qty", "code": "INVALID"},
            {"row": 7, "column": "Qty", "code": "OUT_OF_RANGE"},
            {"row": 8, "column": "Date", "code": "INVALID"},
            {"row": 9, "column": "quantity", "code": "TOO_MANY_DECIMALS"},
            {"row": 10, "column": "quantity", "code": "IMPOSSIBLE_MOVE"},
            {"row": 11, "column": "quantity", "code": "INSUFFICIENT_STOCK"},
        ],
        "stock": [],
    }
    assert await trade.depot.stock("BOLT", "SHOP") == (D(10), D(0))
    for wrong in ("", "a,b\n1,2\n", "sku,qty\n"):
        assert await trade.depot.refused(upload(trade, wrong)) == [("UNREADABLE_FILE", "content")]


async def test_days_of_stock_sell_through_and_ageing_by_subtree(trade: Trade, clock: Clock) -> None:
    clock.advance(days=40)
    await trade.depot.receive("BOLT", 5, at="SHOP", cost=3)
    clock.advance(days=10)
    await trade.channel.do(report(trade, trade.depot.line("BOLT", 3)))
    ask = (
        'partnerStock(partner: "%s", windowDays: 30) { partner { code } tier product { code } onHand came sold '
        "sellThroughPercent days upTo30 upTo60 upTo90 older }"
    )
    bolts = {
        "partner": {"code": "NORTH"},
        "tier": 2,
        "product": {"code": "BOLT"},
        "onHand": "12",
        "came": "5",
        "sold": "3",
        "sellThroughPercent": "20",
        "days": "120",
        "upTo30": "5",
        "upTo60": "7",
        "upTo90": "0",
        "older": "0",
    }
    for code in ("NORTH", "AGENT"):
        user = await trade.channel.user_of(code)
        found = await trade.channel.ask(f"{{ {ask % trade.channel[code]} }}", to=user)
        assert found["partnerStock"][0] == bolts
        assert [row["product"]["code"] for row in found["partnerStock"]] == ["BOLT", "MILK"]
    assert (await trade.channel.ask(f"{{ {ask % trade.channel['SOUTH']} }}"))["partnerStock"] == []
