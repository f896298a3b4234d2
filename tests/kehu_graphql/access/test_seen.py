"""What a function answers is read under the row scope of its reader, however it found the records."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu import Level
from tests.crm import Crm, OpenCrm
from tests.deals import Deal, Line

LEA, MAX = uuid.UUID(int=101), uuid.UUID(int=102)
CUSTOMER = uuid.UUID(int=1)
MINE, HIS = uuid.UUID(int=2), uuid.UUID(int=3)
leaky = kehu.Plugin("leaky", requires=["core", "deals"])
whoever_asks = kehu.Unscoped("the answer is looked at again")


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of a report."""

    label: str
    deal: Deal
    others: list[Deal]


async def everything(ctx: kehu.Context) -> list[Deal]:
    found = await whoever_asks.scalars(ctx, sa.select(Deal).order_by(Deal.id))
    return list(found)


@leaky.query()
async def first_deals(ctx: kehu.Context) -> list[Deal]:
    """All there are."""
    return await everything(ctx)


@leaky.query()
async def last_deal(ctx: kehu.Context) -> Deal:
    """The last one."""
    return (await everything(ctx))[-1]


@leaky.query()
async def last_user(ctx: kehu.Context) -> kehu.User:
    """The last one."""
    found = await whoever_asks.scalars(ctx, sa.select(kehu.User).order_by(kehu.User.id.desc()))
    return found.all()[0]


@leaky.query()
async def deal_report(ctx: kehu.Context) -> list[Row]:
    """A row for each."""
    found = await everything(ctx)
    return [Row(deal.name, deal, found) for deal in found]


@leaky.batch_field(kehu.Customer)
async def newest_deal(customers: Sequence[kehu.Customer], ctx: kehu.Context) -> Sequence[Deal | None]:
    """The newest."""
    return [(await everything(ctx))[-1] for _ in customers]


@leaky.field(kehu.Customer)
async def all_deals(customer: kehu.Customer, ctx: kehu.Context) -> list[Deal]:
    """All of them."""
    assert isinstance(customer, kehu.Customer)
    return await everything(ctx)


@leaky.mutation()
async def touch_deals(ctx: kehu.Context) -> list[Row]:
    """A row for each."""
    return await deal_report(ctx)


@leaky.action(Deal)
async def sibling(deal: Deal, ctx: kehu.Context) -> Deal | None:
    """Another one."""
    assert deal.id == MINE
    return (await everything(ctx))[-1]


@leaky.subscription()
async def deals_told(ctx: kehu.Context) -> AsyncIterator[Deal]:
    """One after the other."""
    for deal in await everything(ctx):
        yield deal


OWN = {
    "core.customer:read": Level.ALL,
    "deals.deal:read": Level.OWN,
    "deals.deal:update": Level.OWN,
    "deals.deal:sibling": Level.ALL,
}
lea = kehu.Principal(LEA, "Lea", grants=OWN)
blind = kehu.Principal(LEA, "Lea", grants={"core.customer:read": Level.ALL})
READS = """{ firstDeals { name } lastDeal { name } dealReport { label deal { name } others { name } }
  customers { nodes { newestDeal { name } allDeals { name } } } }"""


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    crm = await open_crm(leaky)
    await crm.store(kehu.User(id=LEA, name="Lea"), kehu.User(id=MAX, name="Max"))
    await crm.store(kehu.Customer(id=CUSTOMER, name="Huawei"))
    await crm.store(Deal(id=MINE, name="Mine", customer_id=CUSTOMER, owner_id=LEA))
    await crm.store(Deal(id=HIS, name="His", customer_id=CUSTOMER, owner_id=MAX))
    return crm


def answer_of(names: list[str], rows: dict[str, Any]) -> dict[str, Any]:
    deals, last = [{"name": name} for name in names], rows["His"]
    return {
        "firstDeals": deals,
        "lastDeal": last,
        "dealReport": [{"label": label, "deal": deal, "others": deals} for label, deal in rows.items()],
        "customers": {"nodes": [{"newestDeal": last, "allDeals": deals}]},
    }


@pytest.mark.parametrize("way", ["planned", "general"])
@pytest.mark.parametrize("who", ["all", "own", "none"])
async def test_hidden_records_are_null_or_left_out(crm: Crm, way: str, who: str) -> None:
    to, names = {"all": (kehu.SYSTEM, ["Mine", "His"]), "own": (lea, ["Mine"]), "none": (blind, [])}[who]

    async with crm.app.context(to) as ctx:
        if way == "planned":
            planned = await crm.api.plans.answer(ctx, READS, {}, None)
            assert planned is not None
            data = json.loads(planned)["data"]
        else:
            data = (await crm.api.schema.execute(READS, context_value=ctx)).data

    rows = {label: {"name": label} if label in names else None for label in ("Mine", "His")}
    assert data == answer_of(names, rows)


async def test_everybody_may_know_who_they_are(crm: Crm) -> None:
    data = await crm.ask("{ viewer { user { name } } lastUser { name } }", to=blind)

    assert data == {"viewer": {"user": {"name": "Lea"}}, "lastUser": None}


async def test_a_mutation_gives_no_hidden_record_either(crm: Crm) -> None:
    document = f"""mutation {{ touchDeals {{ result {{ label deal {{ name }} others {{ name }} }} }}
      siblingDeal(id: "{kehu.global_id("Deal", MINE)}") {{ deal {{ name }} userErrors {{ code }} }} }}"""

    data = await crm.ask(document, to=lea)

    mine = {"name": "Mine"}
    assert data["touchDeals"]["result"] == [
        {"label": "Mine", "deal": mine, "others": [mine]},
        {"label": "His", "deal": None, "others": [mine]},
    ]
    assert data["siblingDeal"] == {"deal": mine, "userErrors": []}


async def test_a_subscription_leaves_hidden_records_out(crm: Crm) -> None:
    told = [
        answer["data"]
        async for answer in crm.api.subscribe("subscription { dealsTold { name } }", principal=lea)
    ]

    assert told == [{"dealsTold": {"name": "Mine"}}]


async def test_a_record_that_leaves_sight_when_it_is_written_is_null(crm: Crm) -> None:
    given_away = {"id": kehu.global_id("Deal", MINE), "ownerId": kehu.global_id("User", MAX)}
    one = """mutation ($input: UpdateDealInput!) {
      done: updateDeal(input: $input) { deal { name } userErrors { code } } }"""
    many = "mutation ($input: UpdateDealInput!) { done: updateDeals(inputs: [$input]) { results { deal { name } } } }"
    to = kehu.Principal(LEA, "Lea", grants=OWN | {"core.user:read": Level.ALL})

    assert (await crm.ask(one, {"input": given_away}, to=to))["done"] == {"deal": None, "userErrors": []}
    await crm.ask(one, {"input": given_away | {"ownerId": kehu.global_id("User", LEA)}})
    assert (await crm.ask(many, {"input": given_away}, to=to))["done"] == {"results": [{"deal": None}]}


async def test_records_of_one_level_are_looked_for_together(crm: Crm) -> None:
    for key in range(10, 13):
        await crm.store(Line(id=uuid.UUID(int=key), deal_id=MINE, text=str(key)))
        await crm.store(kehu.Customer(id=uuid.UUID(int=key), name=str(key)))
    crm.statements.clear()

    await crm.ask("{ customers { nodes { allDeals { name } } } }", to=lea)

    again = [s for s in crm.statements if s.startswith(("SELECT deals_deal.id ", "SELECT deals_deal.id\n"))]
    assert len(again) == 1
