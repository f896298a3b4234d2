"""A partner's user sees its subtree only, on every path to a record."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import RoleAssignment
from kehu_partner_inventory import Location, LocationUsage, PartnerAuthorisation, PartnerUser
from kehu_partner_inventory.partners.portal import SHOWN
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.channel import Channel, open_channel
from tests.kehu_partner_inventory.depot import depot_of

OWN = ["CORNER", "NORTH"]


@pytest.fixture
async def channel(app: kehu.App) -> Channel:
    return await open_channel(app)


@pytest.fixture
async def north(channel: Channel) -> kehu.Principal:
    """The user of NORTH, below which CORNER stands."""
    return await channel.user_of("NORTH")


async def test_lists_and_counts_hold_the_subtree(channel: Channel, north: kehu.Principal) -> None:
    found = await channel.ask(
        "{ partners { totalCount nodes { code } } customers(orderBy: {field: NAME}) { totalCount nodes { name } } "
        "partnersAggregate { count } users { nodes { name } } partnerPlacements { totalCount } }",
        to=north,
    )
    assert found == {
        "partners": {"totalCount": 2, "nodes": [{"code": code} for code in OWN]},
        "customers": {"totalCount": 2, "nodes": [{"name": "Corner"}, {"name": "North"}]},
        "partnersAggregate": [{"count": 2}],
        "users": {"nodes": [{"name": "NORTH's user"}]},
        "partnerPlacements": {"totalCount": 2},
    }


async def test_ids_of_others_find_nothing(channel: Channel, north: kehu.Principal) -> None:
    for code in ("AGENT", "SOUTH", "RIVAL"):
        found = await channel.ask(
            f'{{ partner(id: "{channel[code]}") {{ code }} node(id: "{channel[code]}") {{ id }} }}', to=north
        )
        assert found == {"partner": None, "node": None}
    found = await channel.ask(
        f'{{ node(id: "{channel["CORNER"]}") {{ ... on Partner {{ code }} }} }}', to=north
    )
    assert found == {"node": {"code": "CORNER"}}


async def test_relations_and_filters_end_at_the_subtree(channel: Channel, north: kehu.Principal) -> None:
    found = await channel.ask(
        f'{{ partner(id: "{channel["NORTH"]}") {{ parent {{ code }} children {{ nodes {{ code }} }} '
        "customer { partner { code } } } "
        'below: partners(filter: {parent: {code: {eq: "AGENT"}}}) { totalCount } '
        f'partnerSubtree(partner: "{channel["NORTH"]}") {{ code }} }}',
        to=north,
    )
    assert found == {
        "partner": {
            "parent": None,
            "children": {"nodes": [{"code": "CORNER"}]},
            "customer": {"partner": {"code": "NORTH"}},
        },
        "below": {"totalCount": 0},
        "partnerSubtree": [{"code": code} for code in OWN],
    }


async def test_stock_of_others_is_hidden(channel: Channel, north: kehu.Principal) -> None:
    for code in ("NORTH", "SOUTH"):
        held = {"currency": "EUR", "holder_id": channel.partners[code].customer_id}
        await saved(channel.app, Location(code=f"AT {code}", name=code, usage=LocationUsage.PARTNER, **held))
    depot = await depot_of(channel.app)
    for place, quantity in (("AT NORTH", 3), ("AT SOUTH", 4), ("MAIN", 5)):
        await depot.receive("BOLT", quantity, at=place)

    found = await channel.ask(
        "{ locations { nodes { code } } stockBalances { nodes { onHand location { code } } } "
        f'product(id: "{depot["BOLT"]}") {{ onHand balances {{ totalCount }} }} }}',
        to=north,
    )
    assert found == {
        "locations": {"nodes": [{"code": "AT NORTH"}]},
        "stockBalances": {"nodes": [{"onHand": "3", "location": {"code": "AT NORTH"}}]},
        "product": {"onHand": "0", "balances": {"totalCount": 1}},
    }


async def test_verbs_and_writes_are_refused(channel: Channel, north: kehu.Principal) -> None:
    for call in (
        f'updatePartner(input: {{id: "{channel["NORTH"]}", creditLimit: "1000000"}})',
        f'activatePartner(id: "{channel["NORTH"]}")',
        f'ratePartner(id: "{channel["NORTH"]}", reason: "We are good.")',
    ):
        assert [code for code, _ in await channel.refused(call, to=north)] == ["FORBIDDEN"]


async def test_more_grants_show_no_more(channel: Channel, north: kehu.Principal) -> None:
    await saved(channel.app, PartnerAuthorisation(partner_id=channel.partners["RIVAL"].id, territory="DE"))
    everything = dict.fromkeys(channel.app.composition.permissions, kehu.Level.ALL)
    mighty = dataclasses.replace(north, grants=everything | {"*": kehu.Level.ALL})
    async with channel.app.context(mighty) as ctx:
        for model, entity in channel.app.composition.entities.items():
            count = await ctx.session.scalar(sa.select(sa.func.count()).select_from(model))
            assert model in SHOWN or count == 0, entity.name
        partners = (await ctx.session.scalars(sa.select(PartnerAuthorisation))).all()
    assert partners == []


async def test_nothing_is_seen_once_the_partnership_has_ended(
    channel: Channel, north: kehu.Principal
) -> None:
    await channel.do(f'endPartner(id: "{channel["NORTH"]}", reason: "Closed.")')
    found = await channel.ask("{ partners { totalCount } customers { totalCount } }", to=north)
    assert found == {"partners": {"totalCount": 0}, "customers": {"totalCount": 0}}


async def test_a_partner_that_moves_takes_its_view_along(channel: Channel) -> None:
    agent = await channel.user_of("AGENT")
    await changed(channel.app, channel.partners["NORTH"], parent_id=channel.partners["RIVAL"].id)
    found = await channel.ask("{ partners { nodes { code } } }", to=agent)
    assert [each["code"] for each in found["partners"]["nodes"]] == ["AGENT", "SOUTH"]


async def test_portal_users_get_their_role(channel: Channel, north: kehu.Principal) -> None:
    assert "partner_inventory.portal:use" in north.grants
    link = sa.select(PartnerUser).where(PartnerUser.user_id == north.id)
    async with channel.app.context() as ctx, ctx.write():
        await ctx.delete((await ctx.session.scalars(link)).one())
    async with channel.app.context() as ctx:
        held = sa.select(RoleAssignment.id).where(RoleAssignment.user_id == north.id)
        assert (await ctx.session.scalars(held)).all() == []
