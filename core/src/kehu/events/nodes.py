"""The other nodes on the same PostgreSQL: what one writes, the subscribers of all hear, by LISTEN and NOTIFY.

A notification carries names and ids only; whoever listens reads the record under its own rights. It is part of the
writing transaction, so nothing is told that was rolled back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from kehu.broker import Broker, RecordChange
from kehu.people.models import SignInSession

if TYPE_CHECKING:
    from kehu.app import App
    from kehu.context import Context

CHANNEL = "kehu_changes"
# PostgreSQL takes less than 8,000 bytes in one notification.
LONGEST = 7_500
RECONNECT_SECONDS = 1.0
# A server that went away without a word is noticed by asking it now and then.
CHECK_SECONDS = 20.0

log = structlog.get_logger("kehu.nodes")

_NOTIFY = sa.text("SELECT pg_notify(:channel, message) FROM unnest(CAST(:messages AS text[])) AS message")


class Nodes:
    """Tells the other nodes, and listens to them as soon as somebody here subscribes."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._id = uuid.uuid4().hex
        self._listening: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()
        # What psycopg raises itself; it is imported only where PostgreSQL is used.
        driver: Any = app.engine.dialect.dbapi
        self._lost = (sa.exc.SQLAlchemyError, OSError, driver.Error)
        # That sessions have ended is told too, though they are not in the API.
        self._names: dict[type[Any], str] = {SignInSession: SignInSession.__name__}
        self._names |= {entity.model: entity.name for entity in app.composition.entities.values()}
        self._models = {name: model for model, name in self._names.items()}

    async def notify(self, ctx: Context, changes: Sequence[RecordChange]) -> None:
        """Tell the other nodes, if there can be any, once the transaction of `ctx` is committed."""
        if self._app.is_postgresql and changes:
            await ctx.session.execute(_NOTIFY, self._messages(changes))

    def told(self, changes: Sequence[RecordChange]) -> tuple[str, list[str]]:
        """The channel of PostgreSQL on which the other nodes listen, and what is to be said there of these changes."""
        return CHANNEL, self._texts(changes) if self._app.is_postgresql else []

    async def tell(self, changes: Sequence[RecordChange]) -> None:
        """Tell the other nodes, if there can be any, now: of what is committed already."""
        if self._app.is_postgresql and changes:
            async with self._app.engine.begin() as connection:
                await connection.execute(_NOTIFY, self._messages(changes))

    async def connect(self) -> None:
        """Return once this node hears the others; on SQLite there are none."""
        if not self._app.is_postgresql:
            return
        if self._listening is None or self._listening.done():
            self._hears = asyncio.Event()
            self._listening = asyncio.create_task(self._listen(self._app.broker), name="kehu nodes")
        await self._hears.wait()

    async def close(self) -> None:
        """Hear nothing any more."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None

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
        self._hears.set()
        while True:
            async for notification in driver.notifies(timeout=CHECK_SECONDS):
                broker.publish(self._understood(notification.payload))
            await driver.execute("SELECT 1")

    def _messages(self, changes: Sequence[RecordChange]) -> dict[str, object]:
        return {"channel": CHANNEL, "messages": self._texts(changes)}

    def _texts(self, changes: Sequence[RecordChange]) -> list[str]:
        names = self._names
        told = [
            (names[c.model], c.key.hex, c.operation, list(c.changed)) for c in changes if c.model in names
        ]
        return list(_messages(self._id, told))

    def _understood(self, payload: str) -> list[RecordChange]:
        """What another node told; nothing for one's own words, and for types that this node does not have."""
        message = json.loads(payload)
        if message["node"] == self._id:
            return []
        models = self._models
        return [
            RecordChange(models[name], uuid.UUID(key), operation, tuple(changed))
            for name, key, operation, changed in message["changes"]
            if name in models
        ]


def _messages(node: str, changes: Sequence[tuple[str, str, str, list[str]]]) -> Iterator[str]:
    """As few messages as fit; names of fields are left out of a change that alone would be too long."""
    batch: list[str] = []
    length = 0
    for name, key, operation, changed in changes:
        text = json.dumps([name, key, operation, changed])
        if len(text) > LONGEST:
            text = json.dumps([name, key, operation, []])
        if batch and length + len(text) > LONGEST:
            yield _message(node, batch)
            batch, length = [], 0
        batch.append(text)
        length += len(text) + 1
    if batch:
        yield _message(node, batch)


def _message(node: str, changes: Sequence[str]) -> str:
    return f'{{"node": "{node}", "changes": [{",".join(changes)}]}}'
