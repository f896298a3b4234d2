"""BatchLoader: everything asked for in one turn of the event loop is fetched with one call."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger("kehu.kernel.reading")

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BatchLoader(Generic[K, V]):
    """Collects keys until the event loop has nothing else to do, then fetches them together; remembers the answers."""

    def __init__(self, fetch: Callable[[Sequence[K]], Awaitable[Sequence[V]]]) -> None:
        self._fetch = fetch
        self._answers: dict[K, asyncio.Future[V]] = {}
        self._waiting: list[K] = []

    def load(self, key: K) -> asyncio.Future[V]:
        """The value of `key`, in time; whoever stops waiting for it leaves those alone who wait for the same."""
        loop = asyncio.get_running_loop()
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = loop.create_future()
            if not self._waiting:
                loop.call_soon(self._start, loop)
            self._waiting.append(key)
        if answer.done():
            return answer
        own: asyncio.Future[V] = loop.create_future()
        answer.add_done_callback(functools.partial(_hand_on, own))
        return own

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
            log.debug("a batch could not be read", error=type(error).__name__)
            for key in keys:
                answer = self._answers[key]
                if not answer.done():
                    _fail(answer, error)
            return
        for key, value in zip(keys, values, strict=True):
            if not self._answers[key].done():
                self._answers[key].set_result(value)


def _hand_on(own: asyncio.Future[V], answer: asyncio.Future[V]) -> None:
    if own.done():
        return
    error = answer.exception()
    if error is None:
        own.set_result(answer.result())
    else:
        _fail(own, error)


def _fail(answer: asyncio.Future[V], error: BaseException) -> None:
    answer.set_exception(error)
    answer.exception()  # looked at: nobody may be waiting any more, which is no reason to complain
