"""What partners were to pay and paid, by month, on both databases."""

from __future__ import annotations

from typing import Any

import kehu
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.trade import open_trade

PERIOD = 'fromOn: "2026-01-01", untilOn: "2026-12-31"'
FIGURES = ("month", "due", "paidInTime", "received", "currency")


async def test_collections_are_told_by_partner_and_month(app: kehu.App, clock: Clock) -> None:
    trade = await open_trade(app)
    await trade.depot.receive("BOLT", 100)
    for code, quantity in (("NORTH", 7), ("RIVAL", 2)):
        key = await trade.order(("BOLT", quantity), by=code)
        await trade.do(key, "submit", "confirm", "ship", "invoice")
    for days, amount in ((10, 30), (31, 40)):
        clock.advance(days=days)
        await trade.channel.do(f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", amount: "{amount}")')

    ask = f"{{ collections({PERIOD}) {{ partner {{ code }} {' '.join(FIGURES)} }} }}"
    found = (await trade.channel.ask(ask))["collections"]

    rows = [(each["partner"]["code"], *(each[name] for name in FIGURES)) for each in found]
    assert rows == [
        ("NORTH", "2026-03", "0", "0", "30", "EUR"),
        ("NORTH", "2026-04", "70", "30", "40", "EUR"),
        ("RIVAL", "2026-04", "20", "0", "0", "EUR"),
    ]
    north = await trade.channel.user_of("NORTH")
    seen = (await trade.channel.ask(ask, to=north))["collections"]
    assert {each["partner"]["code"] for each in seen} == {"NORTH"}


async def test_sales_are_told_by_region_and_by_the_tier_of_the_day(app: kehu.App, clock: Clock) -> None:
    trade = await open_trade(app)
    await trade.depot.receive("BOLT", 100)
    place: dict[str, Any] = {"lines": "1 Street", "country": "DE", "province": "Bayern"}
    customer = trade.channel.partners["NORTH"].customer_id
    await saved(app, kehu.Address(customer_id=customer, **place))
    await saved(
        app, kehu.Address(customer_id=customer, **(place | {"province": "Hessen", "is_primary": True}))
    )
    async with app.context() as ctx:
        rival = await ctx.get(kehu.Customer, trade.channel.partners["RIVAL"].customer_id)
    await changed(app, rival, country="FR")
    for code in ("NORTH", "RIVAL", "NORTH"):
        key = await trade.order(("BOLT", 1), by=code)
        await trade.do(key, "submit", "confirm", "ship", "invoice")
        clock.advance(days=1)
        await changed(app, trade.channel.partners["NORTH"], parent_id=None)

    ask = (
        f"{{ tiers: channelSales({PERIOD}, by: TIER) {{ key amount }} "
        f"regions: channelSales({PERIOD}, by: REGION) {{ key amount }} }}"
    )
    found = await trade.channel.ask(ask)

    assert found == {
        "tiers": [{"key": "1", "amount": "20"}, {"key": "2", "amount": "10"}],
        "regions": [{"key": "DE Hessen", "amount": "20"}, {"key": "FR", "amount": "10"}],
    }
