"""One and a half pieces are refused when they are written, in whatever record they stand."""

from __future__ import annotations

import pytest

import kehu
from tests.kehu_partner_inventory.trade import Trade, open_trade


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


async def test_half_a_piece_is_refused_when_the_line_is_written(trade: Trade) -> None:
    depot = trade.depot
    main, side, bolt, flour = (depot[code] for code in ("MAIN", "SIDE", "BOLT", "FLOUR"))
    key = await trade.order()
    north = trade.channel["NORTH"]

    def transfer(product: str) -> str:
        line = depot.line(product, "1.5")
        return f'requestTransfer(fromLocation: "{main}", toLocation: "{side}", lines: [{line}])'

    def receipt(product: str) -> str:
        given = f'locationId: "{main}", productId: "{product}", quantity: "1.5", unitCost: "1"'
        return f"createExpectedReceipt(input: {{{given}}})"

    def rule(product: str, name: str) -> str:
        given = f'locationId: "{main}", productId: "{product}", {name}: "1.5"'
        return f"createReorderRule(input: {{{given}}})"

    price = f'partnerId: "{north}", productId: "{bolt}", price: "1", minQuantity: "1.5"'
    refused = {
        trade.set_lines(key, ("BOLT", "1.5")): "quantity",
        transfer("BOLT"): "quantity",
        receipt(bolt): "quantity",
        rule(bolt, "minimum"): "minimum",
        rule(bolt, "maximum"): "maximum",
        rule(bolt, "multiple"): "multiple",
        f"createSpecialPrice(input: {{{price}}})": "minQuantity",
        f'createPromotion(input: {{name: "Half", productId: "{bolt}", discountPercent: "5", minQuantity: "1.5"}})': (
            "minQuantity"
        ),
        f'reserveAtLocation(id: "{main}", product: "{bolt}", quantity: "1.5")': "quantity",
        f'receiveAtLocation(id: "{main}", lines: [{depot.line("BOLT", "1.5", unitCost=1)}])': "quantity",
        f'adjustAtLocation(id: "{main}", lines: [{depot.line("BOLT", "1.5")}], reason: FOUND)': "quantity",
        f'countAtLocation(id: "{depot["SHOP"]}", lines: [{depot.line("BOLT", "1.5")}])': "quantity",
        f'reportSellOutAtLocation(id: "{depot["SHOP"]}", lines: [{depot.line("BOLT", "1.5")}])': "quantity",
    }
    for call, field in refused.items():
        assert await depot.refused(call) == [("TOO_MANY_DECIMALS", field)], call

    for call in (transfer("FLOUR"), receipt(flour), rule(flour, "minimum")):
        await depot.do(call)
