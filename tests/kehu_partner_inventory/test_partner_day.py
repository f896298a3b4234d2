"""The documents of docs/guides/partner-day.md, run in their order, on both databases."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Membership, Role, RoleAssignment
from kehu.platform.identity.principals import principal_of
from kehu_partner_inventory import (
    PartnerLevel,
    PartnerProgramme,
    RebateBase,
    RebateKind,
    RebateMember,
    RebateProgramme,
    RebateTier,
)
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "partner-day.md"
BLOCK = re.compile(r"```graphql\n(.*?)```", re.DOTALL)
NAME = re.compile(r"(?:query|mutation) (\w+)")
MOST_REQUESTS = 2


def screens() -> dict[str, list[str]]:
    """The documents of the guide by the screen that they are on."""
    sections = re.split(r"^###? (.+)$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {title: BLOCK.findall(text) for title, text in zip(sections[::2], sections[1::2], strict=True)}


DOCUMENTS = {
    NAME.findall(document)[0]: document for documents in screens().values() for document in documents
}


class Day:
    """Somebody at work with the documents of the guide; remembers which were run."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.ran: set[str] = set()

    async def run(self, name: str, who: kehu.Principal, **variables: Any) -> dict[str, Any]:
        """The data of a document, which has neither errors nor userErrors."""
        self.ran.add(name)
        data: dict[str, Any] = await self.trade.channel.ask(DOCUMENTS[name], to=who, **variables)
        for payload in data.values():
            assert not isinstance(payload, dict) or not payload.get("userErrors"), (name, payload)
        return data


@pytest.fixture
async def day(app: kehu.App) -> Day:
    trade = await open_trade(app)
    await trade.depot.receive("BOLT", 100)
    return Day(trade)


def test_no_screen_needs_more_than_two_requests() -> None:
    assert max(len(documents) for documents in screens().values()) <= MOST_REQUESTS
    assert sum(len(documents) for documents in screens().values()) == len(DOCUMENTS) == 12


async def test_the_day_and_the_quarter_of_the_guide(day: Day, clock: Clock) -> None:
    north, mei = await day.trade.channel.user_of("NORTH"), await a_manager(day.trade)
    programme, level = await a_programme(day.trade)
    order = await dealers_day(day, north)
    clock.advance(hours=5)
    await selling(day, mei, order)
    statement = await end_of_quarter(day, mei, programme)
    shown = await day.run("MyBusiness", north)
    assert shown["rebateStatements"]["nodes"] == [
        {"programme": {"name": "Q1"}, "earnedAmount": "10", "payableAmount": "10", "status": "PAID"}
    ]
    assert shown["partners"]["nodes"][1]["exposure"] == "50"
    assert statement["amount"] == "-10"
    partner = day.trade.channel["NORTH"]
    promoted = await day.run("Promote", mei, partner=partner, level=kehu.global_id("PartnerLevel", level.id))
    assert promoted["ratePartner"]["partner"]["level"] == {"name": "Gold", "discountPercent": "5"}
    found = await day.run(
        "WhatIf",
        mei,
        programme=kehu.global_id("RebateProgramme", programme.id),
        partners=[partner],
        **{"from": "2026-01-01", "until": "2026-03-31"},
    )
    assert [each["earned"] for each in found["simulateRebate"]] == ["10"]
    assert day.ran == set(DOCUMENTS)


async def dealers_day(day: Day, north: kehu.Principal) -> str:
    partner, bolt = day.trade.channel["NORTH"], day.trade.depot["BOLT"]
    shown = await day.run("MyBusiness", north)
    assert [(each["code"], each["tier"]) for each in shown["partners"]["nodes"]] == [
        ("CORNER", 3),
        ("NORTH", 2),
    ]
    price = await day.run("WhatWouldItCost", north, partner=partner, product=bolt, quantity="20")
    assert price["partnerPrice"]["unitPrice"] == "10"
    made = await day.run("StartAnOrder", north, partner=partner)
    key = str(made["createChannelOrder"]["channelOrder"]["id"])
    ordered = await day.run("OrderIt", north, order=key, product=bolt, quantity="20")
    assert ordered["setLinesChannelOrder"]["channelOrder"]["totalAmount"] == "200"
    assert ordered["submitChannelOrder"]["channelOrder"]["status"] == "SUBMITTED"
    return key


async def selling(day: Day, mei: kehu.Principal, order: str) -> None:
    waiting = await day.run("OrdersThatWait", mei)
    assert [each["id"] for each in waiting["channelOrders"]["nodes"]] == [order]
    sold = await day.run("Sell", mei, order=order)
    assert sold["confirmChannelOrder"]["channelOrder"] == {"status": "ALLOCATED"}
    assert sold["shipChannelOrder"]["channelOrder"] == {"status": "SHIPPED", "orderToShipHours": 5}
    paid = await day.run("MoneyCameIn", mei, partner=day.trade.channel["NORTH"], amount="140")
    assert [each["amount"] for each in paid["receivePaymentPartner"]["result"]["shares"]["nodes"]] == ["140"]
    owed = await day.run("WhoOwesWhat", mei)
    assert [(each["partner"]["code"], each["total"]) for each in owed["receivablesAgeing"]] == [
        ("NORTH", "60")
    ]


async def end_of_quarter(day: Day, mei: kehu.Principal, programme: RebateProgramme) -> dict[str, Any]:
    key = kehu.global_id("RebateProgramme", programme.id)
    drawn = await day.run("DrawUp", mei, programme=key, partner=day.trade.channel["NORTH"])
    result = drawn["drawUpRebateProgramme"]["result"]
    assert sum(D(each["earnedAmount"]) for each in result["lines"]["nodes"]) == D(result["earnedAmount"])
    paid = await day.run("PayOut", mei, statement=result["id"])
    return dict(paid["payOutRebateStatement"]["result"])


async def a_manager(trade: Trade) -> kehu.Principal:
    """Mei, a sales manager, in the team that all partners belong to."""
    team = await saved(trade.app, kehu.Team(name="Channel"))
    user = await saved(trade.app, kehu.User(name="Mei"))
    await saved(trade.app, Membership(user_id=user.id, team_id=team.id))
    for partner in trade.channel.partners.values():
        await changed(trade.app, partner, team_id=team.id)
    async with trade.app.context() as ctx:
        role = (await ctx.session.scalars(sa.select(Role).where(Role.name == "Sales Manager"))).one()
    await saved(trade.app, RoleAssignment(user_id=user.id, role_id=role.id))
    async with trade.app.context() as ctx:
        return await principal_of(ctx, user)


async def a_programme(trade: Trade) -> tuple[RebateProgramme, PartnerLevel]:
    """5 % for what NORTH buys in the first quarter, and a level to reach."""
    made = await saved(
        trade.app,
        RebateProgramme(
            name="Q1",
            base=RebateBase.SELL_IN,
            kind=RebateKind.WHOLE_AMOUNT,
            currency="EUR",
            from_on=date(2026, 1, 1),
            until_on=date(2026, 3, 31),
        ),
    )
    await saved(trade.app, RebateTier(programme_id=made.id, from_amount=D(0), percent=D(5)))
    await saved(trade.app, RebateMember(programme_id=made.id, partner_id=trade.channel.partners["NORTH"].id))
    dealers = await saved(trade.app, PartnerProgramme(name="Dealers"))
    gold = PartnerLevel(programme_id=dealers.id, name="Gold", rank=2, discount_percent=D(5))
    return made, await saved(trade.app, gold)
