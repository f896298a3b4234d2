"""Sums of a partner are in one currency, because it keeps the one that its amounts are in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import kehu
from kehu_partner_inventory import (
    Partner,
    PartnerMeasure,
    PartnerTarget,
    RebateMember,
    RebateProgramme,
    RebateTier,
    Scorecard,
    ScorecardCriterion,
    SpecialPrice,
)
from kehu_partner_inventory.rebates.reckoning import RebateBase, RebateKind
from tests.crm import reasons
from tests.kehu.factories import change_refused, changed, refused, saved, stored
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

TOLD = [("CURRENCY_STAYS", "currency", "partner_inventory")]
SPAN = 'fromOn: "2026-01-01", untilOn: "2026-12-31"'


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


async def test_a_partner_without_amounts_gets_another_currency(trade: Trade) -> None:
    north = trade.channel.partners["NORTH"]
    await changed(trade.app, north, currency="USD", price_list_id=None)
    assert (await stored(trade.app, north)).currency == "USD"


async def test_the_price_list_of_a_partner_is_in_its_currency(trade: Trade) -> None:
    north = trade.channel.partners["NORTH"]
    dollars = await saved(trade.app, kehu.PriceList(name="Dollars", currency="USD"))

    by_list = await change_refused(trade.app, north, price_list_id=dollars.id)
    by_currency = await change_refused(trade.app, north, currency="USD")

    told = [("PRICE_IN_OTHER_CURRENCY", "priceListId", "partner_inventory")]
    assert reasons(by_list) == told
    assert by_list[0].message == "Dollars is in USD."
    assert reasons(by_currency) == [("PRICE_IN_OTHER_CURRENCY", "currency", "partner_inventory")]
    assert (await stored(trade.app, north)).currency == "EUR"
    customer = await saved(trade.app, kehu.Customer(name="New"))
    new = Partner(
        customer_id=customer.id, code="NEW", kind="DEALER", currency="EUR", price_list_id=dollars.id
    )
    assert reasons(await refused(trade.app, new)) == told
    await changed(trade.app, north, currency="USD", price_list_id=dollars.id)


async def test_a_partner_that_has_ordered_keeps_its_currency(trade: Trade) -> None:
    await trade.order(("BOLT", 1))
    north = trade.channel.partners["NORTH"]
    assert reasons(await change_refused(trade.app, north, currency="USD", price_list_id=None)) == TOLD
    key = trade.channel["NORTH"]
    many = f'updatePartners(inputs: [{{id: "{key}", currency: "USD", priceListId: null}}])'
    assert await trade.channel.refused(many) == [("CURRENCY_STAYS", "inputs.0.currency")]


async def test_a_partner_keeps_the_currency_of_its_prices_and_targets(trade: Trade) -> None:
    partners = trade.channel.partners
    bolt = trade.depot.products["BOLT"].id
    await saved(trade.app, SpecialPrice(partner_id=partners["AGENT"].id, product_id=bolt, price=D(1)))
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    target = {"from_on": first, "until_on": last, "amount": D(5)}
    await saved(trade.app, PartnerTarget(partner_id=partners["RIVAL"].id, **target))
    for code in ("AGENT", "RIVAL"):
        assert (
            reasons(await change_refused(trade.app, partners[code], currency="USD", price_list_id=None))
            == TOLD
        )


async def test_a_programme_keeps_the_currency_of_its_tiers_and_members(trade: Trade) -> None:
    values: dict[str, Any] = {"base": RebateBase.SELL_IN, "kind": RebateKind.MARGINAL}
    values |= {"from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31), "currency": "EUR"}
    empty, tiered, joined = [
        await saved(trade.app, RebateProgramme(name=name, **values)) for name in ("A", "B", "C")
    ]
    await saved(trade.app, RebateTier(programme_id=tiered.id, from_amount=D(0), percent=D(1)))
    await saved(
        trade.app, RebateMember(programme_id=joined.id, partner_id=trade.channel.partners["NORTH"].id)
    )
    await changed(trade.app, empty, currency="USD")
    for programme in (tiered, joined):
        assert reasons(await change_refused(trade.app, programme, currency="USD")) == TOLD


async def card_of(trade: Trade, currency: str | None) -> str:
    card = await saved(trade.app, Scorecard(name="Year"))
    await saved(
        trade.app,
        ScorecardCriterion(
            scorecard_id=card.id,
            measure=PartnerMeasure.PURCHASES,
            weight=D(1),
            none_at=D(0),
            full_at=D(100),
            currency=currency,
        ),
    )
    return kehu.global_id("Scorecard", card.id)


async def bought(trade: Trade) -> None:
    """NORTH for 50 euros; SOUTH owes in dollars."""
    await trade.depot.receive("BOLT", 10)
    await trade.do(await trade.order(("BOLT", 5)), "submit", "confirm", "ship", "invoice")
    await changed(trade.app, trade.channel.partners["SOUTH"], currency="USD", price_list_id=None)


async def test_purchases_in_several_currencies_are_not_compared_as_they_are(trade: Trade) -> None:
    await bought(trade)
    card = await card_of(trade, None)
    ask = f'{{ partnerRanking(scorecard: "{card}", {SPAN}) {{ rank }} }}'
    answer = await trade.channel.api.execute(ask, {}, principal=kehu.SYSTEM)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["MIXED_CURRENCIES"]
    below = ask.replace(", from", f', below: "{trade.channel["NORTH"]}", from')
    assert len((await trade.channel.ask(below))["partnerRanking"]) == 2


async def test_purchases_are_compared_in_the_currency_of_the_criterion(trade: Trade) -> None:
    await bought(trade)
    rate = kehu.CurrencyRate(base="EUR", quote="USD", rate=D("1.5"), as_of=date(2026, 1, 1))
    await saved(trade.app, rate)
    card = await card_of(trade, "USD")
    ask = f'{{ partnerRanking(scorecard: "{card}", {SPAN}) {{ partner {{ code }} score criteria {{ value }} }} }}'
    first = (await trade.channel.ask(ask))["partnerRanking"][0]
    assert first == {"partner": {"code": "NORTH"}, "score": "75", "criteria": [{"value": "75"}]}


@pytest.mark.parametrize(("measure", "currency"), [("RETURN_PERCENT", "EUR"), ("PURCHASES", "XXQ")])
async def test_a_currency_is_that_of_purchases(trade: Trade, measure: str, currency: str) -> None:
    card = await saved(trade.app, Scorecard(name="Year"))
    made = ScorecardCriterion(
        scorecard_id=card.id,
        measure=PartnerMeasure[measure],
        weight=D(1),
        none_at=D(0),
        full_at=D(1),
        currency=currency,
    )
    assert reasons(await refused(trade.app, made)) == [
        ("IMPOSSIBLE_CRITERION", "currency", "partner_inventory")
    ]
