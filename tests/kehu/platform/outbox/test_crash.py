"""Events and webhooks survive SIGKILL; the figures are printed."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.outbox.models import DeliveryStatus
from kehu.platform.outbox.rows import OUTBOX
from kehu.platform.webhooks.models import WebhookDelivery
from tests.depth import times
from tests.kehu.factories import saved
from tests.kehu.platform.outbox.shop import Bought, deliveries, emit, notes
from tests.kehu.platform.outbox.worker_process import make_app
from tests.kehu.platform.webhooks.receiver import Receiver, receiving
from tests.kehu.platform.webhooks.subscriptions import customer, subscribe

KILLS = times(5)
EVENTS_A_KILL = 20
CUSTOMERS = 5
ROOT = Path(__file__).parents[4]


class Workers:
    """Two worker processes, of which one is killed again and again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._processes = [self._started(), self._started()]

    def kill_one(self) -> None:
        victim = self._processes.pop(0)
        victim.kill()
        victim.communicate()
        self._processes.append(self._started())

    def wait_until_one_runs(self) -> None:
        assert self._processes[0].stdout is not None
        assert self._processes[0].stdout.readline() == b"running\n"

    def kill_all(self) -> None:
        while self._processes:
            process = self._processes.pop()
            process.kill()
            process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.kehu.platform.outbox.worker_process", self._url]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[kehu.App]:
    app = make_app(database_url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as server:
        yield server


@pytest.fixture
def workers(app: kehu.App) -> Iterator[Workers]:
    workers = Workers(app.engine.url.render_as_string(hide_password=False))
    yield workers
    workers.kill_all()


@pytest.mark.slow(reason="workers are killed, and others wait for what they had")
async def test_no_event_is_lost_or_handled_twice_or_out_of_order_when_workers_are_killed(
    app: kehu.App, workers: Workers, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(1)
    receiver.pause = 0.003
    customers = [(await saved(app, customer(f"Customer {number}"))).id for number in range(CUSTOMERS)]
    await subscribe(app, receiver.url(), events=["shop.bought"])
    for kill in range(KILLS):
        await emit_some(app, customers, range(kill * EVENTS_A_KILL, (kill + 1) * EVENTS_A_KILL))
        await asyncio.to_thread(workers.wait_until_one_runs)
        await asyncio.sleep(chance.uniform(0, 0.3))
        await asyncio.to_thread(workers.kill_one)
    workers.kill_all()
    async with app.platform.deliveries.running():
        await everything_told(app)

    numbers = [int(note.removeprefix("bought ")) for note in await notes(app)]
    assert sorted(numbers) == list(range(KILLS * EVENTS_A_KILL))
    for place in range(CUSTOMERS):
        of_one = [number for number in numbers if number % CUSTOMERS == place]
        assert of_one == sorted(of_one)
    assert {row.status for row in await deliveries(app)} == {DeliveryStatus.DONE}
    times = Counter(receiver.ids)
    assert set(times) == await emitted_ids(app)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{app.engine.dialect.name}: {KILLS} kills, {len(numbers)} events: each handled once, in order; "
            f"{len(receiver.ids)} requests to the webhook, {len(receiver.ids) - len(times)} of them again\n"
        )


async def emit_some(app: kehu.App, customers: Sequence[uuid.UUID], numbers: range) -> None:
    for number in numbers:
        await emit(app, Bought(number), customer_id=customers[number % CUSTOMERS])


async def everything_told(app: kehu.App) -> None:
    """Return once every event is distributed and every delivery is over."""
    async with asyncio.timeout(90):
        while await _pending(app):  # noqa: ASYNC110  # What ends is in the database.
            await asyncio.sleep(0.05)


async def _pending(app: kehu.App) -> int:
    async with app.context() as ctx:
        waiting = sa.select(sa.func.count()).where(OUTBOX.c.distributed_at.is_(None))
        sending = sa.select(sa.func.count()).where(WebhookDelivery.status == DeliveryStatus.PENDING)
        handling = [row for row in await deliveries(app) if row.status is DeliveryStatus.PENDING]
        counted = [int(await ctx.session.scalar(each) or 0) for each in (waiting, sending)]
        return sum(counted) + len(handling)


async def emitted_ids(app: kehu.App) -> set[str]:
    async with app.context() as ctx:
        found = await ctx.session.scalars(sa.select(OUTBOX.c.id).where(OUTBOX.c.name == "shop.bought"))
        return {str(key) for key in found}
