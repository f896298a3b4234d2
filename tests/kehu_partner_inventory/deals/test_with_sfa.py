"""Where sfa is enabled an approved deal becomes an opportunity, and is closed with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

import kehu
from kehu_sfa import Opportunity
from tests.kehu.factories import saved
from tests.kehu_partner_inventory.channel import Channel, open_channel
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.deals.test_actions import approve, registered, seen
from tests.kehu_sfa.factories import Stages, saved_stages


@pytest.fixture
async def app(depot_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    app = kehu.App(kehu.installed(["partner_inventory", "sfa"]), depot_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


@pytest.fixture
async def channel(app: kehu.App) -> Channel:
    return await open_channel(app)


@pytest.fixture(autouse=True)
async def stages(app: kehu.App) -> Stages:
    return await saved_stages(app)


OPPORTUNITY = "status opportunity { id name amount currency source customer { name } }"


async def test_an_approved_deal_becomes_an_opportunity(channel: Channel) -> None:
    customer = await saved(channel.app, kehu.Customer(name="Water Company"))
    key = await registered(channel, more='amount: "12000.50"')
    assert (await seen(channel, key, OPPORTUNITY))["opportunity"] is None

    await channel.do(approve(key, more=f', customer: "{kehu.global_id("Customer", customer.id)}"'))

    found = await seen(channel, key, OPPORTUNITY)
    won = found["opportunity"].pop("id")
    assert found == {
        "status": "APPROVED",
        "opportunity": {
            "name": "Pumps",
            "amount": "12000.5",
            "currency": "EUR",
            "source": "PARTNER",
            "customer": {"name": "Water Company"},
        },
    }
    await channel.do(f'winOpportunity(id: "{won}")')
    assert (await seen(channel, key))["status"] == "WON"


async def test_a_lost_opportunity_loses_the_deal(channel: Channel) -> None:
    key = await registered(channel)
    await channel.do(approve(key))
    lost = (await seen(channel, key, OPPORTUNITY))["opportunity"]["id"]
    await channel.do(f'loseOpportunity(id: "{lost}", reason: PRICE)')
    assert await seen(channel, key, "status lostReason") == {"status": "LOST", "lostReason": "PRICE"}


async def test_a_deal_that_we_are_at_ourselves_takes_a_reason(channel: Channel) -> None:
    customer = await saved(channel.app, kehu.Customer(name="Water AG"))
    await saved(channel.app, Opportunity(name="Our own", customer_id=customer.id))
    key = await registered(channel)

    assert await seen(channel, key, "hasClash openOpportunities { name }") == {
        "hasClash": True,
        "openOpportunities": [{"name": "Our own"}],
    }
    assert await channel.refused(approve(key)) == [("DEAL_CLASH", "reason")]
    await channel.do(approve(key, more=', reason: "They know the plant."'))
    assert (await seen(channel, key))["decisionReason"] == "They know the plant."

    north = await channel.user_of("NORTH")
    shown = f'{{ dealRegistration(id: "{key}") {{ hasClash opportunity {{ id }} openOpportunities {{ name }} }} }}'
    found = (await channel.ask(shown, to=north))["dealRegistration"]
    assert found == {"hasClash": True, "opportunity": None, "openOpportunities": []}


async def test_the_opportunities_of_a_page_are_two_statements(channel: Channel) -> None:
    """Each registration gets its own, by the id or the name of its customer, and not the one that it became."""
    for name in ("Water AG", "Gas AG"):
        await registered(channel, customer=name)
    became = await registered(channel, "SOUTH", customer="Steam AG")
    steam = await saved(channel.app, kehu.Customer(name="Steam AG"))
    await channel.do(approve(became, more=f', customer: "{kehu.global_id("Customer", steam.id)}"'))
    water = await saved(channel.app, kehu.Customer(name="Water AG"))
    for name, customer in (("First", water), ("Second", water), ("Third", steam)):
        await saved(channel.app, Opportunity(name=name, customer_id=customer.id))
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    sa.event.listen(channel.app.engine.sync_engine, "before_cursor_execute", note)
    found = await channel.ask(
        """{ dealRegistrations(orderBy: [{field: NUMBER}]) {
            nodes { customerName opportunity { name } openOpportunities { name } } } }"""
    )
    sa.event.remove(channel.app.engine.sync_engine, "before_cursor_execute", note)

    assert found["dealRegistrations"]["nodes"] == [
        {
            "customerName": "Water AG",
            "opportunity": None,
            "openOpportunities": [{"name": "First"}, {"name": "Second"}],
        },
        {"customerName": "Gas AG", "opportunity": None, "openOpportunities": []},
        {
            "customerName": "Steam AG",
            "opportunity": {"name": "Pumps"},
            "openOpportunities": [{"name": "Third"}],
        },
    ]
    assert len([each for each in said if "FROM sfa_opportunity" in each]) == 2
