"""Orders of partners from draft to closing, through the API on both databases."""

from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.business.approvals.models import ApprovalRequest, ApprovalRule
from kehu_partner_inventory import (
    ExpectedReceipt,
    Location,
    LocationUsage,
    PartnerAuthorisation,
    StockBalance,
)
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade


async def test_an_order_from_draft_to_closing(trade: Trade, clock: Clock) -> None:
    await trade.depot.receive("BOLT", 20)
    await trade.depot.receive("SAND", 20)
    key = await trade.order(("BOLT", 3), ("SAND", 5))
    await trade.do(key, "submit", "confirm")
    clock.advance(hours=30)
    await trade.do(key, "ship", "deliver")
    assert await trade.refused(key, "close") == [("NOT_BILLED", None)]
    await trade.do(key, "invoice", "close")

    found = await trade.seen(
        key,
        "number status currency totalAmount unbilledAmount orderToShipHours "
        "lines { nodes { quantity unitPrice amount shipped billed priceTrace { kind price } } } "
        "invoices { nodes { number amount openAmount dueOn lines { nodes { quantity amount } } } }",
    )
    assert found == {
        "number": "C-2026-00001",
        "status": "CLOSED",
        "currency": "EUR",
        "totalAmount": "42.5",
        "unbilledAmount": "0",
        "orderToShipHours": 30,
        "lines": {
            "nodes": [
                {
                    "quantity": quantity,
                    "unitPrice": price,
                    "amount": amount,
                    "shipped": quantity,
                    "billed": quantity,
                    "priceTrace": [{"kind": "PRICE_LIST", "price": price}],
                }
                for quantity, price, amount in (("3", "10", "30"), ("5", "2.5", "12.5"))
            ]
        },
        "invoices": {
            "nodes": [
                {
                    "number": "I-2026-00001",
                    "amount": "42.5",
                    "openAmount": "42.5",
                    "dueOn": "2026-04-02",
                    "lines": {
                        "nodes": [{"quantity": "3", "amount": "30"}, {"quantity": "5", "amount": "12.5"}]
                    },
                }
            ]
        },
    }
    assert await trade.depot.stock("BOLT") == (D(17), D(0))
    await trade.depot.books_balance()


async def test_goods_come_from_several_locations_and_the_rest_is_promised(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 4)
    await trade.depot.receive("BOLT", 3, at="SIDE")
    receipt = ExpectedReceipt(
        location_id=trade.depot.locations["MAIN"].id,
        product_id=trade.depot.products["BOLT"].id,
        quantity=D(10),
        unit_cost=D(1),
    )
    receipt = await saved(trade.app, receipt)
    await changed(trade.app, receipt, due_on=(await _today(trade)))
    key = await trade.order(("BOLT", 9), more=f', sourceLocationId: "{trade.depot["SIDE"]}"')
    await trade.do(key, "submit", "confirm")

    shown = (
        "status lines { nodes { allocated shipped promisedOn allocations { nodes { reservation "
        "{ quantity location { code } } } } } }"
    )
    found = await trade.seen(key, shown)
    held = [
        (each["reservation"]["location"]["code"], each["reservation"]["quantity"])
        for each in found["lines"]["nodes"][0].pop("allocations")["nodes"]
    ]
    assert sorted(held) == [("MAIN", "4"), ("SIDE", "3")]
    assert found == {
        "status": "CONFIRMED",
        "lines": {"nodes": [{"allocated": "7", "shipped": "0", "promisedOn": "2026-03-02"}]},
    }
    line = await trade.line(key)
    await trade.do(key, f'ship(lines: [{{lineId: "{line}", quantity: "5"}}])')
    assert await trade.status(key) == "PARTLY_SHIPPED"
    await trade.depot.receive("BOLT", 10)
    await trade.do(key, "allocate", "ship")
    assert await trade.status(key) == "SHIPPED"
    assert await trade.depot.stock("BOLT") == (D(8), D(0))
    await trade.depot.books_balance()


async def test_what_a_partner_buys_lies_at_its_own_location_and_comes_back_from_there(trade: Trade) -> None:
    north = trade.channel.partners["NORTH"]
    shelf = Location(
        code="NORTHERN", name="N", usage=LocationUsage.PARTNER, currency="EUR", holder_id=north.customer_id
    )
    await saved(trade.app, shelf)
    await trade.depot.receive("BOLT", 20)
    key = await trade.order(("BOLT", 6))
    await trade.do(key, "submit", "confirm", "ship", "invoice")
    line = await trade.line(key)
    back = (
        f'takeBack(lines: [{{lineId: "{line}", quantity: "2"}}], toLocation: "{trade.depot["MAIN"]}", '
        'reason: "{why}")'
    )
    assert await trade.refused(key, back.replace("{why}", " ")) == [("ORDER_REASON_MISSING", "reason")]
    await trade.do(key, back.replace("{why}", "Rusty."))

    assert await stock_at(trade, "NORTHERN") == D(4)
    found = await trade.seen(key, "invoices { nodes { number amount reason } } lines { nodes { returned } }")
    assert found["invoices"]["nodes"] == [
        {"number": "I-2026-00002", "amount": "-20", "reason": "Rusty."},
        {"number": "I-2026-00001", "amount": "60", "reason": None},
    ]
    assert found["lines"]["nodes"] == [{"returned": "2"}]
    assert await trade.depot.stock("BOLT") == (D(16), D(0))
    assert await trade.exposure() == "40"
    await trade.depot.books_balance()


async def test_pieces_with_serial_numbers_are_ordered_and_shipped(trade: Trade) -> None:
    await trade.depot.receive("PUMP", None, serials=["S1", "S2"], cost=50)
    key = await trade.order(("PUMP", 2))
    await trade.do(key, "submit", "confirm", "ship")
    assert await trade.status(key) == "SHIPPED"
    assert await trade.depot.stock("PUMP") == (D(0), D(0))


async def test_a_cancelled_order_holds_nothing_and_owes_nothing(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 20)
    key = await trade.order(("BOLT", 3))
    await trade.do(key, "submit", "confirm")
    assert (await trade.depot.stock("BOLT"), await trade.exposure()) == ((D(20), D(3)), "30")
    assert await trade.refused(key, 'cancel(reason: " ")') == [("ORDER_REASON_MISSING", "reason")]
    await trade.do(key, 'cancel(reason: "Too late.")')
    assert (await trade.depot.stock("BOLT"), await trade.exposure()) == ((D(20), D(0)), "0")
    await trade.depot.books_balance()


async def test_orders_above_an_amount_wait_for_approval(trade: Trade) -> None:
    boss = await saved(trade.app, kehu.User(name="Boss"))
    rule = ApprovalRule(name="Large", kind="partner_inventory.order", above=D(50), approver_id=boss.id)
    await saved(trade.app, rule)
    small, large = await trade.order(("BOLT", 5)), await trade.order(("BOLT", 6))
    await trade.do(small, "submit")
    await trade.do(large, "submit")
    assert (await trade.status(small), await trade.status(large)) == ("SUBMITTED", "APPROVAL")
    assert await trade.refused(large, "confirm") == [("CHANNEL_ORDER_IN_OTHER_STATE", "status")]

    async with trade.app.context() as ctx, ctx.write():
        (await ctx.session.scalars(sa.select(ApprovalRequest))).one().move("approve", at=ctx.now())
    assert await trade.status(large) == "SUBMITTED"


async def test_only_active_partners_order_and_only_what_they_may_sell(trade: Trade) -> None:
    north, sand = trade.channel.partners["NORTH"], trade.depot.products["SAND"]
    await saved(trade.app, PartnerAuthorisation(partner_id=north.id, product_id=sand.id))
    key = await trade.order(("SAND", 1))
    other = await trade.order(("BOLT", 1))
    assert await trade.refused(other, "submit") == [("NOT_AUTHORISED", "lines")]
    await trade.channel.do(f'suspendPartner(id: "{trade.channel["NORTH"]}", reason: "Does not pay.")')
    assert await trade.refused(key, "submit") == [("PARTNER_NOT_ACTIVE", "partner")]
    assert await trade.status(key) == "DRAFT"


async def test_nothing_is_ordered_after_the_last_day_of_the_contract(trade: Trade, clock: Clock) -> None:
    north = trade.channel.partners["NORTH"]
    await changed(trade.app, north, contract_until_on=clock.now.date())
    draft, submitted = await trade.order(("BOLT", 1)), await trade.order(("BOLT", 1))
    await trade.do(submitted, "submit")
    clock.advance(days=1)
    assert await trade.refused(draft, "submit") == [("CONTRACT_ENDED", "partner")]
    assert await trade.refused(submitted, "confirm") == [("CONTRACT_ENDED", "partner")]
    assert (await trade.status(draft), await trade.status(submitted)) == ("DRAFT", "SUBMITTED")
    await changed(trade.app, north, contract_until_on=clock.now.date())
    await trade.do(draft, "submit", "confirm")
    assert await trade.status(draft) == "CONFIRMED"


async def test_impossible_orders_are_refused(trade: Trade) -> None:
    empty = await trade.order()
    assert await trade.refused(empty, "submit") == [("CHANNEL_ORDER_EMPTY", "lines")]
    assert await trade.channel.refused(trade.set_lines(empty, ("BOLT", 0))) == [
        ("IMPOSSIBLE_LINE", "lines.0.quantity")
    ]
    assert await trade.channel.refused(trade.set_lines(empty, ("MILK", 1))) == [
        ("NO_PRICE", "lines.0.productId")
    ]
    key = await trade.order(("BOLT", 1))
    await trade.do(key, "submit", "confirm")
    assert await trade.refused(key, "ship") == [("IMPOSSIBLE_LINE", "lines")]
    assert await trade.refused(key, "invoice") == [("NOTHING_TO_BILL", None)]


async def test_a_portal_user_orders_for_its_subtree_and_no_other(trade: Trade) -> None:
    north = await trade.channel.user_of("NORTH")
    key = await trade.order(("BOLT", 2), by="CORNER", to=north)
    await trade.do(key, "submit", to=north)
    assert await trade.seen(key, "orderedBy { name } totalAmount", to=north) == {
        "orderedBy": {"name": "NORTH's user"},
        "totalAmount": "20",
    }
    assert [code for code, _ in await trade.refused(key, "confirm", to=north)] == ["FORBIDDEN"]
    others = f'createChannelOrder(input: {{partnerId: "{trade.channel["SOUTH"]}"}})'
    assert [code for code, _ in await trade.channel.refused(others, to=north)] == ["NOT_FOUND"]
    first = f'updateChannelOrder(input: {{id: "{key}", priority: 9}})'
    assert [code for code, _ in await trade.channel.refused(first, to=north)] == ["FORBIDDEN"]
    rival = await trade.order(("BOLT", 1), by="RIVAL")
    found = await trade.channel.ask(
        f'{{ channelOrder(id: "{rival}") {{ id }} channelOrders {{ totalCount }} '
        "channelOrderLines { totalCount } partnerInvoices { totalCount } }",
        to=north,
    )
    assert found == {
        "channelOrder": None,
        "channelOrders": {"totalCount": 1},
        "channelOrderLines": {"totalCount": 1},
        "partnerInvoices": {"totalCount": 0},
    }


async def stock_at(trade: Trade, code: str) -> object:
    """What is on hand at a location, of everything."""
    statement = sa.select(sa.func.sum(StockBalance.on_hand)).join(
        Location, Location.id == StockBalance.location_id
    )
    async with trade.app.context() as ctx:
        return await ctx.session.scalar(statement.where(Location.code == code))


async def _today(trade: Trade) -> object:
    async with trade.app.context() as ctx:
        return ctx.today()
