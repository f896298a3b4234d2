"""A figure over amounts in several currencies is null and says so; planned and general answers are the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

import kehu
from tests.crm import Crm, crm_of

FIGURES = """sum { annualRevenue } avg { annualRevenue } min { annualRevenue } max { annualRevenue }
    percentile { annualRevenue } distinct { annualRevenueCurrency }"""
MIXED = ["sum", "avg", "min", "max", "percentile"]


@pytest.fixture(scope="module")
async def crm(shared_database_url: str) -> AsyncIterator[Crm]:
    async with crm_of(url=shared_database_url) as crm:
        for name, industry, revenue, currency in (
            ("Ada", "Wood", "100.50", "EUR"),
            ("Bob", "Wood", "50", "EUR"),
            ("Chie", "Steel", "10000", "JPY"),
            ("Dan", "Steel", "20", "EUR"),
            ("Eve", "Glass", None, None),
            ("Fay", "Glass", "7", "USD"),
        ):
            amount = None if revenue is None else Decimal(revenue)
            await crm.store(
                kehu.Customer(
                    name=name, industry=industry, annual_revenue=amount, annual_revenue_currency=currency
                )
            )
        yield crm


async def figures(crm: Crm, arguments: str = "") -> tuple[Any, list[tuple[str, list[Any]]]]:
    """The rows, and code and path of each error."""
    answer = await crm.answer(f"{{ customersAggregate{arguments} {{ key {{ industry }} count {FIGURES} }} }}")
    errors = [(each["extensions"]["code"], each["path"]) for each in answer.get("errors", [])]
    return answer["data"]["customersAggregate"], sorted(errors)


async def test_a_figure_over_several_currencies_is_null_and_says_so(crm: Crm) -> None:
    [row], errors = await figures(crm)

    assert (row["count"], row["distinct"]) == (6, {"annualRevenueCurrency": 3})
    assert [row[name] for name in MIXED] == [{"annualRevenue": None}] * 5
    assert errors == sorted(
        ("MIXED_CURRENCIES", ["customersAggregate", 0, name, "annualRevenue"]) for name in MIXED
    )


async def test_groups_in_one_currency_have_their_figures(crm: Crm) -> None:
    rows, errors = await figures(crm, "(groupBy: {field: INDUSTRY})")

    found = {row["key"]["industry"]: row["sum"]["annualRevenue"] for row in rows}
    assert found == {"Glass": "7", "Steel": None, "Wood": "150.5"}
    steel = [row["key"]["industry"] for row in rows].index("Steel")
    assert {tuple(path[:2]) for _, path in errors} == {("customersAggregate", steel)}


@pytest.mark.parametrize(
    ("arguments", "sums"),
    [
        ("(groupBy: {field: ANNUAL_REVENUE_CURRENCY})", ["170.5", "10000", "7", None]),
        ('(filter: {annualRevenueCurrency: {eq: "EUR"}})', ["170.5"]),
    ],
)
async def test_by_currency_there_are_no_errors(crm: Crm, arguments: str, sums: list[str | None]) -> None:
    rows, errors = await figures(crm, arguments)

    assert ([row["sum"]["annualRevenue"] for row in rows], errors) == (sums, [])


@pytest.mark.parametrize("measure", ["SUM", "AVG", "MIN", "MAX"])
async def test_having_finds_no_figure_over_several_currencies(crm: Crm, measure: str) -> None:
    having = f'{{measure: {measure}, field: ANNUAL_REVENUE, value: {{gte: "0"}}}}'

    rows, errors = await figures(crm, f"(groupBy: {{field: INDUSTRY}}, having: [{having}])")

    assert ([row["key"]["industry"] for row in rows], errors) == (["Glass", "Wood"], [])


async def test_the_currency_of_the_record_it_belongs_to_counts(crm: Crm) -> None:
    document = """{ priceListItemsAggregate { sum { price } count } }"""
    product = kehu.Product(id=kehu.uuid7(), code="A", name="A")
    await crm.store(product)
    answers = []
    for currency in ("EUR", "JPY"):
        prices = kehu.PriceList(id=kehu.uuid7(), name=currency, currency=currency)
        item = kehu.PriceListItem(price_list_id=prices.id, product_id=product.id, price=Decimal(5))
        await crm.store(prices, item)
        answers.append(await crm.answer(document))

    one, both = ([row["sum"]["price"] for row in each["data"]["priceListItemsAggregate"]] for each in answers)
    assert (one, both) == (["5"], [None])
    assert [each["extensions"]["code"] for each in answers[1]["errors"]] == ["MIXED_CURRENCIES"]
