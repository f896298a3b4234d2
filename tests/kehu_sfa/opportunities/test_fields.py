"""Figures of opportunities as SQL, exact on both databases and limited to what the reader may see."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu.kernel.model import Entity
from kehu.kernel.reading.aggregates import aggregate
from kehu.kernel.reading.measures import Measure
from kehu.kernel.reading.pages import ListArguments, page
from kehu_sfa import Opportunity
from tests.kehu.factories import make_user, saved
from tests.kehu_sfa.factories import Stages, saved_opportunity, user


async def value(app: kehu.App, record: Entity, name: str, principal: kehu.Principal = kehu.SYSTEM) -> Any:
    """The value of a SQL field, as a list selects it to order by."""
    async with app.context(principal) as ctx:
        attribute = app.catalogue[type(record)].by_name[name]
        found = await page(ctx, type(record), ListArguments(order_by=[{"field": attribute.constant}]))
        return next(row[1] for row in found._rows if row[0].id == record.id)


def euros(amount: str) -> dict[str, Any]:
    return {"amount": Decimal(amount), "currency": "EUR"}


@pytest.mark.parametrize(
    ("own", "effective", "weighted"), [(None, 40, "493.824"), (0, 0, "0"), (33, 33, "407.4048")]
)
async def test_the_weighted_amount_is_exact(
    app: kehu.App, stages: Stages, own: int | None, effective: int, weighted: str
) -> None:
    opportunity = await saved_opportunity(app, stages.proposal, probability=own, **euros("1234.56"))

    assert await value(app, opportunity, "effectiveProbability") == effective
    assert await value(app, opportunity, "weightedAmount") == Decimal(weighted)


async def test_without_an_amount_there_is_nothing_to_weigh(app: kehu.App, stages: Stages) -> None:
    opportunity = await saved_opportunity(app, stages.proposal)

    assert await value(app, opportunity, "weightedAmount") is None


async def test_weighted_amounts_add_up(app: kehu.App, stages: Stages) -> None:
    for amount in ("0.01", "0.02", "99999999999.99"):
        await saved_opportunity(app, stages.proposal, **euros(amount))
    attribute = app.catalogue[Opportunity].by_name["weightedAmount"]

    async with app.context() as ctx:
        [total] = await aggregate(
            ctx, Opportunity, filter=None, group_by=(), measures=[(Measure.SUM, attribute)]
        )

    assert total.measures[Measure.SUM, "weightedAmount"] == Decimal("40000000000.008")


async def test_the_open_pipeline_adds_up_what_is_not_closed(app: kehu.App, stages: Stages) -> None:
    customer = await saved(app, kehu.Customer(name="Foundry"))
    mine = {"customer_id": customer.id}
    await saved_opportunity(app, stages.qualified, **mine, **euros("100.10"))
    await saved_opportunity(app, stages.on_hold, **mine, **euros("200.20"))
    await saved_opportunity(app, stages.won, **mine, **euros("1000"))
    await saved_opportunity(app, stages.qualified, **mine)
    await saved_opportunity(app, stages.qualified, **euros("7"))

    assert await value(app, customer, "openPipeline") == Decimal("300.30")
    assert await value(app, customer, "openPipelineCurrency") == "EUR"


async def test_the_open_pipeline_is_nothing_without_opportunities(app: kehu.App) -> None:
    customer = await saved(app, kehu.Customer(name="Foundry"))

    assert await value(app, customer, "openPipeline") == 0
    assert await value(app, customer, "openPipelineCurrency") is None


async def test_amounts_in_two_currencies_are_not_added_up(app: kehu.App, stages: Stages) -> None:
    customer = await saved(app, kehu.Customer(name="Foundry"))
    await saved_opportunity(app, stages.qualified, customer_id=customer.id, **euros("100"))
    await saved_opportunity(
        app, stages.qualified, customer_id=customer.id, amount=Decimal(100), currency="CNY"
    )

    assert await value(app, customer, "openPipeline") is None
    assert await value(app, customer, "openPipelineCurrency") is None


async def test_the_open_pipeline_counts_only_what_the_reader_may_see(app: kehu.App, stages: Stages) -> None:
    ann, customer = await make_user(app), await saved(app, kehu.Customer(name="Foundry"))
    await saved_opportunity(app, stages.qualified, customer_id=customer.id, owner_id=ann.id, **euros("1"))
    await saved_opportunity(app, stages.qualified, customer_id=customer.id, **euros("10"))
    seller = user(ann.id, opportunity__read=kehu.Level.OWN)
    reader = kehu.Principal(ann.id, "Ann", grants={**seller.grants, "core.customer:read": kehu.Level.ALL})
    stranger = kehu.Principal(ann.id, "Ann", grants={"core.customer:read": kehu.Level.ALL})

    assert await value(app, customer, "openPipeline", reader) == 1
    assert await value(app, customer, "openPipeline", stranger) == 0
    assert await value(app, customer, "openPipeline") == 11
