"""The broker: tells subscribers, within this process and on other nodes, which records were written."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from typing import Any

from kehu.kernel.writing.changes import Change, Operation

QUEUE_LENGTH = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class RecordChange:
    """That a record was written; what it says now is read under the rights of whoever listens."""

    model: type[Any]
    key: uuid.UUID
    operation: Operation
    changed: tuple[str, ...]

    @classmethod
    def of(cls, change: Change[Any]) -> RecordChange:
        """The announcement of a committed change."""
        return cls(type(change.obj), change.obj.id, change.op, tuple(change.changed_fields))


class Broker:
    """Fan-out to the subscriptions of this process; a subscriber that does not keep up is cut off.

    `before_listening` is awaited by each subscriber before it hears anything: there the connection to the other nodes
    is opened.
    """

    def __init__(self, before_listening: Callable[[], Awaitable[None]] | None = None) -> None:
        self._heard: list[Callable[[Collection[type[Any]]], None]] = []
        self._queues: set[asyncio.Queue[RecordChange | None]] = set()
        self._before_listening = before_listening

    @property
    def listeners(self) -> int:
        """How many subscriptions are open."""
        return len(self._queues)

    def when_written(self, heard: Callable[[Collection[type[Any]]], None]) -> None:
        """Have `heard` called at once with the models of what was written, here or on another node."""
        self._heard.append(heard)

    def publish(self, changes: Sequence[RecordChange]) -> None:
        """Tell every subscriber; never waits."""
        if self._heard:
            models = {change.model for change in changes}
            for heard in self._heard:
                heard(models)
        for queue in list(self._queues):
            for change in changes:
                if queue.full():
                    self._cut_off(queue)
                    break
                queue.put_nowait(change)

    async def listen(self, model: type[Any]) -> AsyncGenerator[RecordChange, None]:
        """The changes of one entity from now on; ends when the subscriber falls behind by 1,000 changes."""
        queue: asyncio.Queue[RecordChange | None] = asyncio.Queue(QUEUE_LENGTH)
        self._queues.add(queue)
        try:
            if self._before_listening is not None:
                await self._before_listening()
            while (change := await queue.get()) is not None:
                if change.model is model:
                    yield change
        finally:
            self._queues.discard(queue)

    def cut_off_all(self) -> None:
        """End every subscription, because some changes were missed: clients subscribe anew and read what there is."""
        for queue in list(self._queues):
            self._cut_off(queue)

    def _cut_off(self, queue: asyncio.Queue[RecordChange | None]) -> None:
        self._queues.discard(queue)
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(None)
