"""Decimal numbers that nobody types: refused before anything is worked out with them, in few words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from kehu_graphql import Api
from tests.templates import Templates

# A number that is much too large or too fine, and one of ordinary length that no column holds.
LONG = ("1e21", "1e30", "-1e30", "1e300000", "1e999999999", "1e-21", "1e-300000")
LARGE = "1e19"
CUSTOMER = """mutation ($number: Decimal!) {
  done: createCustomer(input: {name: "A", kind: ORGANIZATION, annualRevenue: $number, annualRevenueCurrency: "EUR"}) {
    userErrors { code field } } }"""
RATE = """mutation ($number: Decimal!) {
  done: createTaxRate(input: {name: "A", percent: $number}) { userErrors { code field } } }"""
ORDER = """mutation { done: createOrder(input: {name: "A", currency: "EUR", customerId: "%s"}) { order { id } } }"""
LINES = """mutation ($id: ID!, $quantity: Decimal!, $price: Decimal!) {
  done: setLinesOrder(id: $id, lines: [{description: "A", quantity: $quantity, unitPrice: $price}]) {
    order { totalAmount } userErrors { code field } } }"""
MAKE = 'mutation { done: createCustomer(input: {name: "A", kind: ORGANIZATION}) { customer { id } } }'


@pytest.fixture
async def api(database_url: str, templates: Templates) -> AsyncIterator[Api]:
    app = await templates.open(database_url, "core", "sfa")
    yield Api(app)
    await app.close()


@pytest.mark.parametrize("number", LONG)
@pytest.mark.parametrize("document", [CUSTOMER, RATE], ids=["customer", "rate"])
async def test_long_numbers_are_refused_in_few_words(api: Api, document: str, number: str) -> None:
    for answer in (
        await api.execute(document, {"number": number}),
        await api.execute(document.replace("($number: Decimal!)", "").replace("$number", f'"{number}"')),
    ):
        assert "INTERNAL" not in str(answer)
        (error,) = answer["errors"]
        assert "at most 20 digits before its point" in error["message"]
        assert len(str(answer)) < 1_000


async def test_a_number_that_no_column_holds_is_out_of_range(api: Api) -> None:
    answer = await api.execute(CUSTOMER, {"number": LARGE})
    assert answer["data"]["done"]["userErrors"] == [{"code": "OUT_OF_RANGE", "field": "annualRevenue"}]


@pytest.mark.parametrize(
    ("quantity", "price", "codes"),
    [
        (LARGE, LARGE, {"OUT_OF_RANGE"}),
        ("1", LARGE, {"OUT_OF_RANGE"}),
        ("0.00001", "5", {"OUT_OF_RANGE"}),
        ("99999999999999", "99999999999999.99", {"OUT_OF_RANGE"}),
    ],
)
async def test_lines_of_too_much_or_too_little_are_refused(
    api: Api, quantity: str, price: str, codes: set[str]
) -> None:
    customer: Any = await api.execute(MAKE)
    order = await api.execute(ORDER % customer["data"]["done"]["customer"]["id"])
    given = {"id": order["data"]["done"]["order"]["id"], "quantity": quantity, "price": price}
    answer = await api.execute(LINES, given)
    assert "errors" not in answer
    assert {error["code"] for error in answer["data"]["done"]["userErrors"]} == codes
