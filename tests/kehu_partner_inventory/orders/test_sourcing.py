"""Where an order is met from, why, and who gets what comes later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.jobs.models import Job
from kehu_partner_inventory import ExpectedReceipt, Location, LocationUsage, Partner
from kehu_partner_inventory.orders.back_orders import allocate_back_orders
from kehu_partner_inventory.orders.models import ChannelOrder
from kehu_partner_inventory.orders.sourcing import distance_km, in_order
from tests.kehu.factories import change_refused, changed, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

HAMBURG, MUNICH, SHANGHAI = ("53.55", "9.99"), ("48.14", "11.58"), ("31.23", "121.47")
ALLOCATED = (
    "status lines { nodes { allocated filled promisedOn "
    "allocations { nodes { chosenFor distanceKm reservation { quantity location { code } } } } } }"
)


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


def at(place: tuple[str, str]) -> dict[str, Decimal]:
    """A place on the map."""
    return {"latitude": D(place[0]), "longitude": D(place[1])}


def test_distances_are_those_of_a_sphere() -> None:
    dealer = Partner(**at(HAMBURG))
    assert distance_km(dealer, Location(**at(HAMBURG))) == 0
    assert distance_km(dealer, Location(**at(MUNICH))) == 612
    assert distance_km(dealer, Location(**at(SHANGHAI))) == 8522
    assert distance_km(dealer, Location()) is None


def test_the_nearest_comes_first_and_what_is_on_no_map_last() -> None:
    places = [
        Location(id=kehu.uuid7(), code=code, **at(place))
        for code, place in (("S", SHANGHAI), ("M", MUNICH), ("H", HAMBURG))
    ] + [Location(id=kehu.uuid7(), code=code) for code in ("Z", "A")]
    found = in_order(ChannelOrder(), Partner(**at(HAMBURG)), places)
    codes = {place.id: place.code for place in places}
    assert [(codes[each.location_id], each.reason.name) for each in found] == [
        ("H", "NEAREST"),
        ("M", "NEXT_NEAREST"),
        ("S", "NEXT_NEAREST"),
        ("A", "BY_CODE"),
        ("Z", "BY_CODE"),
    ]


async def test_an_order_is_met_from_the_nearest_location_that_has_it(trade: Trade) -> None:
    await changed(trade.app, trade.channel.partners["NORTH"], **at(HAMBURG))
    await changed(trade.app, trade.depot.locations["MAIN"], **at(SHANGHAI))
    await changed(trade.app, trade.depot.locations["SIDE"], **at(MUNICH))
    await trade.depot.receive("BOLT", 10)
    await trade.depot.receive("BOLT", 4, at="SIDE")
    key = await trade.order(("BOLT", 6))
    await trade.do(key, "submit", "confirm")

    [line] = (await trade.seen(key, ALLOCATED))["lines"]["nodes"]
    assert line["filled"] == "6"
    assert [
        (each["chosenFor"], each["distanceKm"], each["reservation"]["location"]["code"])
        for each in line["allocations"]["nodes"]
    ] == [("NEAREST", 612, "SIDE"), ("NEXT_NEAREST", 8522, "MAIN")]
    await trade.depot.books_balance()


async def test_half_a_place_is_nowhere(trade: Trade) -> None:
    [error] = await change_refused(trade.app, trade.depot.locations["MAIN"], latitude=D(1))
    assert error.code == "NOT_ON_THE_MAP"
    wrong = {"latitude": D(91), "longitude": D(1)}
    [error] = await change_refused(trade.app, trade.channel.partners["NORTH"], **wrong)
    assert error.code == "NOT_ON_THE_MAP"


async def test_goods_that_come_in_go_to_who_waits_the_highest_priority_first(trade: Trade) -> None:
    first = await trade.order(("BOLT", 3))
    urgent = await trade.order(("BOLT", 4), by="SOUTH", more=", priority: 5")
    for key in (first, urgent):
        await trade.do(key, "submit", "confirm")
    await trade.depot.receive("BOLT", 5)

    await jobs_run(trade)

    assert [await held(trade, key) for key in (urgent, first)] == [("ALLOCATED", "4"), ("CONFIRMED", "1")]
    await trade.depot.receive("BOLT", 2)
    await jobs_run(trade)
    assert await held(trade, first) == ("ALLOCATED", "3")
    assert (await trade.seen(first, "lines { nodes { filled } }"))["lines"]["nodes"] == [{"filled": "0"}]
    await trade.depot.books_balance()


async def test_what_is_given_up_goes_to_who_waits(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 3)
    early, late = await trade.order(("BOLT", 3)), await trade.order(("BOLT", 2), by="SOUTH")
    for key in (early, late):
        await trade.do(key, "submit", "confirm")
    await trade.do(early, 'cancel(reason: "Not needed")')
    await jobs_run(trade)
    assert await held(trade, late) == ("ALLOCATED", "2")


async def test_nothing_is_tried_again_where_nobody_waits(trade: Trade) -> None:
    await trade.depot.receive("BOLT", 5)
    async with trade.app.context() as ctx:
        assert (await ctx.session.scalars(sa.select(Job.name))).all() == []


async def test_promises_leave_to_others_what_they_wait_for(trade: Trade) -> None:
    keys = [await trade.order(("BOLT", 3)), await trade.order(("BOLT", 2), by="SOUTH")]
    for key in keys:
        await trade.do(key, "submit", "confirm")
    for day, quantity in ((10, 3), (20, 2)):
        await saved(
            trade.app,
            ExpectedReceipt(
                location_id=trade.depot.locations["MAIN"].id,
                product_id=trade.depot.products["BOLT"].id,
                quantity=D(quantity),
                unit_cost=D(1),
                due_on=date(2026, 3, day),
            ),
        )
    await jobs_run(trade)
    promised = [(await trade.seen(key, ALLOCATED))["lines"]["nodes"][0]["promisedOn"] for key in keys]
    assert promised == ["2026-03-10", "2026-03-20"]


async def test_fill_rate_and_cycle_time_by_partner(trade: Trade, clock: Clock) -> None:
    await trade.depot.receive("BOLT", 10)
    whole = await trade.order(("BOLT", 6), more=', wantedOn: "2026-03-02"')
    half = await trade.order(("BOLT", 8))
    for key in (whole, half):
        await trade.do(key, "submit", "confirm")
    clock.advance(hours=30)
    await trade.depot.receive("BOLT", 4)
    await jobs_run(trade)
    await trade.do(whole, "ship")
    clock.advance(hours=3)
    await trade.do(half, "ship")

    found = await trade.channel.ask(
        f"""{{
        fillRates(fromOn: "2026-03-01", untilOn: "2026-03-31") {{
            partner {{ code }} orders lines ordered filled quantityPercent linesPercent ordersPercent }}
        cycleTimes(fromOn: "2026-03-01", untilOn: "2026-03-31", partner: "{trade.channel["AGENT"]}") {{
            partner {{ code }} orders meanHours medianHours longestHours late }}
        none: cycleTimes(fromOn: "2026-03-01", untilOn: "2026-03-31", partner: "{trade.channel["RIVAL"]}") {{ orders }}
        }}"""
    )
    assert found["fillRates"] == [
        {
            "partner": {"code": "NORTH"},
            "orders": 2,
            "lines": 2,
            "ordered": "14",
            "filled": "10",
            "quantityPercent": "71.4",
            "linesPercent": "50",
            "ordersPercent": "50",
        }
    ]
    assert found["cycleTimes"] == [
        {
            "partner": {"code": "NORTH"},
            "orders": 2,
            "meanHours": "31.5",
            "medianHours": "31.5",
            "longestHours": "33",
            "late": 1,
        }
    ]
    assert found["none"] == []


async def test_dealers_see_what_we_show_them(trade: Trade) -> None:
    await changed(trade.app, trade.depot.locations["SIDE"], is_shown_to_partners=True)
    await trade.depot.receive("BOLT", 10)
    await trade.depot.receive("BOLT", 4, at="SIDE")
    await trade.depot.reserve("BOLT", 1, at="SIDE")
    dealer = await trade.channel.user_of("NORTH")
    bolt = trade.depot["BOLT"]

    found = await trade.channel.ask(
        f'{{ product(id: "{bolt}") {{ onHand available incoming }} '
        f'availability(products: ["{bolt}"]) {{ available }} locations {{ nodes {{ code usage }} }} '
        "stockBalances { nodes { location { code } } } }",
        to=dealer,
    )

    assert found["product"] == {"onHand": "4", "available": "3", "incoming": "0"}
    assert found["availability"] == [{"available": "3"}]
    assert found["locations"]["nodes"] == [{"code": "SIDE", "usage": LocationUsage.INTERNAL.name}]
    assert found["stockBalances"]["nodes"] == [{"location": {"code": "SIDE"}}]


async def test_who_may_agrees_on_prices(trade: Trade) -> None:
    key = await trade.order()
    line = (
        f'{{productId: "{trade.depot["BOLT"]}", quantity: "3", unitPrice: "14", discountPercent: "15"}}, '
        f'{{productId: "{trade.depot["SAND"]}", quantity: "2", discountPercent: "10"}}'
    )
    await trade.channel.do(f'setLinesChannelOrder(id: "{key}", lines: [{line}])')
    seen = await trade.seen(
        key, "totalAmount lines { nodes { unitPrice netAmount priceTrace { kind value price } } }"
    )
    assert seen["totalAmount"] == "40.2"
    assert [each["netAmount"] for each in seen["lines"]["nodes"]] == ["35.7", "4.5"]
    assert seen["lines"]["nodes"][0]["priceTrace"] == [
        {"kind": "AGREED_PRICE", "value": "14", "price": "14"},
        {"kind": "LINE_DISCOUNT", "value": "15", "price": "11.9"},
    ]
    dealer = await trade.channel.user_of("NORTH")
    refused = await trade.channel.refused(f'setLinesChannelOrder(id: "{key}", lines: [{line}])', to=dealer)
    assert [code for code, _ in refused] == ["FORBIDDEN"]
    wrong = line.replace('"15"', '"101"')
    assert await trade.channel.refused(f'setLinesChannelOrder(id: "{key}", lines: [{wrong}])') == [
        ("IMPOSSIBLE_LINE", "lines.0.unitPrice")
    ]


async def held(trade: Trade, key: str) -> tuple[str, str]:
    """Where an order stands, and how much of its first line is held back."""
    seen = await trade.seen(key, "status lines { nodes { allocated } }")
    return seen["status"], seen["lines"]["nodes"][0]["allocated"]


async def jobs_run(trade: Trade) -> None:
    """What waits for the workers is done."""
    async with trade.app.context() as ctx:
        jobs = (await ctx.session.scalars(sa.select(Job))).all()
        assert jobs
        for job in jobs:
            assert job.name == "partner_inventory.allocate_back_orders"
            await allocate_back_orders(ctx, **job.arguments)
    async with trade.app.engine.begin() as connection:
        await connection.execute(sa.delete(Job))
