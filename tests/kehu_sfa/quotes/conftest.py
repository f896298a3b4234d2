"""A shop: a customer, a product with a price, a tax rate, and two people who sell."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu_graphql import Api
from kehu_sfa import Order, Quote, TaxRate
from tests.kehu.factories import make_user, saved

PAYLOAD = "{ %s { id status number } userErrors { code field } }"


@dataclasses.dataclass
class Shop:
    """Calls verbs through the API, as the system unless somebody else is named."""

    app: kehu.App
    api: Api
    customer: kehu.Customer
    product: kehu.Product
    prices: kehu.PriceList
    ann: kehu.User
    boss: kehu.User

    async def ask(self, document: str, to: kehu.Principal = kehu.SYSTEM) -> Any:
        answer = await self.api.execute(document, principal=to)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def call(self, verb: str, record: kehu.Entity, arguments: str = "", *, show: str = "") -> Any:
        """The payload of a verb that must succeed."""
        payload = await self._payload(verb, record, arguments, show)
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload

    async def refused(
        self, verb: str, record: kehu.Entity, arguments: str = ""
    ) -> list[tuple[str, str | None]]:
        """Code and field of each reason for the refusal of a verb."""
        payload = await self._payload(verb, record, arguments, "")
        return [(error["code"], error["field"]) for error in payload["userErrors"]]

    async def _payload(self, verb: str, record: kehu.Entity, arguments: str, show: str) -> Any:
        kind = type(record).__name__
        key = kehu.global_id(kind, record.id)
        shown = f"{show} userErrors {{ code field message }}"
        document = f'mutation {{ {verb}{kind}(id: "{key}" {arguments}) {{ {shown} }} }}'
        return (await self.ask(document))[f"{verb}{kind}"]

    async def quote(self, *lines: str, **values: Any) -> Quote:
        """A draft of Ann's with these lines; one press at its list price unless others are given."""
        draft = Quote(
            **{
                "name": "New press",
                "customer_id": self.customer.id,
                "price_list_id": self.prices.id,
                "owner_id": self.ann.id,
                **values,
            }
        )
        await saved(self.app, draft)
        await self.call("setLines", draft, self.lines(*lines))
        return draft

    async def order(self, *lines: str, **values: Any) -> Order:
        """A confirmed order of Ann's."""
        draft = Order(
            **{
                "name": "New press",
                "customer_id": self.customer.id,
                "price_list_id": self.prices.id,
                "owner_id": self.ann.id,
                **values,
            }
        )
        await saved(self.app, draft)
        await self.call("setLines", draft, self.lines(*lines))
        await self.call("confirm", draft)
        return draft

    def lines(self, *lines: str) -> str:
        product = kehu.global_id("Product", self.product.id)
        written = ", ".join(
            f"{{ {line.replace('PRESS', f'product: {chr(34)}{product}{chr(34)}')} }}"
            for line in lines or ["PRESS"]
        )
        return f"lines: [{written}]"


@pytest.fixture
async def shop(app: kehu.App) -> Shop:
    """Presses at 1000.00 EUR, and 19 % tax by default."""
    customer = await saved(app, kehu.Customer(name="Gießerei <Nord> & Co", preferred_language="zh_CN"))
    product = await saved(app, kehu.Product(code="P1", name="Press"))
    prices = await saved(app, kehu.PriceList(name="List", currency="EUR"))
    await saved(app, kehu.PriceListItem(price_list_id=prices.id, product_id=product.id, price=Decimal(1000)))
    await saved(app, TaxRate(name="VAT 19 %", percent=Decimal(19), is_default=True))
    ann, boss = await make_user(app, "Ann"), await make_user(app, "Boss")
    return Shop(app, Api(app), customer, product, prices, ann, boss)
