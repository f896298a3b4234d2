"""Commissions as orders are confirmed, paid, returned and cancelled, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu_sfa import CommissionEntry, CommissionPlan, CommissionSlab, Opportunity, Order
from kehu_sfa.commissions.models import CommissionBasis
from tests.crm import reasons
from tests.kehu.factories import change_refused, saved
from tests.kehu_sfa.factories import Stages, saved_opportunity
from tests.kehu_sfa.quotes.conftest import Shop

STATEMENT = """{ commissionStatement(user: "%s", earnedFrom: "2026-01-01", earnedUntil: "2026-12-31") {
  totals { currency accrued reversed total }
  entries { amount reason order { number } }
} }"""


async def plan(shop: Shop, *slabs: tuple[int, int], **values: Any) -> CommissionPlan:
    made = await saved(shop.app, CommissionPlan(**{"name": "Everybody", **values}))
    for above, percent in slabs or [(0, 5)]:
        await saved(shop.app, CommissionSlab(plan_id=made.id, above=Decimal(above), percent=Decimal(percent)))
    return made


async def share(shop: Shop, deal: Opportunity, *parts: tuple[kehu.User, str]) -> None:
    given = ", ".join(
        f'{{userId: "{kehu.global_id("User", user.id)}", percent: "{percent}"}}' for user, percent in parts
    )
    await shop.call("share", deal, f"shares: [{given}]")


async def earned_by(shop: Shop) -> dict[str, tuple[object, object]]:
    """What each person earned in all, and with which part in percent."""
    found = sa.select(kehu.User.name, CommissionEntry).join(
        kehu.User, kehu.User.id == CommissionEntry.owner_id
    )
    earned: dict[str, tuple[Any, float]] = {}
    async with shop.app.context() as ctx:
        for name, entry in (await ctx.session.execute(found.order_by(kehu.User.name))).all():
            before, _ = earned.get(name, (Decimal(0), 0))
            earned[name] = before + entry.amount, float(entry.share_percent)
    return dict(earned)


async def amounts(shop: Shop) -> Sequence[Any]:
    async with shop.app.context() as ctx:
        found = sa.select(CommissionEntry.amount).order_by(CommissionEntry.id)
        return (await ctx.session.scalars(found)).all()


async def test_a_confirmed_order_earns_percent_of_its_net(shop: Shop) -> None:
    await plan(shop)
    await shop.order()

    assert await amounts(shop) == [50]


async def test_slabs_look_at_all_sales_of_the_period(shop: Shop) -> None:
    await plan(shop, (0, 2), (1500, 10))
    await shop.order()
    await shop.order()

    assert await amounts(shop) == [20, 60]


async def test_a_cancelled_order_takes_back_what_it_earned(shop: Shop) -> None:
    await plan(shop)
    order = await shop.order()

    await shop.call("cancel", order, 'reason: "Too late."')

    assert await amounts(shop) == [50, -50]


async def test_a_return_takes_back_its_part(shop: Shop) -> None:
    await plan(shop)
    order = await shop.order()
    await shop.call("fulfil", order)

    await shop.call("takeBack", order, 'amount: "595", reason: "Half of it."')
    await shop.call("takeBack", order, 'amount: "595", reason: "The rest."')

    assert await amounts(shop) == [50, -25, -25]


async def test_cash_earns_as_it_comes_in_and_costs_as_it_goes_back(shop: Shop) -> None:
    await plan(shop, basis=CommissionBasis.CASH)
    order = await shop.order()
    assert await amounts(shop) == []

    for amount in ("400", "790"):
        await shop.call("receivePayment", order, f'amount: "{amount}", method: CASH')
    await shop.call("refund", order, 'amount: "1190", method: CASH')

    earned = await amounts(shop)
    assert earned[0] == Decimal("16.81")
    assert (sum(earned[:2]), sum(earned)) == (50, 0)


async def test_a_product_with_slabs_of_its_own_earns_by_them(shop: Shop) -> None:
    made = await plan(shop)
    await saved(shop.app, CommissionSlab(plan_id=made.id, product_id=shop.product.id, percent=Decimal(20)))

    await shop.order("PRESS", 'description: "Freight", unitPrice: "100"')

    assert sorted(await amounts(shop)) == [5, 200]


async def test_an_own_plan_comes_before_that_of_everybody(shop: Shop) -> None:
    await plan(shop)
    await plan(shop, (0, 30), name="Ann", user_id=shop.ann.id)

    await shop.order()

    assert await amounts(shop) == [300]


async def test_those_who_share_the_deal_earn_by_their_parts(shop: Shop, stages: Stages) -> None:
    await plan(shop)
    deal = await saved_opportunity(shop.app, stages.proposal, owner_id=shop.ann.id)
    await share(shop, deal, (shop.ann, "66.67"), (shop.boss, "33.33"))

    order = await shop.order(opportunity_id=deal.id)
    assert await earned_by(shop) == {"Ann": (Decimal("33.34"), 66.67), "Boss": (Decimal("16.66"), 33.33)}
    await share(shop, deal, (shop.boss, "100"))
    await shop.call("fulfil", order)
    await shop.call("takeBack", order, 'amount: "1190", reason: "Broken"')

    assert {name: amount for name, (amount, _) in (await earned_by(shop)).items()} == {"Ann": 0, "Boss": 0}


async def test_the_part_of_somebody_without_a_plan_earns_nothing(shop: Shop, stages: Stages) -> None:
    await plan(shop, (0, 10), name="Ann", user_id=shop.ann.id)
    deal = await saved_opportunity(shop.app, stages.proposal, owner_id=shop.ann.id)
    await share(shop, deal, (shop.ann, "40"), (shop.boss, "60"))

    order = await shop.order(opportunity_id=deal.id)
    await shop.call("fulfil", order)

    assert await earned_by(shop) == {"Ann": (40, 40)}


async def test_orders_confirmed_at_the_same_time_share_the_slabs(shop: Shop) -> None:
    await plan(shop, (0, 2), (1500, 10))
    orders = []
    for _ in range(4):
        draft = Order(
            name="Press",
            customer_id=shop.customer.id,
            price_list_id=shop.prices.id,
            owner_id=shop.ann.id,
        )
        await saved(shop.app, draft)
        await shop.call("setLines", draft, shop.lines())
        orders.append(draft)

    await asyncio.gather(*(shop.call("confirm", order) for order in orders))

    assert sum(await amounts(shop)) == 30 + 250


async def test_the_statement_sums_what_was_earned_and_lost(shop: Shop) -> None:
    await plan(shop)
    await shop.order()
    await shop.call("cancel", await shop.order(), 'reason: "Too late."')

    statement = (await shop.ask(STATEMENT % kehu.global_id("User", shop.ann.id)))["commissionStatement"]

    assert statement["totals"] == [{"currency": "EUR", "accrued": "100", "reversed": "-50", "total": "50"}]
    assert [entry["order"]["number"] for entry in statement["entries"]] == [
        "O-2026-00001",
        "O-2026-00002",
        "O-2026-00002",
    ]


async def test_the_ledger_only_grows(shop: Shop) -> None:
    await plan(shop)
    await shop.order()
    async with shop.app.context() as ctx:
        entry = (await ctx.session.scalars(sa.select(CommissionEntry))).one()

    errors = await change_refused(shop.app, entry, amount=Decimal(1))

    assert reasons(errors) == [("LEDGER_ONLY_GROWS", None, "sfa")]
