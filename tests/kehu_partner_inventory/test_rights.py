"""Who may see and move what: rights reach as far as the location's owner and team."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Membership, Role, RoleAssignment
from kehu.platform.identity.principals import principal_of
from kehu.platform.identity.roles import ensure_roles
from kehu_partner_inventory import Location
from tests.kehu.factories import changed, saved
from tests.kehu_partner_inventory.depot import D, Depot, somebody

ALL, TEAM = kehu.Level.ALL, kehu.Level.TEAM
READ = (
    "location",
    "stock_move",
    "stock_balance",
    "stock_layer",
    "stock_layer_use",
    "reservation",
    "stocktake",
)
SEEN = """{
    locations { nodes { code } } stockBalances { nodes { location { code } onHand } }
    stockMoves { nodes { fromLocation { code } toLocation { code } } } reservations { totalCount }
    stockLayers { totalCount } stocktakes { totalCount }
    stockBalancesAggregate { count }
}"""


@pytest.fixture
async def north(depot: Depot) -> kehu.Team:
    """The team that SIDE belongs to."""
    team = await saved(depot.app, kehu.Team(name="North"))
    side = await changed(depot.app, depot.locations["SIDE"], team_id=team.id)
    assert isinstance(side, Location)
    return team


async def test_who_sees_some_locations_sees_the_stock_there_and_no_other(
    depot: Depot, north: kehu.Team
) -> None:
    await depot.receive("BOLT", 10)
    await depot.receive("BOLT", 4, at="SIDE")
    await depot.do(
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", '
        f"lines: [{depot.line('BOLT', 2)}])"
    )
    await depot.reserve("BOLT", 1)
    await depot.reserve("BOLT", 1, at="SIDE")
    for place in ("MAIN", "SIDE"):
        await depot.do(f'startStocktake(location: "{depot[place]}")')

    grants = {f"{entity}__read": TEAM for entity in READ}
    reader = await somebody(depot, north, **grants)
    seen = await depot.ask(SEEN, to=reader)

    assert seen["locations"]["nodes"] == [{"code": "SIDE"}]
    assert seen["stockBalances"]["nodes"] == [{"location": {"code": "SIDE"}, "onHand": "6"}]
    ends = [(m["fromLocation"], m["toLocation"]) for m in seen["stockMoves"]["nodes"]]
    assert ends == [(None, {"code": "SIDE"})] * 2
    assert [seen[name]["totalCount"] for name in ("reservations", "stockLayers", "stocktakes")] == [1, 2, 1]
    assert seen["stockBalancesAggregate"] == [{"count": 1}]


async def test_figures_of_a_product_count_what_is_seen(depot: Depot, north: kehu.Team) -> None:
    await depot.receive("BOLT", 10)
    await depot.receive("BOLT", 4, at="SIDE")
    reader = await somebody(
        depot,
        north,
        location__read=TEAM,
        stock_balance__read=TEAM,
        stock_move__read=TEAM,
    )
    ask = f'availability(products: ["{depot["BOLT"]}"]'

    found = await depot.ask(
        f'{{ product(id: "{depot["BOLT"]}") {{ onHand }} now: {ask}) {{ onHand }} '
        f'before: {ask}, at: "2026-03-02T08:00:00Z") {{ onHand }} '
        f'report: stockAsOf(at: "2026-03-02T09:00:00Z") {{ location {{ code }} quantity }} }}',
        to=reader,
    )

    assert found["product"] == {"onHand": "4"}
    assert (found["now"], found["before"]) == ([{"onHand": "4"}], [{"onHand": "0"}])
    assert found["report"] == [{"location": {"code": "SIDE"}, "quantity": "4"}]


async def test_who_may_move_stock_of_one_location_leaves_the_others_alone(
    depot: Depot, north: kehu.Team
) -> None:
    await depot.receive("BOLT", 10)
    await depot.receive("BOLT", 4, at="SIDE")
    mover = await somebody(
        depot,
        north,
        location__read=ALL,
        location__issueFrom=TEAM,
        location__moveFrom=TEAM,
        location__reserveAt=TEAM,
        location__receiveAt=TEAM,
    )
    line = depot.line("BOLT", 1)

    for verb in (
        f'issueFromLocation(id: "{depot["MAIN"]}", lines: [{line}])',
        f'moveFromLocation(id: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", lines: [{line}])',
        f'moveFromLocation(id: "{depot["SIDE"]}", toLocation: "{depot["MAIN"]}", lines: [{line}])',
        f'reserveAtLocation(id: "{depot["MAIN"]}", product: "{depot["BOLT"]}", quantity: "1")',
        f'adjustAtLocation(id: "{depot["SIDE"]}", reason: DAMAGE, lines: [{line}])',
    ):
        assert [code for code, _ in await depot.refused(verb, to=mover)] == ["FORBIDDEN"]
    await depot.do(f'issueFromLocation(id: "{depot["SIDE"]}", lines: [{line}])', to=mover)
    assert await depot.stock("BOLT", "SIDE") == (D(3), D(0))


async def test_a_transfer_is_agreed_to_where_the_goods_are(depot: Depot, north: kehu.Team) -> None:
    await depot.receive("BOLT", 10)
    verbs = {f"transfer__{verb}": TEAM for verb in ("read", "create", "approve", "send", "receive")}
    taker = await somebody(
        depot, north, location__read=ALL, location__receiveAt=TEAM, location__issueFrom=TEAM, **verbs
    )
    payload = await depot.do(
        f'requestTransfer(fromLocation: "{depot["MAIN"]}", toLocation: "{depot["SIDE"]}", '
        f"lines: [{depot.line('BOLT', 1)}])",
        "result { id }",
        to=taker,
    )
    key = payload["result"]["id"]

    assert [code for code, _ in await depot.refused(f'approveTransfer(id: "{key}")', to=taker)] == [
        "FORBIDDEN"
    ]
    for verb in ("approve", "send"):
        await depot.do(f'{verb}Transfer(id: "{key}")')
    await depot.do(f'receiveTransfer(id: "{key}")', to=taker)
    assert await depot.stock("BOLT", "SIDE") == (D(1), D(0))


@pytest.mark.parametrize("role", ["Warehouse Worker", "Warehouse Manager"])
async def test_who_works_in_a_warehouse_sees_what_comes_in(depot: Depot, north: kehu.Team, role: str) -> None:
    async with depot.app.context() as ctx:
        await ensure_roles(ctx)
        held = (await ctx.session.scalars(sa.select(Role).where(Role.name == role))).one()
    user = await saved(depot.app, kehu.User(name="Wim"))
    await saved(depot.app, Membership(user_id=user.id, team_id=north.id))
    await saved(depot.app, RoleAssignment(user_id=user.id, role_id=held.id))
    async with depot.app.context() as ctx:
        wim = await principal_of(ctx, user)

    receive = f'receiveAtLocation(id: "{depot["SIDE"]}", lines: [{depot.line("BOLT", 4, unitCost=1)}])'
    taken = await depot.do(receive, "result { product { code } toLocation { code } quantity }", to=wim)

    moved = {"product": {"code": "BOLT"}, "toLocation": {"code": "SIDE"}, "quantity": "4"}
    assert taken == {"result": [moved], "userErrors": []}


async def test_roles_bring_their_grants(depot: Depot) -> None:
    async with depot.app.context() as ctx:
        await ensure_roles(ctx)
    found = await depot.ask(
        """{ roles { nodes { name grants(first: 200, filter: {permission: {startsWith: "partner_inventory."}})
        { nodes { permission level } } } } }"""
    )
    held = {
        role["name"]: {
            grant["permission"].removeprefix("partner_inventory."): grant["level"]
            for grant in role["grants"]["nodes"]
        }
        for role in found["roles"]["nodes"]
    }

    assert held["Salesperson"]["stock_balance:read"] == "ALL"
    assert not {"stock:value", "stock_move:read", "location:issueFrom"} & held["Salesperson"].keys()
    assert held["Warehouse Worker"]["location:receiveAt"] == "TEAM"
    assert (
        not {"stocktake:expectation", "location:adjustAt", "stocktake:approve"}
        & held["Warehouse Worker"].keys()
    )
    assert held["Warehouse Manager"]["stocktake:approve"] == "SUBTREE"
    assert held["Partner Manager"]["location:adjustAt"] == "TEAM"
    told = (":read", ":export", ":value", ":check", ":expectation", ":evaluate")
    assert not [p for p in held["Auditor"] if not p.endswith(told)]
    every = {p for grants in held.values() for p in grants}
    known = {p.removeprefix("partner_inventory.") for p in depot.app.composition.permissions}
    assert every <= known
