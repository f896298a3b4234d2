"""Deals are registered, protected and closed through the API, on both databases."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import kehu
from kehu_partner_inventory import PartnerAuthorisation
from kehu_partner_inventory.deals.actions import expire_deals
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.channel import Channel, open_channel
from tests.kehu_partner_inventory.conftest import Clock

SHOWN = "number status hasClash protectedUntilOn decisionReason"


@pytest.fixture
async def channel(app: kehu.App) -> Channel:
    return await open_channel(app)


async def registered(
    channel: Channel,
    by: str = "NORTH",
    customer: str = "Water AG",
    more: str = "",
    *,
    to: kehu.Principal = kehu.SYSTEM,
    submit: bool = True,
) -> str:
    """The id of a deal that a partner has claimed."""
    payload = await channel.do(
        f'createDealRegistration(input: {{partnerId: "{channel[by]}", name: "Pumps", customerName: "{customer}" '
        f"{more}}})",
        "dealRegistration { id }",
        to=to,
    )
    key = str(payload["dealRegistration"]["id"])
    if submit:
        await channel.do(f'submitDealRegistration(id: "{key}")', to=to)
    return key


def approve(key: str, until: str = "2026-06-30", more: str = "") -> str:
    return f'approveDealRegistration(id: "{key}", protectedUntilOn: "{until}" {more})'


async def seen(channel: Channel, key: str, shown: str = SHOWN) -> Any:
    found = await channel.ask(f'{{ dealRegistration(id: "{key}") {{ {shown} }} }}')
    return found["dealRegistration"]


async def test_a_partner_registers_a_deal_and_we_protect_it(channel: Channel) -> None:
    north = await channel.user_of("NORTH")
    key = await registered(channel, to=north)
    assert await channel.refused(approve(key), to=north) == [("FORBIDDEN", None)]

    payload = await channel.do(approve(key), f"dealRegistration {{ {SHOWN} currency }}")

    assert payload["dealRegistration"] == {
        "number": "D-2026-00001",
        "status": "APPROVED",
        "hasClash": False,
        "protectedUntilOn": "2026-06-30",
        "decisionReason": None,
        "currency": "EUR",
    }
    await channel.do(f'winDealRegistration(id: "{key}")', to=north)
    assert (await seen(channel, key))["status"] == "WON"
    found = await channel.ask(
        "query($id: ID!) { auditEntries(filter: {recordId: {eq: $id}}, orderBy: [{field: ID}]) "
        "{ nodes { changes } } }",
        id=key,
    )
    steps = [each["changes"].get("status") for each in found["auditEntries"]["nodes"]]
    assert [each["after"] for each in steps if each] == ["DRAFT", "SUBMITTED", "APPROVED", "WON"]


async def test_what_was_told_stays_once_it_was_submitted(channel: Channel) -> None:
    key = await registered(channel, submit=False)
    await channel.do(f'updateDealRegistration(input: {{id: "{key}", customerName: "Fire AG"}})')
    await channel.do(f'submitDealRegistration(id: "{key}")')
    call = f'updateDealRegistration(input: {{id: "{key}", customerName: "Water AG"}})'
    assert await channel.refused(call) == [("DEAL_IN_OTHER_STATE", "status")]
    assert (await seen(channel, key, "customerName"))["customerName"] == "Fire AG"


async def test_nobody_else_is_approved_for_a_protected_deal(channel: Channel, clock: Clock) -> None:
    first = await registered(channel)
    await channel.do(approve(first))
    second = await registered(channel, "SOUTH", "WATER  ag")

    assert (await seen(channel, second))["hasClash"] is True
    assert (await seen(channel, second, "clashes { number }"))["clashes"] == [{"number": "D-2026-00001"}]
    assert await channel.refused(approve(second)) == [("DEAL_CLASH", "customerName")]
    assert (await seen(channel, second))["status"] == "SUBMITTED"

    same = await registered(channel)
    await channel.do(approve(same))
    clock.advance(days=150)
    await channel.do(approve(second, "2026-12-31"))


async def test_deals_about_different_products_do_not_clash(channel: Channel) -> None:
    goods = await saved(channel.app, kehu.ProductCategory(name="Goods"))
    pumps = await saved(channel.app, kehu.ProductCategory(name="Pumps", parent_id=goods.id))
    pipes = await saved(channel.app, kehu.ProductCategory(name="Pipes", parent_id=goods.id))
    about = {
        each.name: f'categoryId: "{kehu.global_id("ProductCategory", each.id)}"'
        for each in (goods, pumps, pipes)
    }
    await channel.do(approve(await registered(channel, more=about["Pumps"])))

    other = await registered(channel, "SOUTH", more=about["Pipes"])
    wider = await registered(channel, "RIVAL", more=about["Goods"])
    assert [(await seen(channel, key))["hasClash"] for key in (other, wider)] == [False, True]
    await channel.do(approve(other))
    number = 'registeredNumber: "hrb 7"'
    await channel.do(approve(await registered(channel, "NORTH", "Fire AG", number)))
    named_otherwise = await registered(channel, "SOUTH", "Fire Holding", 'registeredNumber: "HRB7"')
    assert (await seen(channel, named_otherwise))["hasClash"] is True


async def test_of_two_who_approve_at_the_same_moment_one_is_refused(channel: Channel) -> None:
    keys = [await registered(channel), await registered(channel, "SOUTH")]
    document = "mutation { done: %s { userErrors { code } } }"
    answers = await asyncio.gather(*(channel.ask(document % approve(key)) for key in keys))
    codes = sorted(error["code"] for answer in answers for error in answer["done"]["userErrors"])
    assert codes == ["DEAL_CLASH"]
    stands = sorted([(await seen(channel, key))["status"] for key in keys])
    assert stands == ["APPROVED", "SUBMITTED"]


async def test_deals_expire_after_the_last_day_of_their_protection(channel: Channel, clock: Clock) -> None:
    key = await registered(channel)
    await channel.do(approve(key, "2026-03-10"))
    for days, status in ((8, "APPROVED"), (2, "EXPIRED")):
        clock.advance(days=days)
        async with channel.app.context() as ctx:
            await expire_deals(ctx)
        assert (await seen(channel, key))["status"] == status


async def test_a_deal_is_registered_where_the_partner_may_sell(channel: Channel) -> None:
    authorise = PartnerAuthorisation(
        partner_id=channel.partners["NORTH"].id, territory="DE", is_exclusive=True
    )
    await saved(channel.app, authorise)
    await registered(channel, more='territory: "de-by"')
    away = await registered(channel, more='territory: "FR"', submit=False)
    assert await channel.refused(f'submitDealRegistration(id: "{away}")') == [("NOT_AUTHORISED", "territory")]
    other = await registered(channel, "RIVAL", more='territory: "DE"', submit=False)
    assert await channel.refused(f'submitDealRegistration(id: "{other}")') == [
        ("CHANNEL_CONFLICT", "territory")
    ]
    await registered(channel, "CORNER", more='territory: "DE"')


async def test_only_active_partners_register(channel: Channel) -> None:
    key = await registered(channel, submit=False)
    await channel.do(f'suspendPartner(id: "{channel["NORTH"]}", reason: "Does not pay.")')
    assert await channel.refused(f'submitDealRegistration(id: "{key}")') == [
        ("PARTNER_NOT_ACTIVE", "partner")
    ]


async def test_a_portal_user_sees_and_registers_deals_of_its_subtree_only(channel: Channel) -> None:
    for code in ("AGENT", "NORTH", "CORNER", "SOUTH"):
        await registered(channel, code, f"Customer of {code}")
    north = await channel.user_of("NORTH")
    found = await channel.ask(
        "{ dealRegistrations { totalCount nodes { partner { code } } } dealRegistrationsAggregate { count } "
        f'partner(id: "{channel["NORTH"]}") {{ deals {{ totalCount }} }} }}',
        to=north,
    )
    assert sorted(each["partner"]["code"] for each in found["dealRegistrations"]["nodes"]) == [
        "CORNER",
        "NORTH",
    ]
    assert found["dealRegistrationsAggregate"] == [{"count": 2}]
    assert found["partner"] == {"deals": {"totalCount": 1}}
    call = f'createDealRegistration(input: {{partnerId: "{channel["SOUTH"]}", name: "X", customerName: "Y"}})'
    assert [code for code, _ in await channel.refused(call, to=north)] == ["NOT_FOUND"]
    await changed(channel.app, channel.partners["CORNER"], parent_id=channel.partners["RIVAL"].id)
    assert (await channel.ask("{ dealRegistrations { totalCount } }", to=north)) == {
        "dealRegistrations": {"totalCount": 1}
    }
