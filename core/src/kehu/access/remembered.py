"""Remembered principals: who the bearers of tokens are, for a second, so that not every request has to find out."""

from __future__ import annotations

import collections
import dataclasses
import time
from collections.abc import Callable, Container, Iterable
from datetime import datetime, timedelta

from kehu.access.principal import Principal
from kehu.people.models import Grant, Membership, Role, RoleAssignment, SignInSession, Team, User

MOMENT = timedelta(seconds=1)
TOKENS = 10_000

# What a principal is made of.
_PARTS: Container[type[object]] = frozenset(
    (User, Team, Membership, Role, Grant, RoleAssignment, SignInSession)
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    at: float
    clock: datetime


class RememberedPrincipals:
    """Principals by the hash of their token.

    Whatever this process writes of people, rights and sessions is heeded at once; what another one writes as soon as
    this one hears of it, and within a second if it does not.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: collections.OrderedDict[str, _Known] = collections.OrderedDict()
        self.generation = 0

    def find(self, token_hash: str) -> Principal | None:
        """The principal, where it was read within the last second and nothing has changed since."""
        known = self._known.get(token_hash)
        if known is None or time.monotonic() - known.at > MOMENT.total_seconds():
            return None
        # The clock of the App decides when sessions end; in tests it is not the one on the wall.
        return known.principal if timedelta() <= self._clock() - known.clock < MOMENT else None

    def keep(self, token_hash: str, principal: Principal, generation: int) -> None:
        """Remember what was read since the `generation`, unless something was written meanwhile."""
        if generation != self.generation:
            return
        self._known[token_hash] = _Known(principal, time.monotonic(), self._clock())
        self._known.move_to_end(token_hash)
        if len(self._known) > TOKENS:
            self._known.popitem(last=False)

    def hear(self, models: Iterable[type[object]]) -> None:
        """Forget everybody when something that principals are made of was written."""
        if any(model in _PARTS for model in models):
            self.generation += 1
            self._known.clear()
