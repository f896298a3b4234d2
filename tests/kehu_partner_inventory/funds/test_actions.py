"""Funds are allotted, granted, claimed and paid through the API on both databases, never more than there is."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.attachments.actions import attach
from kehu.platform.outbox.models import OutboxEvent
from kehu_partner_inventory import MarketFund
from tests.kehu.factories import saved
from tests.kehu_partner_inventory.channel import Channel, open_channel
from tests.kehu_partner_inventory.depot import D


@pytest.fixture
async def channel(app: kehu.App) -> Channel:
    return await open_channel(app)


@pytest.fixture
async def fund(app: kehu.App) -> str:
    """1,000 euros for 2026."""
    made = MarketFund(
        name="2026", currency="EUR", amount=D(1000), from_on=date(2026, 1, 1), until_on=date(2026, 12, 31)
    )
    return str(kehu.global_id("MarketFund", (await saved(app, made)).id))


def allot(channel: Channel, fund: str, code: str, amount: int) -> str:
    return (
        f'createFundAllocation(input: {{fundId: "{fund}", partnerId: "{channel[code]}", amount: "{amount}"}})'
    )


async def allotted(channel: Channel, fund: str, code: str = "NORTH", amount: int = 600) -> str:
    payload = await channel.do(allot(channel, fund, code, amount), "fundAllocation { id }")
    return str(payload["fundAllocation"]["id"])


async def requested(
    channel: Channel, allocation: str, amount: int, *, to: kehu.Principal = kehu.SYSTEM, more: str = ""
) -> str:
    payload = await channel.do(
        f'createFundRequest(input: {{allocationId: "{allocation}", purpose: "Fair", requestedAmount: "{amount}"'
        f"{more}}})",
        "fundRequest { id }",
        to=to,
    )
    key = str(payload["fundRequest"]["id"])
    await channel.do(f'submitFundRequest(id: "{key}")', to=to)
    return key


def grant(key: str, amount: int) -> str:
    return f'grantFundRequest(id: "{key}", amount: "{amount}")'


def claim(key: str, amount: int, proof: str = "Invoice 4711") -> str:
    return f'claimFundRequest(id: "{key}", amount: "{amount}", proof: "{proof}")'


async def claimed(channel: Channel, key: str, amount: int, *, to: kehu.Principal = kehu.SYSTEM) -> str:
    payload = await channel.do(claim(key, amount), "result { id }", to=to)
    return str(payload["result"]["id"])


async def both(channel: Channel, *calls: str) -> list[str]:
    """Codes of the refusals of calls that come at the same moment."""
    document = "mutation { done: %s { userErrors { code } } }"
    answers = await asyncio.gather(*(channel.ask(document % call) for call in calls))
    return [error["code"] for answer in answers for error in answer["done"]["userErrors"]]


async def test_money_goes_from_the_budget_to_a_claim_with_a_proof(channel: Channel, fund: str) -> None:
    north = await channel.user_of("NORTH")
    allocation = await allotted(channel, fund)
    campaign = kehu.global_id("Campaign", kehu.uuid7())
    key = await requested(channel, allocation, 500, to=north, more=f', campaign: "{campaign}"')
    assert await channel.refused(grant(key, 500), to=north) == [("FORBIDDEN", None)]
    await channel.do(grant(key, 400))
    assert await channel.refused(claim(key, 300, " "), to=north) == [("FUND_PROOF_MISSING", "proof")]
    won = await claimed(channel, key, 300, to=north)
    await channel.do(f'approveFundClaim(id: "{won}")')
    await channel.do(f'payOutFundClaim(id: "{won}")')

    found = await channel.ask(
        f'{{ marketFund(id: "{fund}") {{ allottedAmount allocations {{ nodes {{ grantedAmount requests {{ nodes {{ '
        "status grantedAmount claimedAmount claims { nodes { amount proof status } } } } } } } }"
    )
    assert found["marketFund"] == {
        "allottedAmount": "600",
        "allocations": {
            "nodes": [
                {
                    "grantedAmount": "400",
                    "requests": {
                        "nodes": [
                            {
                                "status": "GRANTED",
                                "grantedAmount": "400",
                                "claimedAmount": "300",
                                "claims": {
                                    "nodes": [{"amount": "300", "proof": "Invoice 4711", "status": "PAID"}]
                                },
                            }
                        ]
                    },
                }
            ]
        },
    }
    async with channel.app.context() as ctx:
        paid = sa.select(OutboxEvent).where(OutboxEvent.name == "partner_inventory.fund_claim_paid")
        event = (await ctx.session.scalars(paid)).one()
    told = {name: event.payload[name] for name in ("currency", "purpose", "campaign")}
    assert told == {"currency": "EUR", "purpose": "Fair", "campaign": campaign}
    assert D(event.payload["amount"]) == D(300)
    await channel.do(f'closeFundRequest(id: "{key}")')
    found = await channel.ask("{ fundAllocations { nodes { grantedAmount } } }")
    assert found["fundAllocations"]["nodes"] == [{"grantedAmount": "300"}]


async def test_nothing_gives_more_than_there_is(channel: Channel, fund: str) -> None:
    allocation = await allotted(channel, fund)
    exceeded = [("FUND_EXCEEDED", "amount")]
    assert await channel.refused(allot(channel, fund, "SOUTH", 401)) == exceeded
    await allotted(channel, fund, "SOUTH", 400)
    update = 'updateFundAllocation(input: {id: "%s", amount: "%s"})'
    assert await channel.refused(update % (allocation, 601)) == exceeded
    assert await channel.refused(f'updateMarketFund(input: {{id: "{fund}", amount: "999"}})') == exceeded

    key = await requested(channel, allocation, 500)
    other = await requested(channel, allocation, 200)
    assert await channel.refused(grant(key, 501)) == exceeded
    await channel.do(grant(key, 500))
    assert await channel.refused(grant(other, 101)) == exceeded
    assert await channel.refused(update % (allocation, 499)) == exceeded
    await channel.do(grant(other, 100))

    first = await claimed(channel, key, 400)
    assert await channel.refused(claim(key, 101)) == exceeded
    await channel.do(f'rejectFundClaim(id: "{first}", reason: "No stamp.")')
    await channel.do(claim(key, 500))
    assert await channel.refused(claim(key, 1)) == exceeded
    assert await channel.refused(claim(key, 0)) == [("IMPOSSIBLE_FUND", "amount")]
    call = f'updateFundRequest(input: {{id: "{key}", requestedAmount: "9"}})'
    assert await channel.refused(call) == [("FUND_REQUEST_IN_OTHER_STATE", "status")]


async def test_two_at_the_same_moment_do_not_get_more_than_there_is(channel: Channel, fund: str) -> None:
    calls = [allot(channel, fund, code, 600) for code in ("NORTH", "SOUTH")]
    assert await both(channel, *calls) == ["FUND_EXCEEDED"]
    found = await channel.ask("{ fundAllocations { nodes { id } } }")
    ((allocation,),) = [[each["id"] for each in found["fundAllocations"]["nodes"]]]
    keys = [await requested(channel, allocation, 400) for _ in range(2)]
    assert await both(channel, *(grant(key, 400) for key in keys)) == ["FUND_EXCEEDED"]
    found = await channel.ask("{ fundRequests(filter: {status: {eq: GRANTED}}) { nodes { id } } }")
    (key,) = [each["id"] for each in found["fundRequests"]["nodes"]]
    assert await both(channel, *[claim(key, 300)] * 3) == ["FUND_EXCEEDED"] * 2
    assert await channel.ask("{ fundClaims { totalCount } }") == {"fundClaims": {"totalCount": 1}}


async def test_a_portal_user_sees_and_claims_what_is_its_own(channel: Channel, fund: str) -> None:
    north = await channel.user_of("NORTH")
    for code in ("NORTH", "SOUTH"):
        key = await requested(channel, await allotted(channel, fund, code, 300), 300)
        await channel.do(grant(key, 300))
        await channel.do(claim(key, 100))
    shown = ["marketFunds", "fundAllocations", "fundRequests", "fundClaims"]
    found: dict[str, Any] = await channel.ask(
        "{ "
        + " ".join(f"{name} {{ totalCount }}" for name in shown)
        + " marketFunds { nodes { allottedAmount } } }",
        to=north,
    )
    assert [found[name]["totalCount"] for name in shown] == [1, 1, 1, 1]
    assert found["marketFunds"]["nodes"] == [{"allottedAmount": "300"}]
    other = [each for each in await keys(channel) if each not in await keys(channel, to=north)]
    assert [code for code, _ in await channel.refused(claim(other[0], 1), to=north)] == ["NOT_FOUND"]
    south = await channel.user_of("RIVAL")
    assert (await channel.ask("{ marketFunds { totalCount } }", to=south)) == {
        "marketFunds": {"totalCount": 0}
    }


async def keys(channel: Channel, *, to: kehu.Principal = kehu.SYSTEM) -> list[str]:
    found = await channel.ask("{ fundRequests { nodes { id } } }", to=to)
    return [each["id"] for each in found["fundRequests"]["nodes"]]


async def test_a_portal_user_attaches_the_proof_to_the_request(channel: Channel, fund: str) -> None:
    north, rival = await channel.user_of("NORTH"), await channel.user_of("RIVAL")
    key = await requested(channel, await allotted(channel, fund), 300, to=north)
    pdf: dict[str, Any] = {"name": "invoice.pdf", "media_type": "application/pdf", "content": b"%PDF-1.7"}
    async with channel.app.context(north) as ctx:
        await attach(ctx, key, **pdf)
    async with channel.app.context(rival) as ctx:
        with pytest.raises(kehu.NotFound):
            await attach(ctx, key, **pdf)
    async with channel.app.context() as ctx:
        await attach(ctx, channel["NORTH"], **(pdf | {"name": "Our own opinion.pdf"}))
    shown = "{ attachments { nodes { name } } }"
    for user, names in ((north, ["invoice.pdf"]), (rival, [])):
        found = await channel.ask(shown, to=user)
        assert [each["name"] for each in found["attachments"]["nodes"]] == names
