"""How many different values there are, over the records that one may see and by group."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import kehu
from kehu import Level
from tests.crm import OpenCrm
from tests.deals import Deal

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


async def test_different_values_are_counted(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ONE, name="One"), kehu.Customer(id=TWO, name="Two"))
    await crm.store(
        Deal(customer_id=ONE, name="a", stage="WON", closed_on=date(2026, 1, 1), amount=Decimal(1)),
        Deal(customer_id=ONE, name="a", stage="WON", closed_on=date(2026, 1, 1), amount=Decimal(2)),
        Deal(customer_id=TWO, name="b", stage="LOST", closed_on=date(2026, 1, 2), amount=Decimal(4)),
        Deal(customer_id=TWO, name="c", stage="WON"),
    )

    whole = "{ dealsAggregate { count distinct { customerId name stage closedOn } sum { amount } } }"
    by_stage = """{ dealsAggregate(groupBy: [{field: STAGE}]) {
        key { stage } distinct { customerId closedOn } max { amount } } }"""

    assert (await crm.ask(whole))["dealsAggregate"] == [
        {
            "count": 4,
            "distinct": {"customerId": 2, "name": 3, "stage": 2, "closedOn": 2},
            "sum": {"amount": "7"},
        }
    ]
    assert (await crm.ask(by_stage))["dealsAggregate"] == [
        {"key": {"stage": "LOST"}, "distinct": {"customerId": 1, "closedOn": 1}, "max": {"amount": "4"}},
        {"key": {"stage": "WON"}, "distinct": {"customerId": 2, "closedOn": 1}, "max": {"amount": "2"}},
    ]


async def test_nothing_that_cannot_be_seen_is_counted(open_crm: OpenCrm) -> None:
    crm = await open_crm()
    await crm.store(kehu.Customer(id=ONE, name="One"), kehu.User(id=TWO, name="Lea"))
    await crm.store(Deal(customer_id=ONE, name="hers", owner_id=TWO), Deal(customer_id=ONE, name="not hers"))
    lea = kehu.Principal(TWO, "Lea", grants={"deals.deal:read": Level.OWN})

    answer = await crm.ask("{ dealsAggregate { distinct { name } } }", to=lea)

    assert answer["dealsAggregate"] == [{"distinct": {"name": 1}}]
