"""The price of a product for a partner, through the API on both databases."""

from __future__ import annotations

import random
from datetime import date

import pytest

import kehu
from kehu_partner_inventory import PartnerLevel, PartnerProgramme, Promotion, SpecialPrice
from tests.kehu.factories import changed, refused, saved
from tests.kehu_partner_inventory.channel import Channel, open_channel
from tests.kehu_partner_inventory.depot import D, Depot, depot_of
from tests.kehu_partner_inventory.pricing.reference import Case, expected, random_case

SHOWN = "{ unitPrice currency priceTrace { kind name value price } }"


@pytest.fixture
async def channel(app: kehu.App) -> Channel:
    return await open_channel(app)


@pytest.fixture
async def depot(channel: Channel) -> Depot:
    return await depot_of(channel.app)


async def listed(channel: Channel, depot: Depot) -> tuple[kehu.PriceList, PartnerLevel]:
    """A list with a bolt at 10.00, 9.00 from 100 on, and NORTH on a level with 10 % off."""
    prices = await saved(channel.app, kehu.PriceList(name="Dealers", currency="EUR"))
    for least, price in ((1, 10), (100, 9)):
        item = kehu.PriceListItem(
            price_list_id=prices.id,
            product_id=depot.products["BOLT"].id,
            min_quantity=D(least),
            price=D(price),
        )
        await saved(channel.app, item)
    programme = await saved(channel.app, PartnerProgramme(name="Dealers"))
    gold = await saved(
        channel.app,
        PartnerLevel(
            programme_id=programme.id, name="Gold", rank=1, discount_percent=D(10), price_list_id=prices.id
        ),
    )
    await changed(channel.app, channel.partners["NORTH"], level_id=gold.id)
    return prices, gold


def asked(channel: Channel, depot: Depot, quantity: object, code: str = "NORTH", more: str = "") -> str:
    return (
        f'{{ partnerPrice(partner: "{channel[code]}", product: "{depot["BOLT"]}", '
        f'quantity: "{quantity}"{more}) {SHOWN} }}'
    )


async def test_a_portal_user_sees_why_a_price_is_what_it_is(channel: Channel, depot: Depot) -> None:
    await listed(channel, depot)
    promotion = Promotion(
        name="Spring", product_id=depot.products["BOLT"].id, discount_percent=D(5), min_quantity=D(1)
    )
    await saved(channel.app, promotion)

    found = await channel.ask(asked(channel, depot, 100), to=await channel.user_of("NORTH"))
    assert found["partnerPrice"] == {
        "unitPrice": "7.695",
        "currency": "EUR",
        "priceTrace": [
            {"kind": "PRICE_LIST", "name": "Dealers", "value": "10", "price": "10"},
            {"kind": "LEVEL_DISCOUNT", "name": "Gold", "value": "10", "price": "9"},
            {"kind": "QUANTITY_BREAK", "name": "Dealers", "value": "9", "price": "8.1"},
            {"kind": "PROMOTION", "name": "Spring", "value": "5", "price": "7.695"},
        ],
    }


async def test_rules_hold_for_their_days_their_category_and_their_level(
    channel: Channel, depot: Depot
) -> None:
    prices, gold = await listed(channel, depot)
    tools = await saved(channel.app, kehu.ProductCategory(name="Tools"))
    small = await saved(channel.app, kehu.ProductCategory(name="Small", parent_id=tools.id))
    await changed(channel.app, depot.products["BOLT"], category_id=small.id)
    await changed(channel.app, channel.partners["SOUTH"], price_list_id=prices.id)
    rules = (
        Promotion(name="Tools", category_id=tools.id, discount_percent=D(20), level_id=gold.id),
        Promotion(name="Past", discount_percent=D(90), valid_until_on=date(2026, 3, 1)),
        SpecialPrice(
            partner_id=channel.partners["SOUTH"].id,
            product_id=depot.products["BOLT"].id,
            price=D("1.5"),
            valid_from_on=date(2026, 4, 1),
        ),
    )
    for rule in rules:
        await saved(channel.app, rule)

    async def price(code: str, more: str = "") -> str:
        answer = await channel.ask(asked(channel, depot, 1, code, more))
        return str(answer["partnerPrice"]["unitPrice"])

    assert await price("NORTH") == "7.2"
    assert await price("SOUTH") == "10"
    assert await price("SOUTH", ', on: "2026-04-01"') == "1.5"
    assert await price("SOUTH", ', on: "2026-03-01"') == "1"


async def test_what_has_no_price_or_one_in_another_currency_is_refused(
    channel: Channel, depot: Depot
) -> None:
    answer = await channel.api.execute(asked(channel, depot, 1), {}, principal=kehu.SYSTEM)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["NO_PRICE"]
    dollars = await saved(channel.app, kehu.PriceList(name="Dollars", currency="USD"))
    programme = await saved(channel.app, PartnerProgramme(name="Abroad"))
    abroad = PartnerLevel(programme_id=programme.id, name="Abroad", rank=1, price_list_id=dollars.id)
    await saved(channel.app, abroad)
    await changed(channel.app, channel.partners["NORTH"], level_id=abroad.id)
    answer = await channel.api.execute(asked(channel, depot, 1), {}, principal=kehu.SYSTEM)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PRICE_IN_OTHER_CURRENCY"]


async def test_impossible_rules_are_refused(channel: Channel, depot: Depot) -> None:
    north, bolt = channel.partners["NORTH"].id, depot.products["BOLT"].id
    errors = await refused(channel.app, Promotion(name="All", discount_percent=D(101)))
    assert [error.code for error in errors] == ["IMPOSSIBLE_PRICE_RULE"]
    errors = await refused(channel.app, SpecialPrice(partner_id=north, product_id=bolt, price=D(-1)))
    assert [error.code for error in errors] == ["IMPOSSIBLE_PRICE_RULE"]
    await saved(channel.app, SpecialPrice(partner_id=north, product_id=bolt, price=D(1)))
    errors = await refused(channel.app, SpecialPrice(partner_id=north, product_id=bolt, price=D(2)))
    assert [error.code for error in errors] == ["DUPLICATE"]


async def test_random_books_of_rules_give_the_price_of_the_reference(channel: Channel) -> None:
    chance = random.Random(11)
    for turn in range(12):
        case = random_case(chance)
        key = await stored(channel, turn, case)
        document = (
            f'{{ partnerPrice(partner: "{channel["NORTH"]}", product: "{key}", '
            f'quantity: "{case.quantity}") {{ unitPrice }} }}'
        )
        answer = await channel.api.execute(document, {}, principal=kehu.SYSTEM)
        wanted = expected(case)
        if wanted is None:
            assert answer["errors"][0]["extensions"]["code"] == "NO_PRICE"
        else:
            assert D(answer["data"]["partnerPrice"]["unitPrice"]) == wanted, case


async def stored(channel: Channel, turn: int, case: Case) -> str:
    """The id of a product whose rules for NORTH are those of the case."""
    app, north = channel.app, channel.partners["NORTH"]
    product = await saved(app, kehu.Product(code=f"P{turn}", name="Product"))
    prices = await saved(app, kehu.PriceList(name=f"List {turn}", currency="EUR"))
    programme = await saved(app, PartnerProgramme(name=f"Programme {turn}"))
    percent = case.level_percent or D(0)
    level = PartnerLevel(programme_id=programme.id, name="Level", rank=1, discount_percent=percent)
    await saved(app, level)
    await changed(app, north, price_list_id=prices.id, level_id=level.id)
    async with app.context() as ctx, ctx.write():
        of = {"product_id": product.id}
        for least, price in case.listed:
            ctx.add(kehu.PriceListItem(price_list_id=prices.id, min_quantity=least, price=price, **of))
        for priority, off, least in case.promotions:
            ctx.add(Promotion(name="P", discount_percent=off, min_quantity=least, priority=priority, **of))
        for least, price in case.special:
            ctx.add(SpecialPrice(partner_id=north.id, min_quantity=least, price=price, **of))
    return kehu.global_id("Product", product.id)
