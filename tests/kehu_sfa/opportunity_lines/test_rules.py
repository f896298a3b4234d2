"""An opportunity and its lines, on both databases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu_sfa import OpportunityLine
from tests.crm import reasons
from tests.kehu.factories import change_refused, changed, refused, saved, stored
from tests.kehu_sfa.factories import Stages, saved_opportunity, saved_stages


async def test_the_amount_is_the_sum_of_the_lines(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.qualified, amount=Decimal(5), currency="EUR")

    first = await saved(
        app,
        OpportunityLine(
            opportunity_id=deal.id,
            quantity=Decimal(3),
            unit_price=Decimal("9.99"),
            discount_percent=Decimal(10),
        ),
    )
    await saved(app, OpportunityLine(opportunity_id=deal.id, quantity=Decimal(1), unit_price=Decimal(100)))

    # 29.97 less 10 %, which is 3.00 rounded to the cent.
    assert (first.amount, (await stored(app, deal)).amount) == (Decimal("26.97"), Decimal("126.97"))


async def test_a_change_of_a_line_changes_the_amount(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.qualified, currency="JPY")
    line = await saved(
        app, OpportunityLine(opportunity_id=deal.id, quantity=Decimal(2), unit_price=Decimal(50))
    )

    await changed(app, line, quantity=Decimal("2.5"), unit_cost=Decimal(30))

    assert ((await stored(app, deal)).amount, (await stored(app, line)).margin_amount) == (
        Decimal(125),
        Decimal(50),
    )


async def test_the_amount_of_an_opportunity_with_lines_cannot_be_set(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.qualified, currency="EUR")
    await saved(app, OpportunityLine(opportunity_id=deal.id, quantity=Decimal(2), unit_price=Decimal(50)))

    errors = await change_refused(app, deal, amount=Decimal(99))

    assert reasons(errors) == [("AMOUNT_OF_LINES", "amount", "sfa")]
    assert (await stored(app, deal)).amount == Decimal(100)


async def test_a_line_takes_the_price_of_the_list_for_its_quantity(app: kehu.App, stages: Stages) -> None:
    product = await saved(app, kehu.Product(code="P1", name="Press"))
    prices = await saved(app, kehu.PriceList(name="List", currency="EUR"))
    for quantity, price in ((1, 100), (10, 90)):
        await saved(
            app,
            kehu.PriceListItem(
                price_list_id=prices.id,
                product_id=product.id,
                min_quantity=Decimal(quantity),
                price=Decimal(price),
            ),
        )
    deal = await saved_opportunity(app, stages.qualified, price_list_id=prices.id)

    line = await saved(
        app, OpportunityLine(opportunity_id=deal.id, product_id=product.id, quantity=Decimal(10))
    )

    assert (line.unit_price, (await stored(app, deal)).amount) == (Decimal(90), Decimal(900))
    assert (await stored(app, deal)).currency == "EUR"


REFUSED = [
    ({"quantity": Decimal(0)}, "OUT_OF_RANGE", "quantity"),
    ({"quantity": Decimal(-1)}, "OUT_OF_RANGE", "quantity"),
    ({"unit_price": Decimal(-1)}, "OUT_OF_RANGE", "unitPrice"),
    ({"discount_percent": Decimal(101)}, "OUT_OF_RANGE", "discountPercent"),
    ({"unit_cost": Decimal(-1)}, "OUT_OF_RANGE", "unitCost"),
    ({"unit_price": None}, "NO_PRICE", "unitPrice"),
]


@pytest.mark.parametrize(("values", "code", "field"), REFUSED)
async def test_impossible_lines_are_refused(
    sqlite_app: kehu.App, values: dict[str, Any], code: str, field: str
) -> None:
    stages = await saved_stages(sqlite_app)
    deal = await saved_opportunity(sqlite_app, stages.qualified, amount=Decimal(7), currency="EUR")
    given = {"opportunity_id": deal.id, "quantity": Decimal(1), "unit_price": Decimal(1), **values}

    errors = await refused(sqlite_app, OpportunityLine(**given))

    assert [(e.code, e.field) for e in errors] == [(code, field)]
    assert (await stored(sqlite_app, deal)).amount == Decimal(7)


async def test_a_price_list_is_in_the_currency_of_the_opportunity(app: kehu.App, stages: Stages) -> None:
    prices = await saved(app, kehu.PriceList(name="List", currency="EUR"))
    deal = await saved_opportunity(app, stages.qualified, currency="USD")

    errors = await change_refused(app, deal, price_list_id=prices.id)

    assert reasons(errors) == [("CURRENCY_DIFFERS", "priceListId", "sfa")]
