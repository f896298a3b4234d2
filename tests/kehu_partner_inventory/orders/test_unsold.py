"""Partners buy, and we buy, what is sold; stock of the rest is counted, moved, shipped and taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import kehu
from kehu_partner_inventory import (
    ExpectedReceipt,
    Location,
    LocationUsage,
    Partner,
    PartnerLevel,
    PartnerProgramme,
    Promotion,
    SpecialPrice,
)
from tests.crm import reasons
from tests.kehu.factories import change_refused, changed, refused, saved
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade


async def stop(trade: Trade, code: str = "BOLT", **values: Any) -> None:
    """The product is not sold any more."""
    await changed(trade.app, trade.depot.products[code], **(values or {"is_active": False}))


async def price_list(trade: Trade) -> kehu.PriceList:
    async with trade.app.context() as ctx:
        key = (await ctx.get(Partner, trade.channel.partners["NORTH"].id)).price_list_id
        assert key is not None
        return await ctx.get(kehu.PriceList, key)


def archived(trade: Trade) -> dict[str, Any]:
    return {"archived_at": trade.app.clock()}


async def test_lines_of_unsold_products_are_refused(trade: Trade) -> None:
    key = await trade.order()
    await stop(trade)
    call = trade.set_lines(key, ("SAND", 1), ("BOLT", 1))
    assert await trade.channel.refused(call) == [("PRODUCT_NOT_SOLD", "lines.1.productId")]
    await stop(trade, **archived(trade))
    assert await trade.channel.refused(call) == [("ARCHIVED", "lines.1.productId")]


async def test_an_order_of_what_has_gone_out_of_sale_is_not_submitted(trade: Trade) -> None:
    draft, submitted = await trade.order(("BOLT", 1)), await trade.order(("BOLT", 1))
    await trade.do(submitted, "submit")
    await stop(trade)
    assert await trade.refused(draft, "submit") == [("PRODUCT_NOT_SOLD", "lines")]
    await trade.do(submitted, "confirm")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"is_active": False}, "PRICE_LIST_NOT_ACTIVE"),
        ({"valid_until_on": dt.date(2026, 3, 1)}, "PRICE_LIST_NOT_ACTIVE"),
        ({"archived_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)}, "ARCHIVED"),
    ],
)
async def test_a_list_that_is_not_in_use_prices_nothing(
    trade: Trade, values: dict[str, Any], code: str
) -> None:
    key = await trade.order()
    await changed(trade.app, await price_list(trade), **values)
    assert await trade.channel.refused(trade.set_lines(key, ("BOLT", 1))) == [(code, "lines.0.productId")]
    agreed = SpecialPrice(
        partner_id=trade.channel.partners["NORTH"].id,
        product_id=trade.depot.products["BOLT"].id,
        price=D(7),
    )
    await saved(trade.app, agreed)
    await trade.channel.do(trade.set_lines(key, ("BOLT", 1)))


async def test_what_is_not_sold_has_no_price(trade: Trade) -> None:
    await stop(trade)
    document = (
        f'{{ partnerPrice(partner: "{trade.channel["NORTH"]}", product: "{trade.depot["BOLT"]}", '
        'quantity: "1") { unitPrice } }'
    )
    answer = await trade.channel.api.execute(document, {}, principal=kehu.SYSTEM)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PRODUCT_NOT_SOLD"]


async def test_nothing_is_agreed_on_or_bought_of_what_is_not_sold(trade: Trade) -> None:
    await stop(trade)
    bolt, north = trade.depot.products["BOLT"].id, trade.channel.partners["NORTH"].id
    told = [("PRODUCT_NOT_SOLD", "productId", None)]
    for record in (
        SpecialPrice(partner_id=north, product_id=bolt, price=D(1)),
        Promotion(name="Spring", product_id=bolt, discount_percent=D(5)),
        ExpectedReceipt(
            location_id=trade.depot.locations["MAIN"].id, product_id=bolt, quantity=D(1), unit_cost=D(1)
        ),
    ):
        assert reasons(await refused(trade.app, record)) == told


async def test_of_many_receipts_those_of_unsold_products_are_refused(trade: Trade) -> None:
    await stop(trade)
    items = ", ".join(
        f'{{locationId: "{trade.depot["MAIN"]}", productId: "{trade.depot[code]}", quantity: "1", unitCost: "1"}}'
        for code in ("SAND", "BOLT")
    )
    call = f"createExpectedReceipts(inputs: [{items}])"
    assert await trade.channel.refused(call) == [("PRODUCT_NOT_SOLD", "inputs.1.productId")]


async def test_partners_and_levels_get_lists_that_are_in_use(trade: Trade) -> None:
    north = trade.channel.partners["NORTH"]
    old = await saved(trade.app, kehu.PriceList(name="Old", currency="EUR", is_active=False))
    programme = await saved(trade.app, PartnerProgramme(name="Dealers"))
    told = [("PRICE_LIST_NOT_ACTIVE", "priceListId", None)]
    assert reasons(await change_refused(trade.app, north, price_list_id=old.id)) == told
    level = PartnerLevel(programme_id=programme.id, name="Gold", rank=1, price_list_id=old.id)
    assert reasons(await refused(trade.app, level)) == told


async def test_suppliers_bring_nothing_that_is_not_sold(trade: Trade) -> None:
    depot = trade.depot
    await stop(trade)
    call = f'receiveAtLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 1, unitCost=1)}])'
    assert await depot.refused(call) == [("PRODUCT_NOT_SOLD", "productId")]
    await stop(trade, **archived(trade))
    assert await depot.refused(call) == [("ARCHIVED", "productId")]


async def test_what_is_to_be_sold_later_is_made_and_what_is_archived_is_not(trade: Trade) -> None:
    depot = trade.depot
    works = await saved(
        trade.app, Location(code="WORKS", name="Works", usage=LocationUsage.PRODUCTION, currency="EUR")
    )
    await stop(trade)
    made = f'fromLocation: "{kehu.global_id("Location", works.id)}", lines: [{depot.line("BOLT", 1, unitCost=1)}]'
    call = f'receiveAtLocation(id: "{depot["MAIN"]}", {made})'
    await depot.do(call)
    await stop(trade, **archived(trade))
    assert await depot.refused(call) == [("ARCHIVED", "productId")]


async def test_what_was_ordered_while_it_was_sold_comes_in(trade: Trade) -> None:
    receipt = await saved(
        trade.app,
        ExpectedReceipt(
            location_id=trade.depot.locations["MAIN"].id,
            product_id=trade.depot.products["BOLT"].id,
            quantity=D(4),
            unit_cost=D(1),
        ),
    )
    await stop(trade)
    await trade.channel.do(f'receiveExpectedReceipt(id: "{kehu.global_id("ExpectedReceipt", receipt.id)}")')
    assert await trade.depot.stock("BOLT") == (D(4), D(0))


async def test_stock_of_what_is_not_sold_is_shipped_moved_counted_and_taken_back(trade: Trade) -> None:
    depot = trade.depot
    await depot.receive("BOLT", 20)
    key = await trade.order(("BOLT", 5))
    await trade.do(key, "submit")
    await stop(trade)
    line = await trade.line(key)

    await trade.do(key, "confirm", "ship", "invoice", "deliver")
    back = f'takeBack(lines: [{{lineId: "{line}", quantity: "1"}}], toLocation: "{depot["MAIN"]}", reason: "Bent")'
    await trade.do(key, back)
    await depot.issue("BOLT", 2)
    await depot.do(
        f'adjustAtLocation(id: "{depot["MAIN"]}", lines: [{depot.line("BOLT", 3)}], reason: FOUND)'
    )
    await depot.reserve("BOLT", 1)

    assert await depot.stock("BOLT") == (D(17), D(1))
