"""The other nodes on the same PostgreSQL: what one writes, the subscribers of all hear, by LISTEN and NOTIFY.

A notification carries names and ids only; whoever listens reads the record under its own rights. It is sent after the
commit, with all that was written within 50 ms: PostgreSQL lets only one transaction that notifies commit at a time.
Each message of a node has a number, and a node without news says now and then that it is there. Who misses a number,
or a node that did not say goodbye, does what is done after the loss of a connection: subscribers are cut off, and read
what there is when they come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from kehu.kernel.broker import Broker, RecordChange

if TYPE_CHECKING:
    from kehu.kernel.app import App

CHANNEL = "kehu_changes"
# PostgreSQL takes less than 8,000 bytes in one notification.
LONGEST = 7_500
RECONNECT_SECONDS = 1.0
# A server that went away without a word is noticed by asking it now and then.
CHECK_SECONDS = 20.0
# What is written meanwhile is told together.
GATHER_SECONDS = 0.05
BEAT_SECONDS = 5.0
# So many beats after its last word a node is dead, and may have taken with it what it had to tell.
BEATS = 3

# So many notifications are heard before it is looked whether some are missing.
MOST_AT_ONCE = 100

log = structlog.get_logger("kehu.kernel.cluster")

_Named = tuple[str, str, str, list[str]]

_NOTIFY = "SELECT pg_notify(%s, message) FROM unnest(%s::text[]) AS message"


class ClusterNotifier:
    """Tells the other nodes, and listens to them as soon as somebody here subscribes.

    Needs a running event loop.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._id = uuid.uuid4().hex
        self._listening: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None
        self._has_news = asyncio.Event()
        self._untold: list[RecordChange] = []
        self._number, self._is_leaving = 0, False
        # What psycopg raises itself; it is imported only where PostgreSQL is used.
        driver: Any = app.engine.dialect.dbapi
        self._lost = (sa.exc.SQLAlchemyError, OSError, driver.Error)
        # That sessions have ended is told too, though they are not in the API.
        self._names = {model: model.__name__ for model in app.platform.told}
        self._names |= {entity.model: entity.name for entity in app.composition.entities.values()}
        self._models = {name: model for model, name in self._names.items()}

    def tell(self, changes: Sequence[RecordChange]) -> None:
        """Tell the other nodes soon, if there can be any, of what is committed."""
        if not self._app.is_postgresql or not changes:
            return
        self._untold.extend(changes)
        if self._telling is None or self._telling.done():
            self._has_news = asyncio.Event()
            self._telling = asyncio.create_task(self._tell_on(), name="kehu telling")
        self._has_news.set()

    async def connect(self) -> None:
        """Return once this node hears the others; on SQLite there are none."""
        if not self._app.is_postgresql:
            return
        if self._listening is None or self._listening.done():
            self._hears = asyncio.Event()
            self._listening = asyncio.create_task(self._listen(self._app.broker), name="kehu cluster")
        await self._hears.wait()

    async def close(self) -> None:
        """Tell what is left, and goodbye; hear nothing any more."""
        if self._telling is not None:
            self._is_leaving = True
            self._has_news.set()
            await asyncio.gather(self._telling, return_exceptions=True)
            self._telling, self._is_leaving = None, False
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None

    async def _tell_on(self) -> None:
        """Tell what was gathered, again and again; without news, that this node is there. Ends with a goodbye."""
        has_left = False
        while not has_left:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._has_news.wait()
            if not self._is_leaving:
                self._has_news.clear()
                await asyncio.sleep(GATHER_SECONDS)
            has_left = self._is_leaving
            await self._send()

    async def _send(self) -> None:
        """Say what is untold; what cannot be said is missed by its number."""
        changes, self._untold = self._untold, []
        messages = [self._message(batch) for batch in _batches(self._named(changes))]
        try:
            async with self._app.engine.begin() as connection:
                raw = await connection.get_raw_connection()
                driver: Any = raw.driver_connection
                await driver.execute(_NOTIFY, [CHANNEL, messages])
        except self._lost as error:
            log.warning("the other nodes could not be told", error=str(error))

    async def _listen(self, broker: Broker) -> None:
        """Pass on what is heard, for ever; after a loss of the connection nobody knows what was missed."""
        while True:
            try:
                await self._hear(broker)
            except self._lost as error:
                log.warning("the connection to the other nodes was lost", error=str(error))
            self._hears.clear()
            broker.cut_off_all()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self, broker: Broker) -> None:
        async with self._app.direct_engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            raw.detach()
            try:
                await self._hear_from(driver, broker)
            finally:
                await driver.close()
                await connection.invalidate()  # Or it would be asked to roll back.

    async def _hear_from(self, driver: Any, broker: Broker) -> None:
        await driver.set_autocommit(True)
        await driver.execute(f"LISTEN {CHANNEL}")
        others = Others()
        self._hears.set()
        checked_at = time.monotonic()
        while True:
            async for notification in driver.notifies(timeout=BEAT_SECONDS, stop_after=MOST_AT_ONCE):
                broker.publish(self._understood(json.loads(notification.payload), others))
            if others.has_missed(time.monotonic()):
                log.warning("something that another node told was missed")
                broker.cut_off_all()
            if time.monotonic() - checked_at > CHECK_SECONDS:
                await driver.execute("SELECT 1")
                checked_at = time.monotonic()

    def _named(self, changes: Sequence[RecordChange]) -> Iterator[_Named]:
        for change in changes:
            name = self._names.get(change.model)
            if name is not None:
                yield name, change.key.hex, change.operation, list(change.changed)

    def _message(self, batch: Sequence[str]) -> str:
        self._number += 1
        left = "true" if self._is_leaving else "false"
        return f'{{"node": "{self._id}", "number": {self._number}, "left": {left}, "changes": [{",".join(batch)}]}}'

    def _understood(self, message: Any, others: Others) -> list[RecordChange]:
        """What another node told; nothing for one's own words, and for types that this node does not have."""
        if message["node"] == self._id:
            return []
        others.heard(message["node"], message["number"], time.monotonic(), has_left=message["left"])
        models = self._models
        return [
            RecordChange(models[name], uuid.UUID(key), operation, tuple(changed))
            for name, key, operation, changed in message["changes"]
            if name in models
        ]


class Others:
    """What was heard of the other nodes since this one listens: the last number of each, and when."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, float]] = {}
        self._has_missed = False

    def heard(self, node: str, number: int, at: float, *, has_left: bool) -> None:
        """A node has said something, which may be goodbye."""
        last = self._last.pop(node, None)
        self._has_missed |= last is not None and number != last[0] + 1
        if not has_left:
            self._last[node] = number, at

    def has_missed(self, now: float) -> bool:
        """Whether something was lost since the last time this was asked: a number, or a node with all it had to say."""
        for node, (_, at) in list(self._last.items()):
            if now - at > BEATS * BEAT_SECONDS:
                del self._last[node]
                self._has_missed = True
        found, self._has_missed = self._has_missed, False
        return found


def _batches(changes: Iterable[_Named]) -> Iterator[list[str]]:
    """What fits into one message each, one that is empty where there is nothing; a change too long has no fields."""
    batch: list[str] = []
    length = 0
    for name, key, operation, changed in changes:
        text = json.dumps([name, key, operation, changed])
        if len(text) > LONGEST:
            text = json.dumps([name, key, operation, []])
        if batch and length + len(text) > LONGEST:
            yield batch
            batch, length = [], 0
        batch.append(text)
        length += len(text) + 1
    yield batch
