"""Alerts: one for each time that something is so, for those who are responsible, as long as it is so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu_partner_inventory import AlertState, Lot, ReorderRule, StockAlert
from kehu_partner_inventory.alerts.models import ALERT_STATES, AlertsFollow
from kehu_partner_inventory.alerts.watching import watch_stock
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.conftest import MORNING, Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

SHOWN = """{ stockAlerts(orderBy: {field: OPENED_AT}) { nodes {
    kind state location { code } product { code } lot { number } order { number } partner { code }
    owner { name } quantity threshold openedAt closedAt } } }"""


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    """NORTH keeps the SHOP; Mei looks after MAIN, and Liu after NORTH."""
    trade = await open_trade(app)
    north = trade.channel.partners["NORTH"]
    await changed(app, trade.depot.locations["SHOP"], holder_id=north.customer_id)
    for name, record in (("Mei", trade.depot.locations["MAIN"]), ("Liu", north)):
        user = await saved(app, kehu.User(name=name))
        await changed(app, record, owner_id=user.id)
    return trade


async def looked(trade: Trade) -> list[str]:
    """The kinds of the alerts that a look has opened."""
    done = await trade.channel.do("checkStockAlerts", "result { kind }")
    return sorted(each["kind"] for each in done["result"])


async def alerts(trade: Trade, to: kehu.Principal = kehu.SYSTEM) -> list[dict[str, Any]]:
    """All alerts, oldest first."""
    found = await trade.channel.ask(SHOWN, to=to)
    return list(found["stockAlerts"]["nodes"])


async def rule(trade: Trade, place: str = "MAIN", **levels: Any) -> ReorderRule:
    """Levels of bolts."""
    places, products = trade.depot.locations, trade.depot.products
    made = ReorderRule(location_id=places[place].id, product_id=products["BOLT"].id, **levels)
    return await saved(trade.app, made)


async def test_an_alert_is_opened_once_closed_and_opened_again(trade: Trade, clock: Clock) -> None:
    await rule(trade, minimum=D(5), maximum=D(8))
    await trade.depot.receive("BOLT", 3)
    assert await looked(trade) == ["BELOW_MINIMUM"]
    assert await looked(trade) == []
    clock.advance(hours=1)
    await trade.depot.receive("BOLT", 6)
    assert await looked(trade) == ["OVER_MAXIMUM"]
    clock.advance(hours=1)
    await trade.depot.issue("BOLT", 5)
    assert await looked(trade) == ["BELOW_MINIMUM"]

    found = await alerts(trade)
    figures = [(each["kind"], each["state"], each["quantity"], each["threshold"]) for each in found]
    assert figures == [
        ("BELOW_MINIMUM", "CLOSED", "3", "5"),
        ("OVER_MAXIMUM", "CLOSED", "9", "8"),
        ("BELOW_MINIMUM", "OPEN", "4", "5"),
    ]
    assert {each["owner"]["name"] for each in found} == {"Mei"}
    assert found[0]["closedAt"] == found[1]["openedAt"]


async def test_slow_movers_expiring_lots_and_late_orders(trade: Trade, clock: Clock) -> None:
    await trade.depot.receive("MILK", 2, at="SHOP", lot="L1")
    async with trade.app.context() as ctx, ctx.write():
        (await ctx.session.scalars(sa.select(Lot))).one().expires_on = date(2026, 4, 20)
    key = await trade.order(("BOLT", 1), more=', wantedOn: "2026-03-02"')
    await trade.do(key, "submit", "confirm")
    assert await looked(trade) == []
    clock.advance(days=1)
    assert await looked(trade) == ["LATE_SHIPMENT"]
    clock.advance(days=30)
    assert await looked(trade) == ["EXPIRING_LOT"]
    clock.advance(days=60)
    assert await looked(trade) == ["SLOW_MOVER"]

    found = await alerts(trade)
    assert [(each["partner"]["code"], each["owner"]["name"]) for each in found] == [("NORTH", "Liu")] * 3
    assert found[0]["order"] == {"number": "C-2026-00001"}
    assert [each["lot"] for each in found[1:]] == [{"number": "L1"}] * 2
    await trade.depot.receive("BOLT", 1)
    await trade.do(key, "allocate", "ship")
    assert await looked(trade) == []
    assert [each["state"] for each in await alerts(trade)] == ["CLOSED", "OPEN", "OPEN"]


async def test_partners_see_the_alerts_of_their_subtree(trade: Trade) -> None:
    await rule(trade, minimum=D(5))
    await rule(trade, "SHOP", minimum=D(2))
    assert await looked(trade) == ["BELOW_MINIMUM"] * 2
    seen = {code: len(await alerts(trade, await trade.channel.user_of(code))) for code in ("NORTH", "SOUTH")}
    assert seen == {"NORTH": 1, "SOUTH": 0}
    refused = await trade.channel.refused("checkStockAlerts", to=await trade.channel.user_of("AGENT"))
    assert [code for code, _ in refused] == ["FORBIDDEN"]


async def test_the_job_looks_too(trade: Trade) -> None:
    await rule(trade, minimum=D(5))
    async with trade.app.context() as ctx:
        await watch_stock(ctx)
    assert [each["kind"] for each in await alerts(trade)] == ["BELOW_MINIMUM"]


@pytest.mark.parametrize("state", AlertState)
def test_an_alert_goes_by_its_chart(state: AlertState) -> None:
    alert = StockAlert(state=state, subject="BELOW_MINIMUM:1")
    if ALERT_STATES.allows("close", state):
        alert.close(at=MORNING)
        assert (alert.state, alert.closed_at) == (AlertState.CLOSED, MORNING)
    else:
        with pytest.raises(AlertsFollow):
            alert.close(at=MORNING)


async def test_what_to_order_follows_what_sells_and_how_long_it_takes(trade: Trade, clock: Clock) -> None:
    await rule(trade, minimum=D(0), lead_time_days=14, safety_days=7, multiple=D(10))
    await trade.depot.receive("BOLT", 100)
    await trade.depot.issue("BOLT", 45)
    await trade.depot.do(
        f'moveFromLocation(id: "{trade.depot["MAIN"]}", toLocation: "{trade.depot["SHOP"]}", reason: SELL_IN, '
        f"lines: [{trade.depot.line('BOLT', 45)}])"
    )
    clock.advance(days=1)
    found = await trade.channel.ask(
        "{ suggestedReplenishment(windowDays: 30) { rule { leadTimeDays } sold perDay available incoming suggested } }"
    )
    # 3 a day for 21 days are 63, less the 10 that are there, in tens.
    assert found["suggestedReplenishment"] == [
        {
            "rule": {"leadTimeDays": 14},
            "sold": "90",
            "perDay": "3",
            "available": "10",
            "incoming": "0",
            "suggested": "60",
        }
    ]


def test_nothing_is_ordered_for_what_does_not_sell() -> None:
    slow = ReorderRule(lead_time_days=10, safety_days=0)
    assert slow.needed(D(0), window_days=30, position=D(0)) == 0
    assert slow.needed(D(3), window_days=30, position=D(0)) == 1
    assert slow.needed(Decimal(30), window_days=30, position=D(10)) == 0
