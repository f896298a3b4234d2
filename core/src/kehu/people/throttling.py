"""Throttling: whoever keeps failing to sign in waits, twice as long each time."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kehu.context import Context
from kehu.errors import Refusal
from kehu.people.models import SignInAttempts

EMAIL_LIMIT = 5
ADDRESS_LIMIT = 50
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)

_attempts = cast(sa.Table, SignInAttempts.__table__)


class TooManyAttempts(Refusal):
    """Too many failures; the next attempt has to wait."""

    code = "TOO_MANY_ATTEMPTS"


@dataclasses.dataclass(frozen=True, slots=True)
class Throttle:
    """The failures under one key, such as an e-mail address; after `limit` of them there is a wait."""

    key: str
    limit: int

    async def check(self, ctx: Context) -> None:
        """Raise TooManyAttempts while the wait lasts; the right password does not help either."""
        statement = sa.select(_attempts.c.failures, _attempts.c.last_failed_at).where(self._is_mine)
        found = (await ctx.session.execute(statement)).one_or_none()
        if found is None:
            return
        remaining = found[1] + wait_after(found[0], limit=self.limit) - ctx.now()
        if remaining > timedelta(0):
            raise TooManyAttempts(f"Too many failed attempts; try again in {_spoken(remaining)}.")

    async def note_failure(self, ctx: Context) -> None:
        """Count one more failure, and forget all that are older than a day, of everybody."""
        now = ctx.now()
        await ctx.session.execute(
            sa.delete(_attempts).where(_attempts.c.last_failed_at < now - FORGOTTEN_AFTER)
        )
        insert = (postgresql if ctx.app.is_postgresql else sqlite).insert(_attempts)
        counted = insert.values(
            key_hash=self._key_hash, failures=1, last_failed_at=now
        ).on_conflict_do_update(
            index_elements=[_attempts.c.key_hash],
            set_={"failures": _attempts.c.failures + 1, "last_failed_at": now},
        )
        await ctx.session.execute(counted)

    async def forget(self, ctx: Context) -> None:
        """Start again from zero: the password was right."""
        await ctx.session.execute(sa.delete(_attempts).where(self._is_mine))

    @property
    def _is_mine(self) -> sa.ColumnElement[bool]:
        return _attempts.c.key_hash == self._key_hash

    @property
    def _key_hash(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()


def wait_after(failures: int, *, limit: int) -> timedelta:
    """How long to wait after so many failures: nothing below `limit`, then 30 s, doubling up to an hour."""
    if failures < limit:
        return timedelta(0)
    doublings = min(failures - limit, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _spoken(wait: timedelta) -> str:
    seconds = -int(-wait.total_seconds() // 1)
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
