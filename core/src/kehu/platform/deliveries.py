"""The loops that deliver: from the outbox to handlers and webhooks, and from received messages to plugins.

They run inside every server and worker. Several of them, on several nodes, share the work; none keeps anything that
would be lost with it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from kehu.platform.inbound.handlers import handle_messages
from kehu.platform.outbox.distributor import BATCH, distribute, to_handlers
from kehu.platform.outbox.handlers import handle
from kehu.platform.webhooks.deliveries import LEASE, WebhookSender
from kehu.platform.webhooks.routing import to_webhooks

if TYPE_CHECKING:
    from kehu.kernel.app import App

POLL_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
GRACE_SECONDS = 10.0
# What many people write within this time is distributed together, which costs as much as one of them alone.
GATHER_SECONDS = 0.1
# SQLite has one writer, whom the distributor keeps waiting each time.
GATHER_SECONDS_ON_SQLITE = 0.5

ROUTES = (to_handlers, to_webhooks)

Step = Callable[[], Awaitable[int]]

log = structlog.get_logger("kehu.platform.deliveries")


class Deliveries:
    """The loops of one App: `async with app.platform.deliveries.running(): ...`.

    `lease` is how long a webhook that a dead worker was sending stays with it.
    """

    def __init__(self, app: App, *, lease: timedelta = LEASE) -> None:
        self._app, self._lease = app, lease
        self._loops: list[_Loop] = []

    def wake(self) -> None:
        """There is something new; without a call it is found within a second."""
        for loop in self._loops:
            loop.news.set()

    def wake_for_events(self) -> None:
        """There are new events; who is to be told of them is found out within a moment, and then the others wake."""
        for loop in self._loops[:1]:
            loop.news.set()

    def _wake_receivers(self) -> None:
        for loop in self._loops[1:]:
            loop.news.set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver while the context lasts; at its end what is under way has ten seconds to finish."""
        if self._loops:
            yield
            return
        app, postman = self._app, WebhookSender(self._app, lease=self._lease)
        gather = GATHER_SECONDS if app.is_postgresql else GATHER_SECONDS_ON_SQLITE
        self._loops = [
            _Loop(lambda: distribute(app, ROUTES), self._wake_receivers, most=BATCH, gather=gather),
            _Loop(lambda: handle(app), self.wake),
            _Loop(postman.send, self.wake),
            _Loop(lambda: handle_messages(app), self.wake),
        ]
        tasks = [asyncio.create_task(loop.run(), name="kehu deliveries") for loop in self._loops]
        try:
            yield
        finally:
            for loop in self._loops:
                loop.stop()
            self._loops = []
            tasks.append(asyncio.create_task(postman.finish()))
            _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            postman.abandon()


class _Loop:
    """Takes one step after the other while there is work, then waits for news, and `gather` seconds for more of it.

    A step that did less than `most` has left nothing to do.
    """

    def __init__(self, step: Step, done: Callable[[], None], *, most: int = 1, gather: float = 0.0) -> None:
        self._step, self._done, self._most, self._gather = step, done, most, gather
        self.news = asyncio.Event()
        self._stops = False

    def stop(self) -> None:
        self._stops = True
        self.news.set()

    async def run(self) -> None:
        pause = POLL_SECONDS
        while not self._stops:
            self.news.clear()
            try:
                worked = await self._step()
            except Exception:
                log.exception("a delivery loop failed; it goes on")
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                await self._wait(pause)
                continue
            pause = POLL_SECONDS
            if worked:
                self._done()
            if worked < self._most:
                await self._wait(POLL_SECONDS)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.news.wait()
                if self._gather and not self._stops:
                    await asyncio.sleep(self._gather)
