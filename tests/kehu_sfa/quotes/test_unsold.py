"""What is not sold, and lists that are not in use, get into no new offer; what was agreed goes on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import kehu
from kehu_sfa import Opportunity, OpportunityLine, Order, Quote
from tests.crm import reasons
from tests.kehu.factories import change_refused, changed, refused, saved, stored
from tests.kehu_sfa.factories import Stages, saved_opportunity
from tests.kehu_sfa.quotes.conftest import Shop


async def stop_selling(shop: Shop) -> None:
    await changed(shop.app, shop.product, is_active=False)
    await changed(shop.app, shop.prices, is_active=False)


async def test_a_line_of_a_product_that_is_not_sold_is_refused(shop: Shop) -> None:
    quote = await shop.quote()
    order = await saved(
        shop.app, Order(name="Press", customer_id=shop.customer.id, currency="EUR", owner_id=shop.ann.id)
    )
    await changed(shop.app, shop.product, is_active=False)

    for document in (quote, order):
        line = shop.lines('PRESS, unitPrice: "5"')
        assert await shop.refused("setLines", document, line) == [("PRODUCT_NOT_SOLD", "lines.0.product")]


async def test_of_many_quotes_those_with_unsold_products_are_refused(shop: Shop) -> None:
    quotes = [await shop.quote(), await shop.quote()]
    await changed(shop.app, shop.product, is_active=False)

    ids = ", ".join(f'"{kehu.global_id("Quote", each.id)}"' for each in quotes)
    call = f"setLinesQuotes(ids: [{ids}], {shop.lines()})"
    answer = await shop.ask(f"mutation {{ done: {call} {{ userErrors {{ code field }} }} }}")

    assert answer["done"]["userErrors"] == [
        {"code": "PRODUCT_NOT_SOLD", "field": "ids.0"},
        {"code": "PRODUCT_NOT_SOLD", "field": "ids.1"},
    ]


async def test_prices_come_from_lists_in_use(shop: Shop, stages: Stages) -> None:
    quote = await shop.quote()
    await changed(shop.app, shop.prices, is_active=False)

    assert await shop.refused("setLines", quote, shop.lines()) == [
        ("PRICE_LIST_NOT_ACTIVE", "lines.0.product")
    ]
    new = {"name": "New", "price_list_id": shop.prices.id}
    for record in (
        Opportunity(stage_id=stages.qualified.id, **new),
        Quote(customer_id=shop.customer.id, **new),
        Order(customer_id=shop.customer.id, **new),
    ):
        assert reasons(await refused(shop.app, record)) == [("PRICE_LIST_NOT_ACTIVE", "priceListId", None)]


async def test_a_line_of_a_deal_is_of_what_is_sold(shop: Shop, stages: Stages) -> None:
    deal = await saved_opportunity(shop.app, stages.qualified, currency="EUR")
    other = await saved(shop.app, kehu.Product(code="P2", name="Sleeve"))
    values: dict[str, Any] = {"opportunity_id": deal.id, "unit_price": Decimal(5)}
    line = await saved(shop.app, OpportunityLine(product_id=other.id, **values))
    await changed(shop.app, shop.product, is_active=False)

    new = OpportunityLine(product_id=shop.product.id, **values)
    told = [("PRODUCT_NOT_SOLD", "productId", None)]
    assert reasons(await refused(shop.app, new)) == told
    assert reasons(await change_refused(shop.app, line, product_id=shop.product.id)) == told
    await changed(shop.app, other, is_active=False)
    assert (await changed(shop.app, line, quantity=Decimal(2))).amount == Decimal(10)


async def test_a_clone_offers_anew_and_a_part_does_not(shop: Shop, stages: Stages) -> None:
    deal = await saved_opportunity(shop.app, stages.qualified, price_list_id=shop.prices.id)
    lines = [
        await saved(shop.app, OpportunityLine(opportunity_id=deal.id, product_id=shop.product.id))
        for _ in range(2)
    ]
    await stop_selling(shop)

    assert await shop.refused("clone", deal) == [("PRODUCT_NOT_SOLD", "id")]
    part = kehu.global_id("OpportunityLine", lines[0].id)
    await shop.call("split", deal, f'name: "Part", lines: ["{part}"]')
    assert (await stored(shop.app, deal)).amount == Decimal(1000)


async def test_an_offer_of_what_has_gone_out_of_sale_is_not_sent(shop: Shop) -> None:
    quote = await shop.quote()
    await changed(shop.app, shop.product, is_active=False)
    assert await shop.refused("send", quote) == [("PRODUCT_NOT_SOLD", "lines")]
    assert (await stored(shop.app, quote)).status.name == "DRAFT"


async def test_an_order_of_what_has_gone_out_of_sale_is_not_confirmed(shop: Shop) -> None:
    order = await saved(
        shop.app, Order(name="Press", customer_id=shop.customer.id, price_list_id=shop.prices.id)
    )
    await shop.call("setLines", order, shop.lines())
    await changed(shop.app, shop.product, is_active=False)
    assert await shop.refused("confirm", order) == [("PRODUCT_NOT_SOLD", "lines")]


async def test_what_a_customer_was_offered_is_accepted_and_confirmed(shop: Shop) -> None:
    quote = await shop.quote()
    await shop.call("send", quote)
    await stop_selling(shop)
    await changed(shop.app, shop.prices, archived_at=shop.app.clock())

    made = await shop.call("accept", quote, show="result { id totalAmount }")

    assert made["result"]["totalAmount"] == "1190"
    confirmed = f'confirmOrder(id: "{made["result"]["id"]}") {{ userErrors {{ code }} }}'
    assert (await shop.ask(f"mutation {{ {confirmed} }}"))["confirmOrder"]["userErrors"] == []


async def test_a_revision_repeats_what_was_offered_and_is_not_sent(shop: Shop) -> None:
    quote = await shop.quote()
    await shop.call("send", quote)
    await stop_selling(shop)

    made = await shop.call("revise", quote, show="result { id lines { totalCount } }")

    assert made["result"]["lines"]["totalCount"] == 1
    call = f'sendQuote(id: "{made["result"]["id"]}") {{ userErrors {{ code field }} }}'
    assert (await shop.ask(f"mutation {{ {call} }}"))["sendQuote"]["userErrors"] == [
        {"code": "PRODUCT_NOT_SOLD", "field": "lines"}
    ]
