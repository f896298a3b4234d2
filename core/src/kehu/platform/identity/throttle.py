"""Throttling: whoever keeps failing to sign in waits, twice as long each time."""

from __future__ import annotations

import dataclasses
import hashlib
import ipaddress
from datetime import timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kehu.kernel.context import Context
from kehu.kernel.errors import Refusal
from kehu.kernel.texts import Text, text
from kehu.platform.identity.models import SignInAttempts

EMAIL_LIMIT = 5
ADDRESS_LIMIT = 50
ACCOUNT_LIMIT = 100
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_OF_ACCOUNT = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(days=1)
KNOWN_FOR = timedelta(days=90)
_IPV6_NETWORK = 64

_attempts = cast(sa.Table, SignInAttempts.__table__)


class TooManyAttempts(Refusal):
    """Too many failures; the next attempt has to wait."""

    code = "TOO_MANY_ATTEMPTS"


@dataclasses.dataclass(frozen=True, slots=True)
class Throttle:
    """The failures under one key, such as an e-mail address; after `limit` of them there is a wait."""

    key: str
    limit: int
    longest: timedelta = LONGEST_WAIT

    async def take(self, ctx: Context) -> None:
        """Note an attempt as failed, before the password is looked at; inside `ctx.write()`.

        Others with the same key wait for the transaction, so no more than `limit` are ever looked at together.
        Raises TooManyAttempts while the wait lasts; the attempt is not counted then.
        """
        now = ctx.now()
        insert = (postgresql if ctx.app.is_postgresql else sqlite).insert(_attempts)
        held = insert.values(key_hash=self._key_hash, failures=0, last_failed_at=now).on_conflict_do_update(
            index_elements=[_attempts.c.key_hash], set_={"failures": _attempts.c.failures}
        )
        await ctx.session.execute(held)
        found = sa.select(_attempts.c.failures, _attempts.c.last_failed_at).where(self._is_mine)
        failures, last_failed_at = (await ctx.session.execute(found)).one()
        if now - last_failed_at > FORGOTTEN_AFTER:
            failures = 0
        remaining = last_failed_at + min(wait_after(failures, limit=self.limit), self.longest) - now
        if remaining > timedelta(0):
            raise TooManyAttempts(_too_many(remaining))
        noted = sa.update(_attempts).where(self._is_mine)
        await ctx.session.execute(noted.values(failures=failures + 1, last_failed_at=now))

    async def is_known(self, ctx: Context) -> bool:
        """Whether the right password came under this key before; inside or outside of a transaction."""
        since = ctx.now() - KNOWN_FOR
        known = sa.select(_attempts.c.failures).where(
            _attempts.c.key_hash == _hashed(f"known {self.key}"), _attempts.c.last_failed_at > since
        )
        return (await ctx.session.execute(known)).first() is not None

    async def forget(self, ctx: Context) -> None:
        """Start again from zero, and know whoever comes under this key: the password was right."""
        await ctx.session.execute(sa.delete(_attempts).where(self._is_mine))
        insert = (postgresql if ctx.app.is_postgresql else sqlite).insert(_attempts)
        known = insert.values(key_hash=_hashed(f"known {self.key}"), failures=0, last_failed_at=ctx.now())
        await ctx.session.execute(
            known.on_conflict_do_update(
                index_elements=[_attempts.c.key_hash], set_={"last_failed_at": ctx.now()}
            )
        )

    async def give_back(self, ctx: Context) -> None:
        """Take one attempt back: it was no failure."""
        one_less = sa.update(_attempts).where(self._is_mine, _attempts.c.failures > 0)
        await ctx.session.execute(one_less.values(failures=_attempts.c.failures - 1))

    @property
    def _is_mine(self) -> sa.ColumnElement[bool]:
        return _attempts.c.key_hash == self._key_hash

    @property
    def _key_hash(self) -> str:
        return _hashed(self.key)


@dataclasses.dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in: counted for the account at this network address, for the address, and for the account.

    So what a stranger does elsewhere delays nobody at an address that is known for the account.
    """

    here: Throttle
    address: Throttle | None
    account: Throttle

    @classmethod
    def of(cls, email: str, address: str | None) -> Attempt:
        """The attempt with an e-mail address in its one form, from a network address as the server sees it."""
        network = None if address is None else network_of(address)
        return cls(
            Throttle(f"email {email} at {network}", EMAIL_LIMIT),
            None if network is None else Throttle(f"address {network}", ADDRESS_LIMIT),
            Throttle(f"email {email}", ACCOUNT_LIMIT, LONGEST_OF_ACCOUNT),
        )

    async def note(self, ctx: Context) -> None:
        """Note it as failed until the password was looked at. Raises TooManyAttempts, and counts nothing then."""
        async with ctx.write():
            await self.here.take(ctx)
            if self.address is not None:
                await self.address.take(ctx)
            if not await self.here.is_known(ctx):
                await self.account.take(ctx)
            await _sweep(ctx)

    async def succeed(self, ctx: Context) -> None:
        """The password was right; inside `ctx.write()`."""
        await self.here.forget(ctx)
        for throttle in (self.address, self.account):
            if throttle is not None:
                await throttle.give_back(ctx)


def network_of(address: str) -> str:
    """Whose address it is: of IPv6, where everybody has many, the network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:  # the version of the protocol
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))


async def _sweep(ctx: Context) -> None:
    """Forget failures older than a day, and who was known long ago, of everybody."""
    c, now = _attempts.c, ctx.now()
    failed = sa.and_(c.failures > 0, c.last_failed_at < now - FORGOTTEN_AFTER)
    await ctx.session.execute(sa.delete(_attempts).where(failed | (c.last_failed_at < now - KNOWN_FOR)))


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def wait_after(failures: int, *, limit: int) -> timedelta:
    """How long to wait after so many failures: nothing below `limit`, then 30 s, doubling up to an hour."""
    if failures < limit:
        return timedelta(0)
    doublings = min(failures - limit, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _too_many(wait: timedelta) -> Text:
    seconds = -int(-wait.total_seconds() // 1)
    if seconds < 120:
        return text("Too many failed attempts; try again in {seconds} seconds.", seconds=seconds)
    return text("Too many failed attempts; try again in {minutes} minutes.", minutes=-(-seconds // 60))
