"""Remembered principals: who the bearers of tokens are, for a second, so that not every request has to find out."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import time
from collections.abc import Callable, Container, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kehu.kernel.access.principal import Principal
from kehu.platform.identity.models import Grant, Membership, Role, RoleAssignment, SignInSession, Team, User

if TYPE_CHECKING:
    from kehu.kernel.app import App

MOMENT = timedelta(seconds=1)
TOKENS = 10_000

Read = Callable[[], Coroutine[Any, Any, Principal | None]]

# What a principal is made of.
_PARTS: Container[type[object]] = frozenset(
    (User, Team, Membership, Role, Grant, RoleAssignment, SignInSession)
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    at: float
    clock: datetime


class PrincipalCache:
    """Principals by the hash of their token.

    Whatever this process writes of people, rights and sessions is heeded at once; what another one writes as soon as
    this one hears of it, and within a second if it does not.
    """

    def __init__(self, app: App) -> None:
        self._clock = app.clock
        app.broker.when_written(self.hear)
        self._known: collections.OrderedDict[str, _Known] = collections.OrderedDict()
        self._generation = 0
        self._reading: dict[tuple[str, int], asyncio.Task[Principal | None]] = {}

    async def of(self, token_hash: str, read: Read) -> Principal | None:
        """The principal, read where it is not remembered; requests that come at the same time read it together.

        None, which `read` gives for a token that is not good, is never remembered.
        """
        known = self._find(token_hash)
        if known is not None:
            return known
        key = token_hash, self._generation
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.create_task(self._read(key, read))
        return await asyncio.shield(reading)

    async def _read(self, key: tuple[str, int], read: Read) -> Principal | None:
        try:
            principal = await read()
        finally:
            del self._reading[key]
        token_hash, generation = key
        before = self._known.get(token_hash)
        if before is not None and before.principal == principal:
            # What has been made for a principal is found by the principal itself.
            principal = before.principal
        # What was written meanwhile may have come too late to be read.
        if principal is not None and generation == self._generation:
            self._known[token_hash] = _Known(principal, time.monotonic(), self._clock())
            self._known.move_to_end(token_hash)
            if len(self._known) > TOKENS:
                self._known.popitem(last=False)
        return principal

    def _find(self, token_hash: str) -> Principal | None:
        known = self._known.get(token_hash)
        if known is None or time.monotonic() - known.at > MOMENT.total_seconds():
            return None
        # The clock of the App decides when sessions end; in tests it is not the one on the wall.
        return known.principal if timedelta() <= self._clock() - known.clock < MOMENT else None

    def hear(self, models: Iterable[type[object]]) -> None:
        """Forget everybody when something that principals are made of was written."""
        if any(model in _PARTS for model in models):
            self._generation += 1
            self._known.clear()
