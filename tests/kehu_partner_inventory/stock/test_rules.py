"""The ledger is only added to, and only by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

import kehu
from kehu.kernel.db import BypassedWritePath
from kehu_partner_inventory import (
    Location,
    LocationUsage,
    Reservation,
    StockBalance,
    StockLayer,
    StockLayerUse,
    StockMove,
)
from kehu_partner_inventory.stock.plans import Occasion, PlannedMove
from kehu_partner_inventory.stock.posting import post
from tests.kehu.factories import refused
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D, Depot, depot_of

AT = datetime(2026, 3, 2, tzinfo=UTC)


async def test_the_api_offers_no_way_to_write_a_move(depot: Depot) -> None:
    fields = (await depot.ask("{ __schema { mutationType { fields { name } } } }"))["__schema"]
    names = {field["name"] for field in fields["mutationType"]["fields"]}
    kinds = ("StockMove", "StockBalance", "StockLayer", "StockLayerUse", "Reservation")

    assert not {f"{verb}{kind}" for kind in kinds for verb in ("create", "update", "delete")} & names


async def test_moves_stay(depot: Depot) -> None:
    await depot.receive("BOLT", 5)
    before = await depot.everything()

    for act in (_change, _remove):
        with pytest.raises(kehu.Refusal) as refusal:
            await act(depot.app)
        assert refusal.value.errors[0].code == "LEDGER_APPEND_ONLY"

    assert await depot.everything() == before


async def test_a_move_is_posted_not_written(depot: Depot) -> None:
    move = StockMove(
        from_location_id=depot.locations["SUPPLIERS"].id,
        to_location_id=depot.locations["MAIN"].id,
        product_id=depot.products["BOLT"].id,
        quantity=D(1),
        moved_at=AT,
        reason="RECEIPT",
    )

    assert [error.code for error in await refused(depot.app, move)] == ["LEDGER_APPEND_ONLY"]


async def test_balances_and_layers_follow(depot: Depot) -> None:
    await depot.receive("BOLT", 5)
    await depot.issue("BOLT", 1)
    before = await depot.everything()

    for model, attribute in (
        (StockBalance, "on_hand"),
        (StockLayer, "remaining"),
        (StockLayerUse, "quantity"),
    ):
        with pytest.raises(kehu.Refusal) as refusal:
            await _set(depot.app, model, attribute)
        assert refusal.value.errors[0].code == "LEDGER_APPEND_ONLY"

    assert await depot.everything() == before


async def test_promises_are_kept_in_the_books(depot: Depot) -> None:
    await depot.receive("BOLT", 5)
    await depot.reserve("BOLT", 2)

    with pytest.raises(kehu.Refusal) as refusal:
        await _set(depot.app, Reservation, "quantity")
    assert refusal.value.errors[0].code == "LEDGER_APPEND_ONLY"


async def test_bulk_statements_cannot_go_around(depot: Depot) -> None:
    for statement in (sa.delete(StockMove), sa.update(StockMove).values(quantity=D(1))):
        with pytest.raises(BypassedWritePath):
            await _run(depot.app, statement)


async def test_the_database_itself_refuses_to_oversell(depot: Depot) -> None:
    await depot.receive("BOLT", 5)
    held = sa.update(StockBalance).where(StockBalance.usage == LocationUsage.INTERNAL)
    for values in ({"on_hand": D(-1)}, {"reserved": D(6)}, {"reserved": D(-1)}):
        statement = held.values(**values).execution_options(kehu_unaudited=True)
        with pytest.raises(sa.exc.IntegrityError):
            await _run(depot.app, statement)


@pytest.fixture
def stranger() -> kehu.Plugin:
    """A plugin whose hooks a test adds."""
    return kehu.Plugin("stranger", requires=["core", "partner_inventory"])


@pytest.fixture
async def shared(depot_url: str, clock: Clock, stranger: kehu.Plugin) -> AsyncIterator[Depot]:
    """A depot with the hooks that the test has added to `stranger` before it asks for it."""
    _add_hooks(stranger)
    app = kehu.App([*kehu.installed(["partner_inventory"]), stranger], depot_url, clock=clock)
    yield await depot_of(app)
    await app.close()


def _add_hooks(stranger: kehu.Plugin) -> None:
    """One hook that tampers with a move, one that moves on what has just come in."""

    @stranger.before_write(StockMove)
    async def tamper(_ctx: kehu.Context, change: kehu.Change[StockMove]) -> None:
        if change.obj.note == "tamper":
            change.obj.quantity = D(99)

    @stranger.after_write(StockMove)
    async def move_on(ctx: kehu.Context, change: kehu.Change[StockMove]) -> None:
        move = change.obj
        if move.note == "move on":
            side = await ctx.session.scalar(sa.select(Location.id).where(Location.code == "SIDE"))
            assert side is not None
            plan = PlannedMove(
                product_id=move.product_id, from_id=move.to_location_id, to_id=side, quantity=D(4)
            )
            await post(ctx, [plan], Occasion(reason="MOVE"))


async def test_a_hook_cannot_change_what_is_posted(shared: Depot) -> None:
    line = shared.line("BOLT", 5, unitCost=2)
    call = f'receiveAtLocation(id: "{shared["MAIN"]}", note: "tamper", lines: [{line}])'

    assert await shared.refused(call) == [("LEDGER_APPEND_ONLY", None)]


async def test_a_hook_that_hears_of_a_move_finds_the_books_complete(shared: Depot) -> None:
    await shared.receive("BOLT", 5, cost=2)
    line = shared.line("BOLT", 5, unitCost=3)

    await shared.do(f'receiveAtLocation(id: "{shared["MAIN"]}", note: "move on", lines: [{line}])')

    assert await shared.stock("BOLT") == (D(6), D(0))
    assert await shared.stock("BOLT", "SIDE") == (D(4), D(0))
    await shared.books_balance()


async def _run(app: kehu.App, statement: sa.Executable) -> None:
    async with app.context() as ctx, ctx.write():
        await ctx.session.execute(statement)


async def _set(app: kehu.App, model: type[kehu.Entity], attribute: str) -> None:
    async with app.context() as ctx, ctx.write():
        record = (await ctx.session.scalars(sa.select(model))).first()
        setattr(record, attribute, D(3))


async def _change(app: kehu.App) -> None:
    async with app.context() as ctx, ctx.write():
        move = (await ctx.session.scalars(sa.select(StockMove))).one()
        move.quantity = Decimal(7)


async def _remove(app: kehu.App) -> None:
    async with app.context() as ctx, ctx.write():
        await ctx.session.delete((await ctx.session.scalars(sa.select(StockMove))).one())
