"""What customers brought is compared in one currency, or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import kehu
from kehu_sfa import Opportunity
from tests.kehu.factories import saved
from tests.kehu_sfa.factories import Stages
from tests.kehu_sfa.leads.factories import ask


async def won(app: kehu.App, stages: Stages, name: str, *amounts: str) -> str:
    """The id of a customer with whom these were won."""
    customer = await saved(app, kehu.Customer(name=name))
    for amount, currency in (each.split() for each in amounts):
        deal = Opportunity(
            name=name,
            customer_id=customer.id,
            stage_id=stages.won.id,
            amount=Decimal(amount),
            currency=currency,
            closed_on=date(2026, 3, 1),
        )
        await saved(app, deal)
    return kehu.global_id("Customer", customer.id)


async def test_revenue_without_a_rate_is_unknown_and_that_of_others_stands(
    app: kehu.App, stages: Stages
) -> None:
    euros = await won(app, stages, "Acme", "100 EUR", "50 EUR")
    both = await won(app, stages, "Both", "70 EUR", "9000 JPY")
    shown = "serviceCost { revenue currency customerClass hours }"
    document = f'{{ a: customer(id: "{euros}") {{ {shown} }} b: customer(id: "{both}") {{ {shown} }} }}'

    found = await ask(app, document)
    assert found["a"]["serviceCost"] == {
        "revenue": "150",
        "currency": "EUR",
        "customerClass": "A",
        "hours": "0",
    }
    assert found["b"]["serviceCost"] == {
        "revenue": None,
        "currency": None,
        "customerClass": None,
        "hours": "0",
    }

    rate = kehu.CurrencyRate(base="EUR", quote="JPY", rate=Decimal(150), as_of=date(2026, 1, 1))
    await saved(app, rate)
    found = await ask(app, document)
    assert found["b"]["serviceCost"]["revenue"] == "130"
