"""Promises: made, kept, given up, too late; on both databases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kehu_partner_inventory import Lot
from kehu_partner_inventory.reservations.actions import release_expired_reservations
from tests.kehu.factories import changed
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D, Depot

SOON = 'expiresAt: "2026-03-02T10:00:00Z"'


async def states(depot: Depot) -> list[tuple[str, str, str]]:
    """State, quantity and what was shipped of all reservations, oldest first."""
    found = await depot.ask(
        "{ reservations(orderBy: [{field: RESERVED_AT}, {field: QUANTITY}]) "
        "{ nodes { state quantity shipped } } }"
    )
    return [tuple(node.values()) for node in found["reservations"]["nodes"]]


def reserve(depot: Depot, product: str, quantity: Any, more: str = "", at: str = "MAIN") -> str:
    return f'reserveAtLocation(id: "{depot[at]}", product: "{depot[product]}", quantity: "{quantity}" {more})'


async def test_what_is_promised_is_not_available(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    await depot.reserve("BOLT", 7)

    assert await depot.stock("BOLT") == (D(10), D(7))
    assert await depot.refused(reserve(depot, "BOLT", 4)) == [("INSUFFICIENT_STOCK", "quantity")]
    assert await depot.message(reserve(depot, "BOLT", 4)) == ("MAIN has 3 of BOLT available; 4 is too much.")
    await depot.reserve("BOLT", 3)
    await depot.books_balance()


async def test_a_promise_is_kept_in_parts(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    [key] = await depot.reserve("BOLT", 7)

    await depot.do(f'shipReservation(id: "{key}", quantity: "3")')
    assert await depot.stock("BOLT") == (D(7), D(4))
    assert await depot.refused(f'shipReservation(id: "{key}", quantity: "5")') == [
        ("RESERVATION_TOO_SMALL", "quantity")
    ]
    await depot.do(f'shipReservation(id: "{key}")', "reservation { moves { nodes { quantity reason } } }")

    assert await depot.stock("BOLT") == (D(3), D(0))
    assert await states(depot) == [("SHIPPED", "7", "7")]
    assert await depot.refused(f'shipReservation(id: "{key}")') == [("RESERVATION_CLOSED", None)]
    await depot.books_balance()


async def test_a_promise_that_is_given_up_holds_nothing(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    [key] = await depot.reserve("BOLT", 7)

    await depot.do(f'releaseReservation(id: "{key}")')

    assert await depot.stock("BOLT") == (D(10), D(0))
    assert await states(depot) == [("RELEASED", "7", "0")]
    assert await depot.refused(f'releaseReservation(id: "{key}")') == [("RESERVATION_CLOSED", None)]


async def test_a_promise_that_is_too_late_gives_way_to_whoever_needs_the_stock(
    depot: Depot, clock: Clock
) -> None:
    await depot.receive("BOLT", 10)
    [key] = await depot.reserve("BOLT", 7, more=SOON)
    clock.advance(hours=1)

    assert await depot.refused(f'shipReservation(id: "{key}")') == [("RESERVATION_CLOSED", None)]
    await depot.reserve("BOLT", 5)
    assert await states(depot) == [("EXPIRED", "7", "0"), ("ACTIVE", "5", "0")]
    await depot.issue("BOLT", 5)

    assert await depot.stock("BOLT") == (D(5), D(5))
    await depot.books_balance()


async def test_the_job_releases_promises_that_are_too_late(depot: Depot, clock: Clock) -> None:
    await depot.receive("BOLT", 10)
    await depot.reserve("BOLT", 3, more=SOON)
    await depot.reserve("BOLT", 4)
    clock.advance(hours=1)

    async with depot.app.context() as ctx:
        await release_expired_reservations(ctx)

    assert await depot.stock("BOLT") == (D(10), D(4))
    assert await states(depot) == [("EXPIRED", "3", "0"), ("ACTIVE", "4", "0")]
    await depot.books_balance()


async def test_nobody_promises_until_a_moment_that_has_passed(depot: Depot) -> None:
    await depot.receive("BOLT", 10)

    call = reserve(depot, "BOLT", 1, 'expiresAt: "2026-03-02T09:00:00Z"')

    assert await depot.refused(call) == [("RESERVED_IN_THE_PAST", "expiresAt")]


async def test_what_expires_first_is_promised_first_and_what_has_expired_never(
    depot: Depot, clock: Clock
) -> None:
    for number in ("A", "B", "C"):
        await depot.receive("MILK", 5, lot=number)
    days = {"A": "2026-05-01", "B": "2026-04-01", "C": "2026-03-01"}
    async with depot.app.context() as ctx:
        lots = (await ctx.session.scalars(sa.select(Lot))).all()
    for lot in lots:
        await changed(depot.app, lot, expires_on=clock.now.date().fromisoformat(days[lot.number]))

    payload = await depot.do(reserve(depot, "MILK", 7), "result { quantity lot { number } }")

    assert payload["result"] == [
        {"quantity": "5", "lot": {"number": "B"}},
        {"quantity": "2", "lot": {"number": "A"}},
    ]
    assert await depot.refused(reserve(depot, "MILK", 4)) == [("INSUFFICIENT_STOCK", "quantity")]
    await depot.books_balance()


async def test_pieces_are_picked_one_by_one(depot: Depot) -> None:
    await depot.receive("PUMP", None, serials=["P1", "P2", "P3"])

    keys = await depot.reserve("PUMP", 2)
    assert len(keys) == 2
    assert await depot.refused(reserve(depot, "PUMP", 2)) == [("INSUFFICIENT_STOCK", "quantity")]
    await depot.do(f'shipReservation(id: "{keys[0]}")')

    assert await depot.stock("PUMP") == (D(2), D(1))
    await depot.books_balance()


async def test_outside_nothing_is_promised(depot: Depot) -> None:
    assert await depot.refused(reserve(depot, "BOLT", 1, at="SUPPLIERS")) == [("IMPOSSIBLE_MOVE", "location")]


async def test_promises_are_audited(depot: Depot) -> None:
    await depot.receive("BOLT", 10)
    [key] = await depot.reserve("BOLT", 7)
    await depot.do(f'releaseReservation(id: "{key}")')

    found = await depot.ask(
        """query($id: ID!) { auditEntries(filter: {recordId: {eq: $id}}, orderBy: [{field: ID}])
        { nodes { operation changes } } }""",
        id=key,
    )

    created, released = found["auditEntries"]["nodes"]
    assert (created["operation"], released["operation"]) == ("CREATE", "UPDATE")
    assert released["changes"]["state"] == {"before": "ACTIVE", "after": "RELEASED"}
