"""A quote of sfa becomes the order of a partner; where sfa is not enabled, there is no such verb."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

import kehu
from kehu_graphql import Api
from kehu_partner_inventory import Partner, PartnerStatus
from kehu_sfa import Quote, QuoteStatus, TaxRate
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D

SHOWN = """{
    result { number totalAmount document
        lines { nodes { quantity unitPrice netAmount priceTrace { kind name } } } }
    userErrors { code field }
}"""


@pytest.fixture
async def shop(database_url: str, clock: Clock) -> AsyncIterator[tuple[Api, Quote]]:
    """A partner with a quote over three presses at 1000, 10 % off, and one hour of work."""
    app = kehu.App(kehu.installed(["sfa", "partner_inventory"]), database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    customer = await saved(app, kehu.Customer(name="North"))
    press = await saved(app, kehu.Product(code="P1", name="Press"))
    await saved(app, TaxRate(name="None", percent=D(0), is_default=True))
    prices = await saved(app, kehu.PriceList(name="List", currency="EUR"))
    await saved(app, kehu.PriceListItem(price_list_id=prices.id, product_id=press.id, price=D(1000)))
    await saved(
        app,
        Partner(
            code="NORTH", customer_id=customer.id, kind="DEALER", currency="EUR", status=PartnerStatus.ACTIVE
        ),
    )
    quote = await saved(app, Quote(name="Presses", customer_id=customer.id, price_list_id=prices.id))
    api = Api(app)
    key, product = kehu.global_id("Quote", quote.id), kehu.global_id("Product", press.id)
    lines = f'{{product: "{product}", quantity: "3", discountPercent: "10"}}, {{description: "Work", unitPrice: "80"}}'
    await done(api, f'setLinesQuote(id: "{key}", lines: [{lines}]) {{ userErrors {{ code }} }}')
    yield api, quote
    await app.close()


async def test_an_accepted_quote_is_ordered_once(shop: tuple[Api, Quote]) -> None:
    api, quote = shop
    key = kehu.global_id("Quote", quote.id)
    call = f'orderQuote(quote: "{key}") {SHOWN}'
    assert (await done(api, call))["userErrors"] == [{"code": "QUOTE_NOT_ACCEPTED", "field": "quote"}]
    await changed(api.app, quote, status=QuoteStatus.ACCEPTED)

    payload = await done(api, call)

    assert payload["userErrors"] == []
    assert payload["result"]["totalAmount"] == "2700"
    assert payload["result"]["document"] == key
    [line] = payload["result"]["lines"]["nodes"]
    assert line == {
        "quantity": "3",
        "unitPrice": "900",
        "netAmount": "2700",
        "priceTrace": [{"kind": "AGREED_PRICE", "name": "Q-2026-00001"}],
    }
    assert (await done(api, call))["userErrors"] == [{"code": "ALREADY_ORDERED", "field": "quote"}]


async def test_without_sfa_there_are_no_quotes_to_order(database_url: str) -> None:
    app = kehu.App(kehu.installed(["partner_inventory"]), database_url)
    assert "orderQuote" not in Api(app).sdl
    await app.close()


async def done(api: Api, call: str) -> Any:
    """The payload of a mutation."""
    answer = await api.execute(f"mutation {{ done: {call} }}", principal=kehu.SYSTEM)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]["done"]
