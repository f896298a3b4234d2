"""The tree of partners and the verbs of a partnership, through the API on both databases."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

import kehu
from kehu_partner_inventory import (
    Location,
    LocationUsage,
    Partner,
    PartnerAuthorisation,
    PartnerLevel,
    PartnerPlacement,
    PartnerProgramme,
)
from tests.kehu.factories import change_refused, changed, refused, saved
from tests.kehu_partner_inventory.channel import Channel
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D, depot_of


async def test_a_partner_applies_is_approved_activated_suspended_and_ended(channel: Channel) -> None:
    customer = await saved(channel.app, kehu.Customer(name="Newcomer"))
    made = await channel.do(
        f'createPartner(input: {{customerId: "{kehu.global_id("Customer", customer.id)}", code: " NEW ", '
        'kind: SHOP, currency: "eur"})',
        "partner { id code status currency tier customer { partner { code } } }",
    )
    key = made["partner"].pop("id")
    assert made["partner"] == {
        "code": "NEW",
        "status": "APPLIED",
        "currency": "EUR",
        "tier": 1,
        "customer": {"partner": {"code": "NEW"}},
    }

    assert await channel.refused(f'activatePartner(id: "{key}")') == [("PARTNER_IN_OTHER_STATE", "status")]
    seen = []
    for call in ("approve", "activate", "suspend", "activate", "end"):
        why = ', reason: "Does not pay."' if call in ("suspend", "end") else ""
        answer = await channel.do(f'{call}Partner(id: "{key}"{why})', "partner { status statusReason }")
        seen.append((answer["partner"]["status"], answer["partner"]["statusReason"]))
    assert seen == [
        ("APPROVED", None),
        ("ACTIVE", None),
        ("SUSPENDED", "Does not pay."),
        ("ACTIVE", None),
        ("ENDED", "Does not pay."),
    ]


async def test_a_tree_of_any_depth_without_a_circle(channel: Channel) -> None:
    found = await channel.ask(
        f'{{ partnerSubtree(partner: "{channel["AGENT"]}") {{ code tier }} '
        f'partner(id: "{channel["NORTH"]}") {{ children {{ nodes {{ code }} }} }} }}'
    )
    assert [(each["code"], each["tier"]) for each in found["partnerSubtree"]] == [
        ("AGENT", 1),
        ("CORNER", 3),
        ("NORTH", 2),
        ("SOUTH", 2),
    ]
    assert found["partner"]["children"]["nodes"] == [{"code": "CORNER"}]
    call = f'updatePartner(input: {{id: "{channel["AGENT"]}", parentId: "{channel["CORNER"]}"}})'
    assert await channel.refused(call) == [("PARTNER_CYCLE", "parentId")]


async def test_moves_keep_history(channel: Channel, clock: Clock) -> None:
    began = clock.now
    clock.advance(days=30)
    await changed(channel.app, channel.partners["CORNER"], parent_id=channel.partners["SOUTH"].id)

    async with channel.app.context() as ctx:
        statement = sa.select(PartnerPlacement).where(
            PartnerPlacement.partner_id == channel.partners["CORNER"].id
        )
        rows = (await ctx.session.scalars(statement.order_by(PartnerPlacement.began_at))).all()
    assert [(row.parent_id, row.began_at, row.ended_at) for row in rows] == [
        (channel.partners["NORTH"].id, began, clock.now),
        (channel.partners["SOUTH"].id, clock.now, None),
    ]


async def test_a_level_is_reached_by_decision_and_the_history_stays(channel: Channel) -> None:
    programme = await saved(channel.app, PartnerProgramme(name="Dealers"))
    silver = await saved(channel.app, PartnerLevel(programme_id=programme.id, name="Silver", rank=1))
    key = kehu.global_id("PartnerLevel", silver.id)

    await channel.do(f'ratePartner(id: "{channel["NORTH"]}", level: "{key}", reason: "A good year.")')
    assert await channel.refused(f'ratePartner(id: "{channel["NORTH"]}", reason: " ")') == [
        ("REQUIRED", "reason")
    ]

    found = await channel.ask(
        f'{{ partner(id: "{channel["NORTH"]}") {{ level {{ name }} '
        "levelChanges { nodes { fromLevel { name } toLevel { name } reason } } } }"
    )
    assert found["partner"] == {
        "level": {"name": "Silver"},
        "levelChanges": {
            "nodes": [{"fromLevel": None, "toLevel": {"name": "Silver"}, "reason": "A good year."}]
        },
    }
    errors = await refused(
        channel.app,
        PartnerLevel(programme_id=programme.id, name="Gold", rank=2, discount_percent=D(101)),
    )
    assert [error.code for error in errors] == ["IMPOSSIBLE_LEVEL"]


async def test_where_one_alone_may_sell_only_those_below_it_may_too(channel: Channel) -> None:
    def may(code: str, territory: str, *, alone: bool = False) -> PartnerAuthorisation:
        partner = channel.partners[code]
        return PartnerAuthorisation(partner_id=partner.id, territory=territory, is_exclusive=alone)

    await saved(channel.app, may("AGENT", "cn", alone=True))
    await saved(channel.app, may("CORNER", "CN-31"))
    await saved(channel.app, may("RIVAL", "DE"))

    errors = await refused(channel.app, may("RIVAL", "CN-11"))
    assert [(error.code, error.field) for error in errors] == [("CHANNEL_CONFLICT", "territory")]
    errors = await refused(channel.app, may("NORTH", "DE", alone=True))
    assert [error.code for error in errors] == ["CHANNEL_CONFLICT"]


async def test_of_two_who_shall_be_alone_at_the_same_moment_one_is_refused(channel: Channel) -> None:
    """The second asks while the first has written, and is not yet done."""
    written = asyncio.Event()

    async def first() -> None:
        async with channel.app.context() as ctx, ctx.write():
            agent = channel.partners["AGENT"].id
            ctx.add(PartnerAuthorisation(partner_id=agent, territory="DE", is_exclusive=True))
            await ctx.flush()
            written.set()
            await asyncio.sleep(0.2)

    async def second() -> list[tuple[str, str | None]]:
        await written.wait()
        more = 'territory: "DE", isExclusive: true'
        return await channel.refused(
            f'createPartnerAuthorisation(input: {{partnerId: "{channel["RIVAL"]}", {more}}})'
        )

    _, errors = await asyncio.gather(first(), second())
    assert errors == [("CHANNEL_CONFLICT", "territory")]
    found = await channel.ask("{ partnerAuthorisations { totalCount } }")
    assert found == {"partnerAuthorisations": {"totalCount": 1}}


async def test_impossible_partners_are_refused(channel: Channel) -> None:
    north = channel.partners["NORTH"]
    for value in ({"currency": "XXQ"}, {"credit_limit": D(-1)}, {"group_credit_limit": D(-1)}):
        errors = await change_refused(channel.app, north, **value)
        assert [error.code for error in errors] == ["IMPOSSIBLE_PARTNER"]
    errors = await refused(
        channel.app, Partner(customer_id=north.customer_id, code="TWIN", kind="SHOP", currency="EUR")
    )
    assert [error.code for error in errors] == ["DUPLICATE"]


async def test_stock_at_a_partner_is_worth_what_it_cost(channel: Channel) -> None:
    depot = await depot_of(channel.app)
    north = channel.partners["NORTH"]
    shelf = Location(
        code="NORTHERN",
        name="North",
        usage=LocationUsage.PARTNER,
        currency="EUR",
        holder_id=north.customer_id,
    )
    await saved(channel.app, shelf)
    depot = await depot_of(channel.app)
    await depot.receive("BOLT", 7, at="NORTHERN", cost="2.5")

    found = await channel.ask("{ partners { nodes { code stockValue } } }")
    assert {each["code"]: each["stockValue"] for each in found["partners"]["nodes"]} == {
        "AGENT": "0",
        "CORNER": "0",
        "NORTH": "17.5",
        "RIVAL": "0",
        "SOUTH": "0",
    }


async def test_conflicts_are_found_along_the_tree_of_categories(channel: Channel) -> None:
    goods = await saved(channel.app, kehu.ProductCategory(name="Goods"))
    pumps = await saved(channel.app, kehu.ProductCategory(name="Pumps", parent_id=goods.id))
    pipes = await saved(channel.app, kehu.ProductCategory(name="Pipes", parent_id=goods.id))
    pump = await saved(channel.app, kehu.Product(code="P1", name="Pump", unit="pc", category_id=pumps.id))

    def may(code: str, *, alone: bool = False, **what: object) -> PartnerAuthorisation:
        partner = channel.partners[code].id
        return PartnerAuthorisation(partner_id=partner, is_exclusive=alone, **what)

    await saved(channel.app, may("AGENT", alone=True, category_id=pumps.id))
    for what in (
        {"product_id": pump.id},
        {"category_id": goods.id},
        {"category_id": pumps.id},
        {"territory": "CN"},
    ):
        errors = await refused(channel.app, may("RIVAL", **what))
        assert [error.code for error in errors] == ["CHANNEL_CONFLICT"], what
    await saved(channel.app, may("RIVAL", category_id=pipes.id))
    errors = await refused(channel.app, may("AGENT", alone=True, category_id=goods.id))
    assert [error.code for error in errors] == ["CHANNEL_CONFLICT"]
