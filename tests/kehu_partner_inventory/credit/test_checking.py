"""Credit holds: for one partner, for its groups, and when many confirm at once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

import kehu
from kehu.kernel.ids import key_of
from kehu_partner_inventory import ChannelOrder
from kehu_partner_inventory.orders.actions import confirm
from tests.kehu.factories import changed
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

CONFIRMING = 16


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


async def test_an_order_above_the_limit_waits_and_goes_on_once_the_partner_has_paid(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 200)
    first, second = await trade.order(("BOLT", 80)), await trade.order(("BOLT", 30))
    await trade.do(first, "submit", "confirm", "ship", "invoice")
    await trade.do(second, "submit")
    assert await trade.status(second) == "CREDIT_HOLD"
    assert await trade.refused(second, "confirm") == [("CREDIT_EXCEEDED", "partner")]
    assert await trade.depot.stock("BOLT") == (D(120), D(0))

    await trade.channel.do(f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", amount: "100")')
    await trade.do(second, "confirm")
    assert (await trade.status(second), await trade.exposure()) == ("ALLOCATED", "1000")


async def test_who_may_releases_it_for_a_reason(trade: Trade) -> None:
    key = await trade.order(("BOLT", 101))
    await trade.do(key, "submit")
    assert await trade.refused(key, 'release(reason: " ")') == [("ORDER_REASON_MISSING", "reason")]
    await trade.do(key, 'release(reason: "A guarantee came.")')
    assert await trade.seen(key, "status releaseReason") == {
        "status": "CONFIRMED",
        "releaseReason": "A guarantee came.",
    }
    assert await trade.exposure() == "1010"


async def test_a_group_owes_no_more_than_its_limit_together(trade: Trade) -> None:
    await changed(trade.app, trade.channel.partners["AGENT"], group_credit_limit=D(1500))
    north = await trade.order(("BOLT", 80), by="NORTH")
    await trade.do(north, "submit", "confirm")
    for code, submitted in (("SOUTH", "CREDIT_HOLD"), ("RIVAL", "SUBMITTED")):
        key = await trade.order(("BOLT", 80), by=code)
        await trade.do(key, "submit")
        assert await trade.status(key) == submitted
    corner = await trade.order(("BOLT", 70), by="CORNER")
    await trade.do(corner, "submit", "confirm")
    assert await trade.exposure("CORNER") == "700"


async def test_a_partner_without_a_limit_owes_nothing(trade: Trade) -> None:
    await changed(trade.app, trade.channel.partners["NORTH"], credit_limit=None)
    key = await trade.order(("SAND", 1))
    await trade.do(key, "submit")
    assert await trade.status(key) == "CREDIT_HOLD"


async def test_sixteen_confirmations_at_once_never_pass_the_limit(trade: Trade, depot_url: str) -> None:
    await trade.depot.receive("BOLT", 1000)
    keys = [await trade.order(("BOLT", 15)) for _ in range(CONFIRMING)]
    for key in keys:
        await trade.do(key, "submit")

    async def one(key: str) -> str:
        app = kehu.App(kehu.installed(["partner_inventory"]), depot_url)
        try:
            async with app.context() as ctx, ctx.write():
                await confirm(await ctx.get(ChannelOrder, key_of(key, "ChannelOrder")), ctx)
        except kehu.Refusal as refusal:
            return refusal.errors[0].code
        finally:
            await app.close()
        return "confirmed"

    outcomes = Counter(await asyncio.gather(*(one(key) for key in keys)))
    assert outcomes == {"confirmed": 6, "CREDIT_EXCEEDED": 10}
    assert await trade.exposure() == "900"
    assert await trade.depot.stock("BOLT") == (D(1000), D(90))
    await trade.depot.books_balance()
