from __future__ import annotations

import asyncio
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.outbox.catalogue import EventCatalogue, UnknownEvent
from kehu.platform.outbox.distributor import HANDLERS, distribute, to_handlers
from kehu.platform.outbox.handlers import handle
from kehu.platform.outbox.models import DeliveryStatus
from kehu.platform.outbox.replay import replay
from kehu.platform.outbox.rows import DEEPEST, OUTBOX
from tests.kehu.conftest import Clock
from tests.kehu.factories import saved
from tests.kehu.platform.outbox.conftest import deliver
from tests.kehu.platform.outbox.shop import (
    Bought,
    Echoed,
    Note,
    Renamed,
    Shop,
    Trouble,
    deliveries,
    emit,
    fail_after,
    notes,
    outbox,
)
from tests.kehu.platform.outbox.waiting import until

ANN, BEN = uuid.UUID(int=1), uuid.UUID(int=2)


async def test_an_event_is_rolled_back_with_its_transaction(app: kehu.App) -> None:
    with pytest.raises(Trouble):
        await fail_after(app, events=[Bought(1)])

    assert await outbox(app) == []
    assert await deliver(app) == 0


async def test_an_event_reaches_its_handler_as_it_was_emitted(app: kehu.App, shop: Shop) -> None:
    received: list[object] = []

    async def keep(_ctx: kehu.Context, event: Bought) -> None:
        received.append(event)

    listener = kehu.Plugin("listener", requires=["core", "shop"])
    listener.on(Bought)(keep)
    other = kehu.App([core, shop.plugin, listener], engine=app.engine, clock=app.clock)
    await emit(other, Bought(7, Decimal("1054.50")))

    await deliver(other)

    assert received == [Bought(7, Decimal("1054.50"))]


async def test_every_write_of_a_record_is_an_event(app: kehu.App) -> None:
    note = await saved(app, Note(text="one", event_id=uuid.uuid4()))
    async with app.context() as ctx, ctx.write():
        fresh = await ctx.get(Note, note.id)
        fresh.text = "two"
    async with app.context() as ctx, ctx.write():
        await ctx.delete(await ctx.get(Note, note.id))

    events = await outbox(app)

    assert [event.name for event in events] == ["shop.note.created", "shop.note.updated", "shop.note.deleted"]
    assert {event.lane for event in events} == {note.id}
    assert events[1].payload == {"changed": ["text"]}


async def test_events_of_one_customer_are_told_in_order(app: kehu.App) -> None:
    for number in range(5):
        await emit(app, Bought(number), customer_id=ANN)

    await deliver(app)

    assert await notes(app) == [f"bought {number}" for number in range(5)]


async def test_an_event_waits_for_the_one_before_of_the_same_customer(app: kehu.App, shop: Shop) -> None:
    shop.fails_for = {1}
    await emit(app, Bought(1), Bought(2), customer_id=ANN)
    await emit(app, Bought(3), customer_id=BEN)

    await deliver(app)

    assert await notes(app) == ["bought 3"]
    assert [row.status.name for row in await deliveries(app)] == ["PENDING", "PENDING", "DONE"]


async def test_a_failed_handler_leaves_nothing_and_is_tried_again_later(
    app: kehu.App, shop: Shop, clock: Clock
) -> None:
    shop.fails_for = {1}
    await emit(app, Bought(1), customer_id=ANN)
    await deliver(app)
    assert await notes(app) == []
    assert (await deliveries(app))[0].last_error == "Trouble: out of paper"
    shop.fails_for = set()

    assert await deliver(app) == 0
    clock.advance(seconds=2)
    assert await deliver(app) == 1

    assert await notes(app) == ["bought 1"]
    assert [(row.status.name, row.attempts, row.last_error) for row in await deliveries(app)] == [
        ("DONE", 2, None)
    ]


async def test_after_ten_attempts_an_event_is_parked_and_the_next_one_goes_on(
    app: kehu.App, shop: Shop, clock: Clock
) -> None:
    shop.fails_for = {1}
    await emit(app, Bought(1), Bought(2), customer_id=ANN)
    for _ in range(12):
        await deliver(app)
        clock.advance(hours=1)

    assert [(row.status.name, row.attempts) for row in await deliveries(app)] == [("PARKED", 10), ("DONE", 1)]
    assert await notes(app) == ["bought 2"]


async def test_an_event_handled_twice_at_the_same_time_has_its_effect_once(app: kehu.App) -> None:
    await emit(app, *(Bought(number) for number in range(10)))
    await distribute(app, [to_handlers])

    await asyncio.gather(handle(app), handle(app), handle(app))

    assert sorted(await notes(app)) == sorted(f"bought {number}" for number in range(10))


async def test_an_event_distributed_by_two_nodes_is_queued_once(app: kehu.App) -> None:
    await emit(app, *(Bought(number) for number in range(10)))

    await asyncio.gather(*(distribute(app, [to_handlers]) for _ in range(3)))
    await deliver(app)

    assert len(await deliveries(app)) == 10


async def test_what_a_handler_emits_names_its_cause(app: kehu.App) -> None:
    [first] = await emit(app, Echoed("hello"))
    await distribute(app, [to_handlers])
    await handle(app)

    assert [(e.causation_id, e.depth) for e in await outbox(app)] == [(None, 0), (first, 1)]


async def test_a_loop_of_handlers_is_stopped_by_its_depth(app: kehu.App) -> None:
    await emit(app, Echoed("hello"))

    await deliver(app)

    assert max(event.depth for event in await outbox(app)) == DEEPEST
    last = (await deliveries(app))[-1]
    assert (last.status, last.attempts) == (DeliveryStatus.PARKED, 1)
    assert last.last_error is not None
    assert last.last_error.startswith("EventsGoInCircles")


async def test_replay_tells_again_from_a_moment_on_in_order(app: kehu.App, clock: Clock) -> None:
    await emit(app, Bought(1), customer_id=ANN)
    clock.advance(minutes=1)
    await emit(app, Bought(2), Bought(3), customer_id=ANN)
    await deliver(app)

    async with app.context() as ctx, ctx.write():
        again = await replay(ctx, "shop.note", clock.now)
    await deliver(app)

    assert again == 2
    assert await notes(app) == ["bought 1", "bought 2", "bought 3", "bought 2", "bought 3"]


async def test_replay_tells_a_new_handler_what_happened_before_it_was_there(
    app: kehu.App, clock: Clock
) -> None:
    await emit(app, *(Bought(number) for number in range(3)), customer_id=ANN)
    await distribute(app, [])
    assert await deliver(app) == 0

    async with app.context() as ctx, ctx.write():
        assert await replay(ctx, "shop.note", clock.now) == 3
    await deliver(app)

    assert await notes(app) == ["bought 0", "bought 1", "bought 2"]


async def test_replay_of_an_unknown_handler_is_refused(app: kehu.App, clock: Clock) -> None:
    async with app.context() as ctx, ctx.write():
        with pytest.raises(kehu.NotFound, match=r"there are: shop\.note, shop\.echo"):
            await replay(ctx, "shop.nobody", clock.now)


async def test_an_event_of_an_older_version_is_upgraded_by_its_class(app: kehu.App) -> None:
    kind = app.composition.derived(EventCatalogue).by_class[Renamed]

    assert kind.name == "shop.renamed"
    assert kind.decode({"name": "Ann"}, 1) == kind.decode({"after": "Ann"}, 2) == Renamed("Ann")


async def test_an_event_of_no_plugin_cannot_be_emitted(app: kehu.App) -> None:
    with pytest.raises(UnknownEvent, match="Decimal is no event of an enabled plugin"):
        await emit(app, Decimal(1))


async def test_events_are_emitted_inside_a_transaction(app: kehu.App) -> None:
    async with app.context() as ctx:
        with pytest.raises(RuntimeError, match="outside of"):
            ctx.emit(Bought(1))


async def test_the_running_loops_deliver_at_once(app: kehu.App) -> None:
    async with app.platform.deliveries.running():
        await emit(app, Bought(1))
        await until(lambda: notes(app))

    assert await notes(app) == ["bought 1"]


async def test_a_worker_that_died_in_the_middle_leaves_the_event_for_the_next(app: kehu.App) -> None:
    async def die() -> None:
        async with app.context() as ctx, ctx.write():
            assert await HANDLERS.take_next(ctx) is not None
            raise Trouble("killed")

    await emit(app, Bought(1))
    await distribute(app, [to_handlers])
    with pytest.raises(Trouble):
        await die()

    await deliver(app)

    assert await notes(app) == ["bought 1"]


async def test_positions_are_never_given_twice(app: kehu.App) -> None:
    await emit(app, Bought(1))
    before = (await outbox(app))[-1].position
    async with app.engine.begin() as connection:
        await connection.execute(sa.delete(OUTBOX))

    await emit(app, Bought(2))

    assert (await outbox(app))[-1].position > before
