"""What partners bought, in every cut; the cuts sum to the same, and show what the reader may see."""

from __future__ import annotations

from decimal import Decimal

import pytest

import kehu
from kehu_partner_inventory.billing.reports import SalesBy
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

PERIOD = 'fromOn: "2026-01-01", untilOn: "2026-12-31"'


@pytest.fixture
async def trade(app: kehu.App, clock: Clock) -> Trade:
    """NORTH buys bolts in March and brings one back in April, AGENT buys sand, RIVAL bolts."""
    opened = await open_trade(app)
    for code in ("BOLT", "SAND"):
        await opened.depot.receive(code, 100)
    sold = [await opened.order(("BOLT", 7)), await opened.order(("SAND", 4), by="AGENT")]
    sold.append(await opened.order(("BOLT", 1), by="RIVAL"))
    for key in sold:
        await opened.do(key, "submit", "confirm", "ship", "invoice")
    clock.advance(days=31)
    line = await opened.line(sold[0])
    await opened.do(
        sold[0],
        f'takeBack(lines: [{{lineId: "{line}", quantity: "1"}}], toLocation: "{opened.depot["MAIN"]}", '
        'reason: "Rusty.")',
    )
    return opened


async def sales(trade: Trade, by: SalesBy, to: kehu.Principal = kehu.SYSTEM) -> dict[str, tuple[str, str]]:
    found = await trade.channel.ask(
        f"{{ channelSales({PERIOD}, by: {by.name}) {{ key currency quantity amount }} }}", to=to
    )
    assert {row["currency"] for row in found["channelSales"]} == {"EUR"}
    return {row["key"]: (row["quantity"], row["amount"]) for row in found["channelSales"]}


async def test_sales_in_every_cut_sum_to_the_same(trade: Trade) -> None:
    cuts = {by: await sales(trade, by) for by in SalesBy}
    assert cuts == {
        SalesBy.PARTNER: {"AGENT": ("4", "10"), "NORTH": ("6", "60"), "RIVAL": ("1", "10")},
        SalesBy.TIER: {"1": ("5", "20"), "2": ("6", "60")},
        SalesBy.PRODUCT: {"BOLT": ("7", "70"), "SAND": ("4", "10")},
        SalesBy.REGION: {"": ("11", "80")},
        SalesBy.MONTH: {"2026-03": ("12", "90"), "2026-04": ("-1", "-10")},
    }
    assert {sum((D(amount) for _, amount in cut.values()), Decimal(0)) for cut in cuts.values()} == {D(80)}


async def test_a_portal_user_sees_its_own_sales(trade: Trade) -> None:
    north = await trade.channel.user_of("NORTH")
    assert await sales(trade, SalesBy.PARTNER, north) == {"NORTH": ("6", "60")}
