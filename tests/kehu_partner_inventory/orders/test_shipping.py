"""What leaves for an order, what of it comes back, and what of it never leaves; through the API on both databases."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Role, RoleAssignment
from kehu.platform.identity.principals import principal_of
from kehu_partner_inventory import Reservation
from tests.kehu.factories import changed, make_user, saved
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    return await open_trade(app)


@pytest.fixture
async def manager(trade: Trade) -> kehu.Principal:
    """Somebody with the predefined role Partner Manager, in the team that looks after NORTH and MAIN."""
    team = await saved(trade.app, kehu.Team(name="Channel"))
    await changed(trade.app, trade.channel.partners["NORTH"], team_id=team.id)
    await changed(trade.app, trade.depot.locations["MAIN"], team_id=team.id)
    user = await make_user(trade.app, "Mei", team=team)
    async with trade.app.context() as ctx:
        role = (await ctx.session.scalars(sa.select(Role).where(Role.name == "Partner Manager"))).one()
    await saved(trade.app, RoleAssignment(user_id=user.id, role_id=role.id))
    async with trade.app.context() as ctx:
        return await principal_of(ctx, user)


async def half_shipped(trade: Trade, *, billed: bool = False, to: kehu.Principal = kehu.SYSTEM) -> str:
    """An order of 10 bolts of which 4 have left and 3 more are held back."""
    await trade.depot.receive("BOLT", 7)
    key = await trade.order(("BOLT", 10), to=to)
    await trade.do(key, "submit", "confirm", to=to)
    await trade.do(key, f'ship(lines: [{{lineId: "{await trade.line(key)}", quantity: "4"}}])', to=to)
    if billed:
        await trade.do(key, "invoice", to=to)
    return key


async def held_back(trade: Trade) -> list[str]:
    """The ids of the open reservations."""
    found = await trade.depot.ask("{ reservations(filter: {state: {eq: ACTIVE}}) { nodes { id } } }")
    return [str(each["id"]) for each in found["reservations"]["nodes"]]


@pytest.mark.parametrize("billed", [False, True])
async def test_the_rest_of_a_partly_shipped_order_is_given_up(
    trade: Trade, manager: kehu.Principal, *, billed: bool
) -> None:
    key = await half_shipped(trade, billed=billed, to=manager)
    assert await trade.exposure() == "100"
    assert await trade.refused(key, 'cancel(reason: "No.")', to=manager) == [
        ("CHANNEL_ORDER_IN_OTHER_STATE", "status")
    ]
    assert await trade.refused(key, 'cancelRest(reason: " ")', to=manager) == [
        ("ORDER_REASON_MISSING", "reason")
    ]

    await trade.do(key, 'cancelRest(reason: "Out of production.")', to=manager)

    assert (await trade.depot.stock("BOLT"), await trade.exposure()) == ((D(3), D(0)), "40")
    shown = (
        "status cancelReason shippedAt lines { nodes { quantity allocated shipped cancelled promisedOn } }"
    )
    assert await trade.seen(key, shown) == {
        "status": "SHIPPED",
        "cancelReason": "Out of production.",
        "shippedAt": "2026-03-02T09:00:00Z",
        "lines": {
            "nodes": [
                {"quantity": "10", "allocated": "0", "shipped": "4", "cancelled": "6", "promisedOn": None}
            ]
        },
    }
    await trade.do(key, *(() if billed else ("invoice",)), "deliver", "close", to=manager)
    found = await trade.seen(key, "status unbilledAmount invoices { nodes { amount } }")
    assert found == {"status": "CLOSED", "unbilledAmount": "0", "invoices": {"nodes": [{"amount": "40"}]}}
    await trade.depot.books_balance()


async def test_nobody_waits_for_a_rest_that_was_given_up(trade: Trade) -> None:
    key = await half_shipped(trade)
    await trade.do(key, 'cancelRest(reason: "Enough.")')
    await trade.depot.receive("BOLT", 10)
    assert await trade.refused(key, "allocate") == [("CHANNEL_ORDER_IN_OTHER_STATE", "status")]
    assert await trade.refused(key, 'cancelRest(reason: "Again.")') == [
        ("CHANNEL_ORDER_IN_OTHER_STATE", "status")
    ]
    assert await trade.depot.stock("BOLT") == (D(13), D(0))


async def test_what_is_held_back_for_an_order_is_not_touched_beside_it(
    trade: Trade, manager: kehu.Principal
) -> None:
    key = await half_shipped(trade, to=manager)
    (held,) = await held_back(trade)
    for verb in (f'releaseReservation(id: "{held}")', f'shipReservation(id: "{held}")'):
        assert await trade.depot.refused(verb, to=manager) == [("HELD_FOR_ORDER", None)]
    moves = "{ stockMoves(filter: {reason: {eq: SHIPMENT}}) { nodes { id } } }"
    (move,) = (await trade.depot.ask(moves))["stockMoves"]["nodes"]
    assert await trade.depot.refused(f'reverseStockMove(id: "{move["id"]}")') == [("HELD_FOR_ORDER", None)]
    await trade.do(key, "ship", to=manager)
    await trade.depot.books_balance()


async def test_a_return_of_an_order_is_neither_entered_nor_undone_beside_it(trade: Trade) -> None:
    key = await half_shipped(trade, billed=True)
    line, main, customers = await trade.line(key), trade.depot["MAIN"], trade.depot["CUSTOMERS"]
    back = f'takeBack(lines: [{{lineId: "{line}", quantity: "1"}}], toLocation: "{main}", reason: "Bent.")'
    await trade.do(key, back)
    moves = "{ stockMoves(filter: {reason: {eq: RETURN}}) { nodes { id } } }"
    (move,) = (await trade.depot.ask(moves))["stockMoves"]["nodes"]
    assert await trade.depot.refused(f'reverseStockMove(id: "{move["id"]}")') == [("HELD_FOR_ORDER", None)]
    beside = (
        f'receiveAtLocation(id: "{main}", fromLocation: "{customers}", document: "{key}", '
        f"lines: [{trade.depot.line('BOLT', 1)}])"
    )
    assert await trade.depot.refused(beside) == [("HELD_FOR_ORDER", "document")]


async def test_an_order_does_not_ship_what_is_not_held_back(trade: Trade) -> None:
    key = await half_shipped(trade)
    async with trade.app.engine.begin() as connection:
        table = cast("sa.Table", Reservation.__table__)
        await connection.execute(sa.update(table).where(table.c.state == "ACTIVE").values(state="RELEASED"))
    assert await trade.refused(key, "ship") == [("IMPOSSIBLE_LINE", "quantity")]
    found = await trade.seen(key, "status unbilledAmount lines { nodes { shipped } }")
    assert found["lines"]["nodes"] == [{"shipped": "4"}]


async def test_the_piece_that_is_named_leaves_and_only_that_comes_back(trade: Trade) -> None:
    await trade.depot.receive("PUMP", None, serials=["S1", "S2", "S3", "S4"], cost=50)
    key, main = await trade.order(("PUMP", 2)), trade.depot["MAIN"]
    await trade.do(key, "submit", "confirm")
    line = await trade.line(key)

    def named(*numbers: str) -> str:
        shares = (f'{{lineId: "{line}", quantity: "1", lot: "{number}"}}' for number in numbers)
        return f"lines: [{', '.join(shares)}]"

    assert await trade.refused(key, f"ship({named('S9')})") == [("UNKNOWN_SERIAL", "serials")]
    assert await trade.refused(key, f"ship({named('S4', 'S4')})") == [("IMPOSSIBLE_LINE", "lines")]
    assert await trade.refused(key, f"ship({named('S1', 'S2', 'S3')})") == [("IMPOSSIBLE_LINE", "quantity")]
    await trade.do(key, f"ship({named('S4', 'S1')})")
    moves = "{ stockMoves(filter: {reason: {eq: SHIPMENT}}) { nodes { lot { number } } } }"
    left = (await trade.depot.ask(moves))["stockMoves"]["nodes"]
    assert sorted(each["lot"]["number"] for each in left) == ["S1", "S4"]
    assert (await trade.status(key), await trade.depot.stock("PUMP")) == ("SHIPPED", (D(2), D(0)))

    await trade.do(key, "invoice")
    back = f'toLocation: "{main}", reason: "Leaks."'
    other = await trade.order(("PUMP", 1))
    await trade.do(other, "submit", "confirm", "ship", "invoice")
    for number, told in (("S2", ("NOT_SHIPPED", "lot")), ("S9", ("UNKNOWN_SERIAL", "serials"))):
        assert await trade.refused(key, f"takeBack({named(number)}, {back})") == [told]
    await trade.do(key, f"takeBack({named('S4')}, {back})")
    assert await trade.refused(key, f"takeBack({named('S4')}, {back})") == [("NOT_SHIPPED", "lot")]
    await trade.do(key, f"takeBack({named('S1')}, {back})")
    await trade.depot.books_balance()


async def test_of_a_lot_no_more_comes_back_than_the_order_shipped(trade: Trade) -> None:
    prices = (await trade.depot.ask("{ priceLists { nodes { id } } }"))["priceLists"]["nodes"][0]["id"]
    item = f'priceListId: "{prices}", productId: "{trade.depot["MILK"]}", price: "2"'
    await trade.depot.do(f"createPriceListItem(input: {{{item}}})")
    for lot in ("A", "B"):
        await trade.depot.receive("MILK", 5, lot=lot)
    key = await trade.order(("MILK", 5))
    await trade.do(key, "submit", "confirm")
    line, main = await trade.line(key), trade.depot["MAIN"]
    await trade.do(
        key,
        f'ship(lines: [{{lineId: "{line}", quantity: "2", lot: "B"}}, '
        f'{{lineId: "{line}", quantity: "3", lot: "A"}}])',
        "invoice",
    )
    for quantity, lot, told in (("3", "B", "NOT_SHIPPED"), ("2", "B", None), ("1", "B", "NOT_SHIPPED")):
        verb = (
            f'takeBack(lines: [{{lineId: "{line}", quantity: "{quantity}", lot: "{lot}"}}], '
            f'toLocation: "{main}", reason: "Sour.")'
        )
        if told is None:
            await trade.do(key, verb)
        else:
            assert await trade.refused(key, verb) == [(told, "lot")]
    assert await trade.depot.stock("MILK") == (D(7), D(0))
    await trade.depot.books_balance()


async def test_a_number_never_seen_does_not_come_back_from_a_customer(trade: Trade) -> None:
    from_customers = f'id: "{trade.depot["MAIN"]}", fromLocation: "{trade.depot["CUSTOMERS"]}"'
    for line, told in (
        (trade.depot.line("PUMP", None, serials=["NEW"]), ("UNKNOWN_SERIAL", "serials")),
        (trade.depot.line("MILK", 1, lot="NEW"), ("UNKNOWN_LOT", "lot")),
    ):
        assert await trade.depot.refused(f"receiveAtLocation({from_customers}, lines: [{line}])") == [told]


@pytest.mark.parametrize(
    ("verbs", "statuses"),
    [
        (("ship", "ship"), {"PARTLY_SHIPPED"}),
        (("ship", 'cancelRest(reason: "Enough.")'), {"SHIPPED"}),
        (("BACK", "BACK"), {"PARTLY_SHIPPED"}),
    ],
)
async def test_of_two_at_once_the_books_hold(
    trade: Trade, verbs: tuple[str, str], statuses: set[str]
) -> None:
    key = await half_shipped(trade, billed=True)
    back = (
        f'takeBack(lines: [{{lineId: "{await trade.line(key)}", quantity: "3"}}], '
        f'toLocation: "{trade.depot["MAIN"]}", reason: "Bent.")'
    )
    done = await asyncio.gather(*(trade.refused(key, verb.replace("BACK", back)) for verb in verbs))
    assert [] in done
    if verbs[0] == verbs[1]:
        assert sorted(map(len, done)) == [0, 1], done
    assert await trade.status(key) in statuses
    (line,) = (await trade.seen(key, "lines { nodes { quantity allocated shipped cancelled returned } }"))[
        "lines"
    ]["nodes"]
    numbers = {name: D(value) for name, value in line.items()}
    assert numbers["allocated"] + numbers["shipped"] + numbers["cancelled"] <= numbers["quantity"]
    assert numbers["returned"] <= 3
    await trade.depot.books_balance()
