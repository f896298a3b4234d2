"""The documents of docs/guides/partner-quarter.md, run in their order, on both databases."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import kehu
from kehu_partner_inventory import (
    FundAllocation,
    LevelRule,
    MarketFund,
    PartnerLevel,
    PartnerMeasure,
    PartnerProgramme,
    PartnerTarget,
    Scorecard,
    ScorecardCriterion,
)
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.test_partner_day import BLOCK, MOST_REQUESTS, NAME, a_manager
from tests.kehu_partner_inventory.trade import Trade, open_trade

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "partner-quarter.md"
SECTIONS = re.split(r"^###? (.+)$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
SCREENS = [BLOCK.findall(text) for text in SECTIONS[1::2]]
DOCUMENTS = {NAME.findall(document)[0]: document for screen in SCREENS for document in screen}
QUARTER = {"from": "2026-01-01", "until": "2026-03-31"}
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


class Quarter:
    """Somebody at work with the documents of the guide; remembers which were run."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.ran: list[str] = []

    async def run(self, name: str, who: kehu.Principal, **variables: Any) -> dict[str, Any]:
        """The data of a document, which has neither errors nor userErrors."""
        self.ran.append(name)
        data: dict[str, Any] = await self.trade.channel.ask(DOCUMENTS[name], to=who, **variables)
        for payload in data.values():
            assert not isinstance(payload, dict) or not payload.get("userErrors"), (name, payload)
        return data


def test_no_screen_needs_more_than_two_requests() -> None:
    assert max(len(screen) for screen in SCREENS) <= MOST_REQUESTS
    assert sum(len(screen) for screen in SCREENS) == len(DOCUMENTS) == 14


async def test_the_quarter_of_the_guide(app: kehu.App) -> None:
    quarter = Quarter(await open_trade(app))
    trade = quarter.trade
    north, mei = await trade.channel.user_of("NORTH"), await a_manager(trade)
    keys = await furnished(trade)
    partner = trade.channel["NORTH"]
    made = await quarter.run("RegisterADeal", north, partner=partner, customer="Water AG", amount="12000")
    deal = made["createDealRegistration"]["dealRegistration"]["id"]
    await quarter.run("ClaimIt", north, deal=deal)
    stands = await quarter.run("HowWeStand", north)
    assert [(each["code"], each["attainment"]) for each in stands["partners"]["nodes"]] == [
        ("CORNER", None),
        ("NORTH", "70"),
    ]
    (allocation,) = stands["fundAllocations"]["nodes"]
    asked = await quarter.run("AskForMoney", north, allocation=allocation["id"], amount="500")
    request = asked["createFundRequest"]["fundRequest"]["id"]
    await quarter.run("SendIt", north, request=request)
    await managing(quarter, mei, north)
    await at_the_end(quarter, mei, keys)
    assert quarter.ran == list(DOCUMENTS)


async def managing(quarter: Quarter, mei: kehu.Principal, north: kehu.Principal) -> None:
    waiting = await quarter.run("WhatWaits", mei)
    (deal,), (request,) = waiting["dealRegistrations"]["nodes"], waiting["fundRequests"]["nodes"]
    told = {"deal": deal["id"], "until": "2026-06-30", "request": request["id"], "amount": "400"}
    decided = await quarter.run("Decide", mei, **told)
    assert decided["approveDealRegistration"]["dealRegistration"]["status"] == "APPROVED"
    assert decided["grantFundRequest"]["fundRequest"]["allocation"] == {"grantedAmount": "400"}
    claimed = await quarter.run(
        "ClaimWithProof", north, request=request["id"], amount="380", proof="Invoice 12"
    )
    paid = await quarter.run("PayTheFair", mei, claim=claimed["claimFundRequest"]["result"]["id"])
    assert paid["payOutFundClaim"]["fundClaim"]["status"] == "PAID"


async def at_the_end(quarter: Quarter, mei: kehu.Principal, keys: dict[str, str]) -> None:
    ranked = await quarter.run("WhoDoesWell", mei, scorecard=keys["scorecard"], **QUARTER)
    assert ranked["partnerRanking"][0]["partner"] == {"code": "NORTH", "level": {"name": "Silver"}}
    partner = quarter.trade.channel["NORTH"]
    why = await quarter.run("WhyThat", mei, partner=partner, **QUARTER)
    bought = why["partnerEvaluation"][0]["purchases"]
    assert sum(D(each["amount"]) for each in why["evaluatedLines"]) == D(bought) == D(70)
    reviewed = await quarter.run("ReviewLevels", mei, programme=keys["programme"], **QUARTER)
    (review,) = reviewed["reviewLevelsPartnerProgramme"]["result"]
    agreed = await quarter.run("AgreeTo", mei, review=review["id"])
    assert agreed["confirmLevelReview"]["result"] == {
        "partner": {"code": "NORTH", "level": {"name": "Gold"}},
        "reason": "A good quarter.",
    }
    owed = await quarter.run("OwedBothWays", mei, **(QUARTER | {"until": "2026-12-31"}))
    assert [(each["month"], each["due"]) for each in owed["collections"]] == [("2026-04", "70")]


async def furnished(trade: Trade) -> dict[str, str]:
    """NORTH bought for 70 of 100 euros; a scorecard, two levels with a rule, and a fund."""
    app, north = trade.app, trade.channel.partners["NORTH"]
    await trade.depot.receive("BOLT", 100)
    await trade.do(await trade.order(("BOLT", 7)), "submit", "confirm", "ship", "invoice")
    await saved(app, PartnerTarget(partner_id=north.id, amount=D(100), from_on=FIRST, until_on=LAST))
    card = await saved(app, Scorecard(name="Quarter"))
    told = {"measure": PartnerMeasure.PURCHASES, "weight": D(1), "none_at": D(0), "full_at": D(100)}
    await saved(app, ScorecardCriterion(scorecard_id=card.id, **told))
    programme = await saved(app, PartnerProgramme(name="Dealers"))
    silver = await saved(app, PartnerLevel(programme_id=programme.id, name="Silver", rank=1))
    gold = await saved(app, PartnerLevel(programme_id=programme.id, name="Gold", rank=2))
    rule = {"measure": PartnerMeasure.PURCHASES, "threshold": D(50), "currency": "EUR"}
    await saved(app, LevelRule(level_id=gold.id, **rule))
    await changed(app, north, level_id=silver.id)
    fund = MarketFund(name="2026", currency="EUR", amount=D(1000), from_on=FIRST, until_on=date(2026, 12, 31))
    await saved(app, fund)
    await saved(app, FundAllocation(fund_id=fund.id, partner_id=north.id, amount=D(600)))
    return {
        "scorecard": kehu.global_id("Scorecard", card.id),
        "programme": kehu.global_id("PartnerProgramme", programme.id),
    }
