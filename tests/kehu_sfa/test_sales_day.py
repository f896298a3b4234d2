"""The documents of docs/guides/sales-day.md, run in their order against the demo data, on both databases."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.business.approvals.models import ApprovalRule
from kehu.platform.identity.models import Role
from kehu.platform.identity.principals import find_user, principal_of
from kehu.platform.identity.roles import ensure_roles
from kehu_graphql import Api
from kehu_sfa import Lead, Opportunity, Stage, StageCategory
from kehu_sfa.leads.models import OPEN
from tests.kehu.factories import PASSWORD, hash_of
from tests.kehu_sfa.conftest import Clock
from tests.templates import Templates

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "sales-day.md"
BLOCK = re.compile(r"```graphql\n(.*?)```", re.DOTALL)
NAME = re.compile(r"(?:query|mutation) (\w+)")
MOST_REQUESTS = 3
EMMA, JAMES = "emma.lindqvist@example.com", "james.okafor@example.com"


def screens() -> dict[str, list[str]]:
    """The documents of the guide by the screen that they are on."""
    sections = re.split(r"^###? (.+)$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {title: BLOCK.findall(text) for title, text in zip(sections[::2], sections[1::2], strict=True)}


DOCUMENTS = {
    NAME.findall(document)[0]: document for documents in screens().values() for document in documents
}


class Day:
    """Somebody at work with the documents of the guide; remembers which were run."""

    def __init__(self, app: kehu.App) -> None:
        self.app, self.api = app, Api(app)
        self.ran: set[str] = set()

    async def principal(self, email: str) -> kehu.Principal:
        async with self.app.context() as ctx:
            user = await find_user(ctx, email)
            assert user is not None
            return await principal_of(ctx, user)

    async def run(self, name: str, who: kehu.Principal, **variables: Any) -> dict[str, Any]:
        """The data of a document, which has neither errors nor userErrors."""
        self.ran.add(name)
        answer = await self.api.execute(DOCUMENTS[name], variables, principal=who)
        assert "errors" not in answer, (name, answer["errors"])
        data: dict[str, Any] = answer["data"]
        for payload in data.values():
            assert not isinstance(payload, dict) or not payload.get("userErrors"), (name, payload)
        return data

    async def some(self, model: type[Any], *conditions: Any) -> Any:
        async with self.app.context() as ctx:
            statement = sa.select(model).where(*conditions).order_by(model.id).limit(1)
            return (await ctx.session.scalars(statement)).one()


@pytest.fixture
async def day(database_url: str, clock: Clock, templates: Templates) -> AsyncIterator[Day]:
    app = await templates.open(database_url, "sfa", clock=clock)
    async with app.context() as ctx:
        await ensure_roles(ctx)
    async with app.context() as ctx, ctx.write():
        await app.hooks.run("kehu_demo_data", ctx=ctx, chance=random.Random(7))
        for email in (EMMA, JAMES):
            user = await find_user(ctx, email)
            assert user is not None
            user.password_hash = await hash_of(PASSWORD)
        manager = (await ctx.session.scalars(sa.select(Role).where(Role.name == "Sales Manager"))).one()
        ctx.add(ApprovalRule(name="Discounts", kind="sfa.discount", above=Decimal(0), role_id=manager.id))
    yield Day(app)
    await app.close()


def test_no_screen_needs_more_than_three_requests() -> None:
    counts = {title: len(documents) for title, documents in screens().items()}

    assert max(counts.values()) <= MOST_REQUESTS
    assert sum(counts.values()) == len(DOCUMENTS) >= 18


async def test_the_day_and_the_monday_of_the_guide(day: Day, clock: Clock) -> None:
    emma, james = await day.principal(EMMA), await day.principal(JAMES)
    signed_in = await day.run("SignIn", kehu.ANONYMOUS, email=EMMA, password=PASSWORD)
    assert signed_in["signIn"]["result"]["token"]
    await check_my_day(day, emma)
    await call_with_follow_up(day, emma, clock)
    await convert_a_lead(day, emma)
    deal = await move_a_deal(day, emma)
    await quote_with_approval(day, emma, james, deal)
    commitment = {"period": "QUARTER", "startsOn": "2026-03-02", "currency": "EUR", "commitAmount": "20000"}
    await day.run("SubmitTheForecast", emma, input=commitment)
    await check_monday(day, james, clock.now.date())
    await check_forecast(day, james, clock)
    assert day.ran == set(DOCUMENTS)


async def check_my_day(day: Day, emma: kehu.Principal) -> None:
    shown = await day.run("MyDay", emma)
    assert shown["viewer"]["user"] == {"name": "Emma Lindqvist", "timeZone": "Europe/London"}
    assert set(shown["myDay"]) == {
        *(
            "overdue",
            "today",
            "tomorrow",
            "calls",
            "nextSteps",
            "rotting",
            "withoutNextStep",
            "leadsToAnswer",
        ),
    }


async def call_with_follow_up(day: Day, emma: kehu.Principal, clock: Clock) -> None:
    planned = kehu.InteractionStatus.PLANNED
    call = await day.some(
        kehu.Interaction, kehu.Interaction.owner_id == emma.id, kehu.Interaction.status == planned
    )
    key = kehu.global_id("Interaction", call.id)
    version = (await day.run("BeforeTheCall", emma, id=key))["interaction"]["version"]
    next_at = (clock.now + timedelta(days=7)).isoformat()
    logged = await day.run(
        "LogTheCall",
        emma,
        id=key,
        version=version,
        outcome="Wants an offer",
        next="Call back",
        nextAt=next_at,
    )
    done = logged["completeInteraction"]["interaction"]
    assert (done["status"], done["outcome"]) == ("DONE", "Wants an offer")
    assert [each["subject"] for each in done["followUps"]["nodes"]] == ["Call back"]


async def convert_a_lead(day: Day, emma: kehu.Principal) -> None:
    lead = await day.some(Lead, Lead.owner_id == emma.id, Lead.status.in_(OPEN))
    key = kehu.global_id("Lead", lead.id)
    shown = (await day.run("TheLead", emma, id=key))["lead"]
    assert shown["assignments"]["nodes"][0]["toUser"] == {"name": "Emma Lindqvist"}
    converted = await day.run(
        "ConvertTheLead", emma, id=key, version=shown["version"], amount="12000", currency="EUR"
    )
    made = converted["convertLead"]["lead"]
    assert (made["status"], made["contact"]["name"]) == ("CONVERTED", lead.name)
    assert made["opportunity"]["amount"] == "12000"


async def move_a_deal(day: Day, emma: kehu.Principal) -> str:
    mine = (Opportunity.owner_id == emma.id, Opportunity.closed_at.is_(None))
    with_customer = Opportunity.customer_id.is_not(None), Opportunity.product_id.is_not(None)
    first = sa.select(Stage.id).where(Stage.category == StageCategory.OPEN)
    deal = await day.some(Opportunity, *mine, *with_customer, Opportunity.stage_id.in_(first))
    key = kehu.global_id("Opportunity", deal.id)
    shown = (await day.run("TheDeal", emma, id=key))["opportunity"]
    stages = shown["pipeline"]["stages"]["nodes"]
    target = next(stage for stage in reversed(stages) if stage["category"] == "OPEN")
    moved = await day.run("MoveTheDeal", emma, id=key, version=shown["version"], stage=target["id"])
    assert moved["moveToOpportunity"]["opportunity"]["stage"] == {"name": target["name"]}
    return key


async def quote_with_approval(day: Day, emma: kehu.Principal, james: kehu.Principal, deal: str) -> None:
    line = {"description": "Pilot", "quantity": "1", "unitPrice": "10000", "discountPercent": "10"}
    drafted = (await day.run("DraftTheQuote", emma, id=deal, lines=[line]))["quoteOpportunity"]["result"]
    key = drafted["id"]
    asked = await day.run("AskForApproval", emma, id=key)
    assert asked["submitQuote"]["quote"]["status"] == "IN_APPROVAL"
    [step] = [
        each
        for each in (await day.run("WaitingForMe", james))["approvalSteps"]["nodes"]
        if drafted["number"] in each["request"]["subject"]
    ]
    assert step["request"]["requestedBy"] == {"name": "Emma Lindqvist"}
    await day.run("Approve", james, id=step["id"])
    assert (await day.run("SendTheQuote", emma, id=key))["sendQuote"]["quote"]["status"] == "SENT"
    order = (await day.run("TheyAccept", emma, id=key))["acceptQuote"]["result"]
    assert (order["status"], order["totalAmount"]) == ("DRAFT", drafted["totalAmount"])
    won = await day.run("OrderAndWin", emma, order=order["id"], deal=deal)
    assert won["confirmOrder"]["order"]["status"] == "CONFIRMED"
    assert won["winOpportunity"]["opportunity"]["stage"]["category"] == "WON"


async def check_monday(day: Day, james: kehu.Principal, today: date) -> None:
    year_ago = (today - timedelta(days=365)).isoformat()
    standing = await day.run("WhereWeStand", james, **{"from": year_ago, "until": today.isoformat()})
    assert sum(row["count"] for row in standing["byStage"]) > 0
    assert standing["winRate"]["won"] > 0
    rotting = (await day.run("RottingDeals", james))["rottingDeals"]
    assert len(rotting["nodes"]) == min(rotting["totalCount"], 20)
    helped = await day.run("WhomToHelp", james)
    assert "Emma Lindqvist" in {row["user"]["name"] for row in helped["coachingList"]}


async def check_forecast(day: Day, james: kehu.Principal, clock: Clock) -> None:
    since = (clock.now - timedelta(days=7)).isoformat()
    quarter = {"quarterFrom": "2026-01-01", "quarterUntil": "2026-03-31"}
    [submitted] = (await day.run("WhatTheySubmitted", james, on="2026-01-01"))["forecastSubmissions"]["nodes"]
    assert (submitted["owner"], submitted["commitAmount"]) == ({"name": "Emma Lindqvist"}, "20000")
    adjusted = await day.run(
        "AdjustTheForecast", james, id=submitted["id"], amount="18000", reason="One slips."
    )
    assert adjusted["adjustForecastSubmission"]["result"] == {"amount": "18000", "reason": "One slips."}
    told = await day.run("TheForecast", james, since=since, **quarter)
    emmas = [
        row for row in told["forecastReport"] if row["owner"] and row["owner"]["name"] == "Emma Lindqvist"
    ]
    [said] = [row["forecast"] for row in emmas if row["forecast"]["submitted"] is not None]
    assert (said["submitted"], said["adjusted"], said["expected"]) == ("20000", "18000", "18000")
    assert told["teamForecastReport"][0]["team"] is None
    for fall in told["pipelineWaterfall"]:
        moved = sum(Decimal(part["amount"]) for part in fall.values() if isinstance(part, dict))
        assert Decimal(fall["start"]) + moved == Decimal(fall["end"])
