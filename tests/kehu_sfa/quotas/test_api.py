"""Quotas through the API, on both databases: what counts, for whom, and in which currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu_sfa import Opportunity, OpportunityLine, OpportunitySplit, Quota, QuotaHolder, QuotaMeasure
from kehu_sfa.periods import PeriodKind
from tests.crm import reasons
from tests.kehu.factories import refused, saved
from tests.kehu_sfa.factories import Stages, saved_opportunity
from tests.kehu_sfa.quotes.conftest import Shop

DAY = date(2026, 2, 10)
CREATE = """mutation { createQuota(input: {ownerId: "%s", period: QUARTER, startsOn: "2026-02-10", %s}) {
  quota { startsOn holder attainment { target actual percent currency } } userErrors { code field }
} }"""


def a_quota(owner: kehu.User, **values: Any) -> Quota:
    given = {"owner_id": owner.id, "period": PeriodKind.QUARTER, "starts_on": DAY, "target": Decimal(1000)}
    return Quota(**{**given, "currency": "EUR", **values})


async def won(shop: Shop, stages: Stages, **values: Any) -> Opportunity:
    """A deal of Ann's over 1000 EUR that was won on 1 March."""
    given = {
        "owner_id": shop.ann.id,
        "amount": Decimal(1000),
        "currency": "EUR",
        "closed_on": date(2026, 3, 1),
    }
    return await saved_opportunity(shop.app, stages.won, **{**given, **values})


async def reached(shop: Shop, quota: Quota) -> tuple[str, str]:
    document = '{ quota(id: "%s") { attainment { actual percent } } }'
    found = (await shop.ask(document % kehu.global_id("Quota", quota.id)))["quota"]["attainment"]
    return found["actual"], found["percent"]


async def test_a_quota_begins_with_its_period_and_counts_what_was_won(shop: Shop, stages: Stages) -> None:
    await won(shop, stages)
    await won(shop, stages, closed_on=date(2025, 12, 31))
    await won(shop, stages, owner_id=shop.boss.id)

    owner = kehu.global_id("User", shop.ann.id)
    payload = (await shop.ask(CREATE % (owner, 'target: "4000", currency: "EUR"')))["createQuota"]

    attained = {"target": "4000", "actual": "1000", "percent": "25", "currency": "EUR"}
    assert payload["quota"] == {"startsOn": "2026-01-01", "holder": "USER", "attainment": attained}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('target: "0", currency: "EUR"', ("IMPOSSIBLE_QUOTA", "target")),
        ('target: "5"', ("IMPOSSIBLE_QUOTA", "currency")),
        ('target: "5", measure: UNITS, currency: "EUR"', ("IMPOSSIBLE_QUOTA", "currency")),
        ('target: "5", currency: "XYZ"', ("UNKNOWN_CURRENCY", "currency")),
    ],
)
async def test_a_quota_that_cannot_be_is_refused(shop: Shop, given: str, expected: tuple[str, str]) -> None:
    payload = (await shop.ask(CREATE % (kehu.global_id("User", shop.ann.id), given)))["createQuota"]

    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [expected]


async def test_a_quota_is_of_somebody(shop: Shop) -> None:
    errors = await refused(shop.app, a_quota(shop.ann, owner_id=None))
    more = await refused(shop.app, a_quota(shop.ann, holder=QuotaHolder.TEAM, team_id=None))

    assert reasons(errors) == [("IMPOSSIBLE_QUOTA", "ownerId", "sfa")]
    assert reasons(more) == [("IMPOSSIBLE_QUOTA", "teamId", "sfa")]


async def test_parts_of_a_shared_deal_count_for_those_who_share_it(shop: Shop, stages: Stages) -> None:
    deal = await won(shop, stages, amount=Decimal("100.01"))
    async with shop.app.context() as ctx, ctx.write():
        for user, percent in ((shop.ann, 50), (shop.boss, 50)):
            ctx.add(OpportunitySplit(opportunity_id=deal.id, user_id=user.id, percent=Decimal(percent)))
    mine, theirs = await saved(shop.app, a_quota(shop.ann)), await saved(shop.app, a_quota(shop.boss))
    everybody = await saved(shop.app, a_quota(shop.ann, holder=QuotaHolder.FIRM))

    parts = [Decimal((await reached(shop, quota))[0]) for quota in (mine, theirs)]

    assert sorted(parts) == [Decimal("50.00"), Decimal("50.01")]
    assert await reached(shop, everybody) == ("100.01", "10")


async def test_a_team_counts_with_all_teams_below_it(shop: Shop, stages: Stages) -> None:
    north = await saved(shop.app, kehu.Team(name="North"))
    coast = await saved(shop.app, kehu.Team(name="Coast", parent_id=north.id))
    await won(shop, stages, team_id=coast.id)
    await won(shop, stages, team_id=north.id)
    await won(shop, stages)
    quotas = [
        await saved(shop.app, a_quota(shop.boss, holder=QuotaHolder.TEAM, team_id=team.id))
        for team in (north, coast)
    ]

    assert [await reached(shop, quota) for quota in quotas] == [("2000", "200"), ("1000", "100")]


async def test_orders_units_margin_and_cash_count_as_the_firm_chooses(shop: Shop) -> None:
    order = await shop.order('PRESS, quantity: "2", unitCost: "600"')
    await shop.call("receivePayment", order, 'amount: "500", method: TRANSFER')
    money = [QuotaMeasure.ORDERED_AMOUNT, QuotaMeasure.MARGIN, QuotaMeasure.CASH]
    quotas = [await saved(shop.app, a_quota(shop.ann, measure=measure)) for measure in money]
    units = await saved(
        shop.app, a_quota(shop.ann, measure=QuotaMeasure.UNITS, currency=None, target=Decimal(8))
    )

    assert [await reached(shop, quota) for quota in (*quotas, units)] == [
        *(("2000", "200"), ("800", "80"), ("500", "50"), ("2", "25")),
    ]


async def test_what_came_back_counts_no_more(shop: Shop) -> None:
    order = await shop.order()
    await shop.call("fulfil", order)
    await shop.call("takeBack", order, 'amount: "595", reason: "Broken"')
    quota = await saved(shop.app, a_quota(shop.ann, measure=QuotaMeasure.ORDERED_AMOUNT))

    assert await reached(shop, quota) == ("500", "50")


async def test_a_product_has_quotas_of_its_own(shop: Shop, stages: Stages) -> None:
    deal = await won(shop, stages, amount=None)
    for product_id, price in ((shop.product.id, 300), (None, 200)):
        line = OpportunityLine(opportunity_id=deal.id, product_id=product_id, unit_price=Decimal(price))
        await saved(shop.app, line)
    await won(shop, stages, product_id=shop.product.id)
    order = await shop.order('PRESS, unitPrice: "300"', 'description: "Pipe", unitPrice: "100"')
    await shop.call("receivePayment", order, 'amount: "100", method: TRANSFER')
    measures = (QuotaMeasure.WON_AMOUNT, QuotaMeasure.ORDERED_AMOUNT, QuotaMeasure.CASH)
    quotas = [
        await saved(shop.app, a_quota(shop.ann, product_id=shop.product.id, measure=measure))
        for measure in measures
    ]

    assert [(await reached(shop, quota))[0] for quota in quotas] == ["1300", "300", "75"]


async def test_other_currencies_count_at_the_rate_of_their_day(shop: Shop, stages: Stages) -> None:
    await won(shop, stages, currency="USD")
    quota = await saved(shop.app, a_quota(shop.ann))
    document = f'{{ quota(id: "{kehu.global_id("Quota", quota.id)}") {{ attainment {{ actual }} }} }}'

    unknown = await shop.api.execute(document)
    await saved(
        shop.app, kehu.CurrencyRate(base="USD", quote="EUR", rate=Decimal("0.9"), as_of=date(2026, 2, 1))
    )

    assert "USD to EUR on 2026-03-01" in unknown["errors"][0]["message"]
    assert await reached(shop, quota) == ("900", "90")


async def test_a_user_has_attainment_and_coverage(shop: Shop, stages: Stages) -> None:
    await saved(shop.app, a_quota(shop.ann))
    await won(shop, stages, amount=Decimal(400))
    await saved_opportunity(
        shop.app,
        stages.proposal,
        owner_id=shop.ann.id,
        amount=Decimal(1500),
        currency="EUR",
        expected_close_on=date(2026, 3, 20),
    )

    data = await shop.ask(
        """{ users(orderBy: [{field: NAME}]) { nodes {
          name attainment { target actual percent } attainment2: attainment(period: MONTH) { actual }
          pipelineCoverage last: pipelineCoverage(on: "2025-10-01")
        } } }"""
    )

    nothing = {"attainment": None, "attainment2": None, "pipelineCoverage": None, "last": None}
    attained = {"target": "1000", "actual": "400", "percent": "40"}
    assert data["users"]["nodes"] == [
        {"name": "Ann", **nothing, "attainment": attained, "pipelineCoverage": "2.5"},
        {"name": "Boss", **nothing},
    ]
