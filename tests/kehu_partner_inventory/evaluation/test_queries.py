"""Partners are evaluated, ranked and their figures explained, through the API on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import kehu
from kehu_partner_inventory import PartnerMeasure, PartnerTarget, Scorecard, ScorecardCriterion
from tests.kehu.factories import changed, refused, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
SPAN = 'fromOn: "2026-01-01", untilOn: "2026-06-30"'
FIGURES = (
    "purchases returns returnPercent due onTime onTimePercent target attained attainmentPercent currency"
)


@pytest.fixture
async def bulk(app: kehu.App) -> kehu.ProductCategory:
    goods = await saved(app, kehu.ProductCategory(name="Goods"))
    return await saved(app, kehu.ProductCategory(name="Bulk", parent_id=goods.id))


@pytest.fixture
async def trade(app: kehu.App, bulk: kehu.ProductCategory, clock: Clock) -> Trade:
    """NORTH bought for 80 and brought back for 20; it paid 50 of what was due in time, and 30 late."""
    trade = await open_trade(app)
    await changed(app, trade.depot.products["SAND"], category_id=bulk.id)
    for code in ("BOLT", "SAND"):
        await trade.depot.receive(code, 100)
    key = await trade.order(("BOLT", 7), ("SAND", 4))
    await trade.do(key, "submit", "confirm", "ship", "invoice")
    line = await trade.line(key)
    await trade.do(
        key,
        f'takeBack(lines: [{{lineId: "{line}", quantity: "2"}}], '
        f'toLocation: "{trade.depot["MAIN"]}", reason: "Rusty.")',
    )
    for days, amount in ((8, 30), (35, 30)):
        clock.advance(days=days)
        await trade.channel.do(f'receivePaymentPartner(id: "{trade.channel["NORTH"]}", amount: "{amount}")')
    return trade


async def aim(
    trade: Trade, amount: int, category: kehu.ProductCategory | None = None, **values: Any
) -> PartnerTarget:
    partner = trade.channel.partners["NORTH"].id
    told = {"from_on": FIRST, "until_on": LAST, "category_id": category.id if category else None}
    return await saved(trade.app, PartnerTarget(partner_id=partner, amount=D(amount), **(told | values)))


async def evaluated(trade: Trade, more: str = "", shown: str = FIGURES) -> Any:
    ask = f'{{ partnerEvaluation(partners: ["{trade.channel["NORTH"]}"], {SPAN} {more}) {{ {shown} }} }}'
    return (await trade.channel.ask(ask))["partnerEvaluation"][0]


async def test_a_partner_is_evaluated_over_a_period(trade: Trade, bulk: kehu.ProductCategory) -> None:
    await aim(trade, 120)
    await aim(trade, 20, bulk)
    await aim(trade, 5000, until_on=date(2026, 12, 31))
    assert await evaluated(trade) == {
        "purchases": "80",
        "returns": "20",
        "returnPercent": "25",
        "due": "80",
        "onTime": "50",
        "onTimePercent": "62.5",
        "target": "140",
        "attained": "70",
        "attainmentPercent": "50",
        "currency": "EUR",
    }
    key = kehu.global_id("ProductCategory", bulk.parent_id or bulk.id)
    found = await evaluated(trade, f', category: "{key}"', "purchases returns target attained onTime")
    assert found == {"purchases": "10", "returns": "0", "target": "20", "attained": "10", "onTime": "50"}


async def test_attainment_is_that_of_the_targets_of_today(
    trade: Trade, bulk: kehu.ProductCategory, clock: Clock
) -> None:
    shown = f'{{ partner(id: "{trade.channel["NORTH"]}") {{ attainment targets {{ nodes {{ amount attained }} }} }} }}'
    assert (await trade.channel.ask(shown))["partner"] == {"attainment": None, "targets": {"nodes": []}}
    await aim(trade, 20, bulk)
    await aim(trade, 100, from_on=date(2026, 2, 1), until_on=date(2026, 5, 1))
    found = (await trade.channel.ask(shown))["partner"]
    assert found["attainment"] == "58.33"
    assert found["targets"]["nodes"] == [
        {"amount": "100", "attained": "60"},
        {"amount": "20", "attained": "10"},
    ]
    clock.advance(days=40)
    assert (await trade.channel.ask(shown))["partner"]["attainment"] == "50"


async def test_partners_are_ranked_by_weights_that_are_edited(trade: Trade) -> None:
    card = await saved(trade.app, Scorecard(name="Year"))
    criteria = {}
    for measure, weight, none_at, full_at in (
        (PartnerMeasure.PURCHASES, 3, 0, 100),
        (PartnerMeasure.ON_TIME_PERCENT, 1, 50, 100),
        (PartnerMeasure.RETURN_PERCENT, 1, 50, 0),
        (PartnerMeasure.ATTAINMENT_PERCENT, 9, 0, 100),
    ):
        made = ScorecardCriterion(
            scorecard_id=card.id, measure=measure, weight=D(weight), none_at=D(none_at), full_at=D(full_at)
        )
        criteria[measure] = await saved(trade.app, made)
    ask = (
        f'{{ partnerRanking(scorecard: "{kehu.global_id("Scorecard", card.id)}", {SPAN}) '
        "{ rank partner { code } score criteria { measure value score } } }"
    )
    found = (await trade.channel.ask(ask))["partnerRanking"]
    assert found[0] == {
        "rank": 1,
        "partner": {"code": "NORTH"},
        "score": "51",
        "criteria": [
            {"measure": "ATTAINMENT_PERCENT", "value": None, "score": None},
            {"measure": "ON_TIME_PERCENT", "value": "62.5", "score": "25"},
            {"measure": "PURCHASES", "value": "60", "score": "60"},
            {"measure": "RETURN_PERCENT", "value": "25", "score": "50"},
        ],
    }
    assert [(each["rank"], each["score"], each["partner"]["code"]) for each in found[1:]] == [
        (2, "0", code) for code in ("AGENT", "CORNER", "RIVAL", "SOUTH")
    ]
    key = kehu.global_id("ScorecardCriterion", criteria[PartnerMeasure.PURCHASES].id)
    await trade.channel.do(f'updateScorecardCriterion(input: {{id: "{key}", weight: "1"}})')
    assert (await trade.channel.ask(ask))["partnerRanking"][0]["score"] == "45"
    below = ask.replace(f", {SPAN}", f', {SPAN}, below: "{trade.channel["NORTH"]}"')
    found = (await trade.channel.ask(below))["partnerRanking"]
    assert [each["partner"]["code"] for each in found] == ["NORTH", "CORNER"]


async def test_figures_go_down_to_the_lines_of_orders(trade: Trade, bulk: kehu.ProductCategory) -> None:
    shown = "{ amount orderLine { product { code } order { number } } }"
    ask = f'evaluatedLines(partner: "{trade.channel["NORTH"]}", {SPAN}'
    key = kehu.global_id("ProductCategory", bulk.id)
    found = await trade.channel.ask(f'{{ all: {ask}) {shown} bulk: {ask}, category: "{key}") {shown} }}')
    lines = [(each["orderLine"]["product"]["code"], each["amount"]) for each in found["all"]]
    assert sorted(lines) == [("BOLT", "-20"), ("BOLT", "70"), ("SAND", "10")]
    assert sum(Decimal(amount) for _, amount in lines) == D(60)
    assert found["bulk"] == [
        {"amount": "10", "orderLine": {"product": {"code": "SAND"}, "order": {"number": "C-2026-00001"}}}
    ]


async def test_a_portal_user_sees_its_own_targets_and_compares_nobody(trade: Trade) -> None:
    await aim(trade, 100)
    for code, seen in (("NORTH", ["60"]), ("SOUTH", [])):
        user = await trade.channel.user_of(code)
        found = await trade.channel.ask(
            "{ partnerTargets { nodes { attained } } partners { nodes { attainment } } }", to=user
        )
        assert [each["attained"] for each in found["partnerTargets"]["nodes"]] == seen
        answer = await trade.channel.api.execute(
            f'{{ evaluatedLines(partner: "{trade.channel[code]}", {SPAN}) {{ amount }} }}', {}, principal=user
        )
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_impossible_targets_are_refused(trade: Trade) -> None:
    partner = trade.channel.partners["NORTH"].id
    for values, field in (({"amount": D(0)}, "amount"), ({"until_on": date(2025, 1, 1)}, "untilOn")):
        told: dict[str, Any] = {"amount": D(1), "from_on": FIRST, "until_on": LAST} | values
        errors = await refused(trade.app, PartnerTarget(partner_id=partner, **told))
        assert [(each.code, each.field) for each in errors] == [("IMPOSSIBLE_TARGET", field)]
