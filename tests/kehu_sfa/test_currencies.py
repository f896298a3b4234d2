"""Figures over computed amounts add no currencies: planned, and executed by graphql-core."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu.kernel.names import camel
from kehu_graphql import Api
from tests.kehu.factories import saved
from tests.kehu_sfa.factories import Stages, saved_opportunity

DEALS = """query ($filter: OpportunityFilter) { figures: opportunitiesAggregate(filter: $filter) {
  count sum { weightedAmount } max { weightedAmount } } }"""
CUSTOMERS = """query ($filter: CustomerFilter) { figures: customersAggregate(filter: $filter) {
  count sum { openPipeline } } }"""


async def figures(api: Api, document: str, filter_: Any = None) -> list[Any]:
    """What both ways answer: the row, and the codes of the errors."""
    found = []
    planned = await api.execute(document, {"filter": filter_})
    async with api.app.context() as ctx:
        general: Any = await api.schema.execute(
            document, variable_values={"filter": filter_}, context_value=ctx
        )
    answers = [(planned["data"], planned.get("errors", []))]
    answers.append((general.data, [error.formatted for error in general.errors or ()]))
    for data, errors in answers:
        codes = sorted(error["extensions"]["code"] for error in errors)
        found.append((data["figures"][0], codes))
    return found


async def test_computed_amounts_of_several_currencies_have_no_sum(app: kehu.App, stages: Stages) -> None:
    api = Api(app)
    asia, europe, _ = [
        await saved(app, kehu.Customer(name=name, kind=kehu.CustomerKind.ORGANIZATION))
        for name in ("Asia", "Europe", "Nothing")
    ]
    for customer, currency, amount in ((asia, "JPY", 1000), (europe, "EUR", 10)):
        given = {"amount": Decimal(amount), "currency": currency, "customer_id": customer.id}
        await saved_opportunity(app, stages.proposal, probability=50, **given)

    mixed = {"count": 2, "sum": {"weightedAmount": None}, "max": {"weightedAmount": None}}
    assert await figures(api, DEALS) == [(mixed, ["MIXED_CURRENCIES"] * 2)] * 2
    one = {"count": 1, "sum": {"weightedAmount": "5"}, "max": {"weightedAmount": "5"}}
    assert await figures(api, DEALS, {"currency": {"eq": "EUR"}}) == [(one, [])] * 2

    nothing = {"count": 3, "sum": {"openPipeline": None}}
    assert await figures(api, CUSTOMERS) == [(nothing, ["MIXED_CURRENCIES"])] * 2
    in_yen = {"count": 2, "sum": {"openPipeline": "1000"}}
    assert await figures(api, CUSTOMERS, {"name": {"in": ["Asia", "Nothing"]}}) == [(in_yen, [])] * 2


FIGURES = ("sum", "avg", "min", "max", "percentile")
ALL_FIGURES = f"""query ($filter: CustomerFilter) {{ figures: customersAggregate(filter: $filter) {{
  count {" ".join(f"{figure} {{ openPipeline }}" for figure in FIGURES)} }} }}"""
BY_NAME = """{ found: customersAggregate(groupBy: {field: NAME}, having: {measure: %s, field: OPEN_PIPELINE,
  value: {gte: "0"}}) { key { name } } }"""


async def test_an_amount_that_is_in_several_currencies_itself_is_not_left_out(
    app: kehu.App, stages: Stages
) -> None:
    api = Api(app)
    asia, both, _ = [
        await saved(app, kehu.Customer(name=name, kind=kehu.CustomerKind.ORGANIZATION))
        for name in ("Asia", "Both", "Nothing")
    ]
    for customer, currency, amount in ((asia, "JPY", 1000), (both, "JPY", 10), (both, "EUR", 10)):
        given = {"amount": Decimal(amount), "currency": currency, "customer_id": customer.id}
        await saved_opportunity(app, stages.proposal, **given)

    for names in (["Asia", "Both"], ["Both"], ["Both", "Nothing"]):
        nothing = {"count": len(names)} | {figure: {"openPipeline": None} for figure in FIGURES}
        found = await figures(api, ALL_FIGURES, {"name": {"in": names}})
        assert found == [(nothing, ["MIXED_CURRENCIES"] * 5)] * 2
    for measure in ("SUM", "AVG", "MIN", "MAX"):
        grouped = await api.execute(BY_NAME % measure)
        assert {each["key"]["name"] for each in grouped["data"]["found"]} == {"Asia", "Nothing"}


# Computed decimals that are no amounts of money.
NO_MONEY = {"difference", "on_hand", "available", "partner_on_hand", "incoming", "available_there"}


def test_every_computed_amount_says_where_its_currency_stands() -> None:
    app = kehu.App(kehu.installed(["core", "sfa", "partner_inventory"]))
    without = {
        field.name
        for entity in app.composition.entities.values()
        for field in entity.fields
        if field.kind == "sql"
        and field.money is None
        and app.catalogue[entity.model].by_name[camel(field.name)].kind is Decimal
    }
    assert without == NO_MONEY


@pytest.mark.parametrize("money", ["curency", "order.currency"])
def test_a_currency_that_is_nowhere_is_told_at_the_start(money: str) -> None:
    plugin = kehu.Plugin("acme", requires=["core"])
    plugin.sql_field(kehu.Customer, name="double", money=money)(lambda c: c.annual_revenue * 2)
    with pytest.raises(kehu.CompositionError, match=f"names the currency '{money}'"):
        kehu.App([*kehu.installed(["core"]), plugin])
