"""BatchLoader: everything asked for in one turn of the event loop is fetched with one call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BatchLoader(Generic[K, V]):
    """Collects keys until the event loop has nothing else to do, then fetches them together; remembers the answers."""

    def __init__(self, fetch: Callable[[Sequence[K]], Awaitable[Sequence[V]]]) -> None:
        self._fetch = fetch
        self._answers: dict[K, asyncio.Future[V]] = {}
        self._waiting: list[K] = []

    def load(self, key: K) -> asyncio.Future[V]:
        """The value of `key`, in time."""
        answer = self._answers.get(key)
        if answer is None:
            loop = asyncio.get_running_loop()
            answer = self._answers[key] = loop.create_future()
            if not self._waiting:
                loop.call_soon(self._start, loop)
            self._waiting.append(key)
        return answer

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        # One more turn: resolvers that were woken together all get to ask before the fetch begins.
        loop.call_soon(lambda: self._keep(loop.create_task(self._run())))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._task = task

    async def _run(self) -> None:
        keys, self._waiting = self._waiting, []
        try:
            values = await self._fetch(keys)
        except BaseException as error:  # noqa: BLE001  # whoever waits must hear of it, whatever it is
            for key in keys:
                answer = self._answers[key]
                if not answer.done():
                    answer.set_exception(error)
                    answer.exception()  # looked at: nobody may be waiting any more, which is no reason to complain
            return
        for key, value in zip(keys, values, strict=True):
            if not self._answers[key].done():
                self._answers[key].set_result(value)
