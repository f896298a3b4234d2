"""Several nodes on one PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator

import psycopg
import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.broker import RecordChange
from kehu.kernel.cluster import BEAT_SECONDS, BEATS, LONGEST, Others, _batches
from tests.kehu.conftest import Clock
from tests.kehu.factories import changed, saved
from tests.kehu.platform.outbox.shop import Note, Shop, Trouble, fail_after
from tests.kehu.platform.outbox.waiting import until

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def nodes(postgresql_url: str, clock: Clock) -> AsyncIterator[tuple[kehu.App, kehu.App]]:
    shops = Shop(), Shop()
    one, two = (kehu.App([core, shop.plugin], postgresql_url, clock=clock) for shop in shops)
    async with one.engine.begin() as connection:
        await connection.run_sync(one.composition.metadata.create_all)
    yield one, two
    await one.close()
    await two.close()


class Subscription:
    """What one subscriber of notes heard; each change with the seconds on a clock that never stands still."""

    def __init__(self, app: kehu.App) -> None:
        self.heard: list[tuple[RecordChange, float]] = []
        self.has_ended = False
        self._task = asyncio.create_task(self._listen(app))

    async def _listen(self, app: kehu.App) -> None:
        async for change in app.broker.listen(Note):
            self.heard.append((change, time.monotonic()))
        self.has_ended = True

    async def until(self, count: int) -> None:
        await until(lambda: len(self.heard) >= count or self.has_ended)

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def subscribed(app: kehu.App) -> Subscription:
    subscription = Subscription(app)
    await asyncio.sleep(0)
    await app.cluster.connect()
    return subscription


def note(text: str) -> Note:
    return Note(text=text, event_id=uuid.uuid4())


async def test_a_subscriber_on_one_node_hears_a_write_on_another_in_under_a_second(
    nodes: tuple[kehu.App, kehu.App],
) -> None:
    one, two = nodes
    subscription = await subscribed(one)
    written_at = time.monotonic()
    record = await saved(two, note("hello"))

    await subscription.until(1)
    await subscription.end()

    [(change, heard_at)] = subscription.heard
    assert change == RecordChange(Note, record.id, "create", ("eventId", "text"))
    assert heard_at - written_at < 1


async def test_a_node_that_ends_gives_no_cause_for_alarm(
    nodes: tuple[kehu.App, kehu.App], caplog: pytest.LogCaptureFixture
) -> None:
    one, _ = nodes
    subscription = await subscribed(one)
    await subscription.end()
    await one.close()

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_write_is_heard_once_on_the_node_that_wrote(nodes: tuple[kehu.App, kehu.App]) -> None:
    one, two = nodes
    subscription = await subscribed(one)
    record = await saved(one, note("here"))
    other = await saved(two, note("there"))

    await subscription.until(2)
    await subscription.end()

    assert [change.key for change, _ in subscription.heard] == [record.id, other.id]


async def test_what_is_rolled_back_is_heard_by_nobody(nodes: tuple[kehu.App, kehu.App]) -> None:
    one, two = nodes
    subscription = await subscribed(one)
    with pytest.raises(Trouble):
        await fail_after(two, note("never"))
    record = await saved(two, note("after"))

    await subscription.until(1)
    await subscription.end()

    assert [change.key for change, _ in subscription.heard] == [record.id]


async def test_a_transaction_of_many_records_is_heard_whole(nodes: tuple[kehu.App, kehu.App]) -> None:
    one, two = nodes
    subscription = await subscribed(one)
    async with two.context() as ctx, ctx.write():
        keys = [ctx.add(note(f"note {number}")).id for number in range(300)]

    await subscription.until(300)
    await subscription.end()

    assert len(keys) == len({change.key for change, _ in subscription.heard}) == 300


async def test_a_lost_connection_ends_the_subscriptions_and_new_ones_hear_again(
    nodes: tuple[kehu.App, kehu.App],
) -> None:
    one, two = nodes
    before = await subscribed(one)
    async with two.engine.begin() as connection:
        await connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN kehu_changes'"
            )
        )
    await until(lambda: before.has_ended)

    after = await subscribed(one)
    record = await saved(two, note("again"))
    await after.until(1)
    await after.end()

    assert [change.key for change, _ in after.heard] == [record.id]


async def test_a_node_without_a_plugin_does_not_hear_of_its_records(
    nodes: tuple[kehu.App, kehu.App], postgresql_url: str
) -> None:
    _, two = nodes
    smaller = kehu.App([core], postgresql_url)
    queue = smaller.broker.listen(kehu.Customer)
    waiting = asyncio.ensure_future(anext(queue))
    await asyncio.sleep(0)
    await smaller.cluster.connect()
    await saved(two, note("unknown"))
    customer = await saved(two, kehu.Customer(kind=kehu.CustomerKind.ORGANIZATION, name="Aster"))
    customer = await changed(two, customer, name="Aster Ltd")

    assert (await asyncio.wait_for(waiting, 5)).key == customer.id
    await smaller.close()


async def test_writes_are_told_together(nodes: tuple[kehu.App, kehu.App]) -> None:
    one, two = nodes
    subscription = await subscribed(one)
    async with notifications(two) as heard:
        for number in range(30):
            await saved(two, note(f"note {number}"))
        await subscription.until(30)
    await subscription.end()

    assert len(subscription.heard) == 30
    assert 0 < len(heard) < 15


async def test_what_is_written_last_is_told_when_a_node_ends(nodes: tuple[kehu.App, kehu.App]) -> None:
    one, two = nodes
    subscription = await subscribed(one)
    record = await saved(two, note("last"))
    await two.close()
    await subscription.until(1)
    await subscription.end()

    assert [change.key for change, _ in subscription.heard] == [record.id]
    assert not subscription.has_ended


async def test_who_misses_a_message_is_cut_off_to_read_anew(nodes: tuple[kehu.App, kehu.App]) -> None:
    one, two = nodes
    subscription = await subscribed(one)
    await saved(two, note("first"))
    await subscription.until(1)
    two.cluster._number += 1  # A message that never came.
    await saved(two, note("second"))

    await until(lambda: subscription.has_ended)


def test_a_node_that_says_nothing_any_more_is_missed_and_one_that_left_is_not() -> None:
    others = Others()
    others.heard("a", 7, 0, has_left=False)
    others.heard("a", 8, 1, has_left=False)
    others.heard("b", 1, 1, has_left=False)
    others.heard("b", 2, 2, has_left=True)
    silent_at = 1 + BEATS * BEAT_SECONDS + 1

    assert not others.has_missed(silent_at - 2)
    assert others.has_missed(silent_at)
    assert not others.has_missed(silent_at + 100)


@contextlib.asynccontextmanager
async def notifications(app: kehu.App) -> AsyncIterator[list[str]]:
    """What is said on the channel meanwhile."""
    url = app.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        heard: list[str] = []
        connection.add_notify_handler(lambda notification: heard.append(notification.payload))
        await connection.execute("LISTEN kehu_changes")
        yield heard
        await connection.execute("SELECT 1")


def test_a_message_fits_into_a_notification() -> None:
    changes = [("Customer", uuid.uuid4().hex, "update", ["name"] * n) for n in (1, 50, 5000, 200, 3)]

    batches = list(_batches(changes))

    assert all(len(",".join(batch)) < LONGEST + 1 for batch in batches)
    assert ",".join(map(",".join, batches)).count("Customer") == 5
    assert list(_batches([])) == [[]]
