"""Signing in with a password, and the sessions that it opens."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from kehu.kernel.access import ANONYMOUS, Principal
from kehu.kernel.broker import RecordChange
from kehu.kernel.context import Context
from kehu.kernel.db.committed import committed
from kehu.kernel.errors import Refusal
from kehu.kernel.reading.bounds import check_length
from kehu.platform.identity.models import SignInSession, User
from kehu.platform.identity.passwords import is_password, needs_rehash, rehash
from kehu.platform.identity.principal_cache import PrincipalCache
from kehu.platform.identity.principals import email_key, find_user, with_rights
from kehu.platform.identity.throttle import Attempt

if TYPE_CHECKING:
    from kehu.kernel.app import App

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
LONGEST_DEVICE = 300
LONGEST_EMAIL = 320

_sessions = cast(sa.Table, SignInSession.__table__)
_users = cast(sa.Table, User.__table__)
_moment = _sessions.c.seen_at.type
# An open session of somebody who may sign in.
_SESSION = (
    sa.select(User.id, User.name, User.time_zone, User.locale, _sessions.c.seen_at)
    .join(_sessions, _sessions.c.user_id == User.id)
    .where(
        _sessions.c.token_hash == sa.bindparam("token_hash", type_=_sessions.c.token_hash.type),
        _sessions.c.expires_at > sa.bindparam("now", type_=_moment),
        _sessions.c.seen_at > sa.bindparam("idle_since", type_=_moment),
        User.is_active,
        User.archived_at.is_(None),
    )
)


class SignInFailed(Refusal):
    """Unknown address, wrong password, no password, or no longer active: the answer is the same."""

    code = "SIGN_IN_FAILED"


@dataclasses.dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: the token to send as `Authorization: Bearer`, shown only now, and its latest end."""

    token: str = dataclasses.field(repr=False)
    expires_at: datetime


async def sign_in(
    ctx: Context, email: str, password: str, *, device: str | None = None, address: str | None = None
) -> SignedIn:
    """Open a session for the user with this e-mail address and password.

    `device` and `address` say from where, as the server sees it. Raises SignInFailed, which never says what
    was wrong, TooManyAttempts while somebody has to wait, or TooMuch. Not for use inside
    `ctx.write()`: the password is checked before a transaction begins, so that nobody waits for it.
    """
    check_length(email, LONGEST_EMAIL, "email")
    attempt = Attempt.of(email_key(email), address)
    await attempt.note(ctx)
    user = await find_user(ctx, email)
    matches = await is_password(password, user.password_hash if user else None)
    if user is not None and matches and _may_sign_in(user):
        async with ctx.write():
            await attempt.succeed(ctx)
            await _renew_hash(ctx, user, password)
            return await open_session(ctx, user, device=device)
    raise SignInFailed("The e-mail address or the password is wrong.")


async def open_session(ctx: Context, user: User, *, device: str | None = None) -> SignedIn:
    """A session for a user who has shown who it is, inside `ctx.write()`; ended sessions are swept away."""
    now = ctx.now()
    token = secrets.token_urlsafe(32)
    signed_in = SignedIn(token, now + LONGEST)
    await ctx.session.execute(sa.delete(_sessions).where(sa.not_(_is_open(now))))
    await ctx.session.execute(
        sa.insert(_sessions).values(
            token_hash=hash_of(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            expires_at=signed_in.expires_at,
            device=device[:LONGEST_DEVICE] if device else None,
        )
    )
    return signed_in


async def principal_of_token(app: App, token: str) -> Principal | None:
    """On whose behalf the bearer of `token` acts; None once the session has ended, or if there was none.

    A session ends 8 hours after its last use, 14 days after it began, on signing out, and with its user.
    """
    return await principal_of_session(app, hash_of(token))


async def principal_of_session(app: App, session: str) -> Principal | None:
    """The same for who holds a session open, of whose token the hash is left."""

    async def read() -> Principal | None:
        async with app.context() as ctx:
            found = await _read_principal(ctx, session)
            if found is None:
                return None
            principal, seen_at = found
            if ctx.now() - seen_at >= SEEN_EVERY:
                await _note_use(ctx, session)
            return principal

    return await app.service(PrincipalCache).of(session, read)


async def renew_principal(ctx: Context) -> bool:
    """Give `ctx` the rights that its principal has by now; False, and nobody is signed in, once the session has ended.

    For who listens for long. To be told something is not to use the session, so that it ends 8 hours after its last
    use all the same. A principal without a session, which is not that of a person signed in, stays as it is.
    """
    session = ctx.principal.session
    if session is None:
        return True

    async def read() -> Principal | None:
        async with ctx.app.context() as reading:
            found = await _read_principal(reading, session)
            return None if found is None else found[0]

    # Remembered apart: what is read here has noted no use.
    principal = await ctx.app.service(PrincipalCache).of(f"listening {session}", read)
    ctx.principal = principal or ANONYMOUS
    return principal is not None


async def _read_principal(ctx: Context, session: str) -> tuple[Principal, datetime] | None:
    """Whose session this is, and when it was used last."""
    now = ctx.now()
    found = await committed(ctx, _SESSION, token_hash=session, now=now, idle_since=now - IDLE)
    if not found:
        return None
    ((user_id, name, time_zone, locale, seen_at),) = found
    named = Principal(user_id, name, time_zone=time_zone, locale=locale, session=session)
    return await with_rights(partial(committed, ctx, user_id=user_id), named), seen_at


async def sign_out(ctx: Context) -> None:
    """End the session that the principal signed in with; nothing to do for one without."""
    if ctx.principal.session is None:
        return
    async with ctx.write():
        await ctx.session.execute(sa.delete(_sessions).where(_sessions.c.token_hash == ctx.principal.session))
        ctx.announce(_ended(ctx.principal.id))


async def end_sessions(ctx: Context, user: User) -> None:
    """End all sessions of a user; inside `ctx.write()`."""
    await ctx.session.execute(sa.delete(_sessions).where(_sessions.c.user_id == user.id))
    ctx.announce(_ended(user.id))


def is_good(now: datetime) -> Sequence[sa.ColumnElement[bool]]:
    """The conditions under which a session counts at `now`, of a statement that joins it with its user."""
    return [_is_open(now), User.is_active.is_(True), User.archived_at.is_(None)]


def hash_of(token: str) -> str:
    """What is stored of a token; it is long and random, so a fast hash without salt is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _ended(user_id: uuid.UUID | None) -> RecordChange:
    """What makes this process forget that the sessions were good."""
    return RecordChange(SignInSession, user_id or uuid.UUID(int=0), "delete", ())


def _may_sign_in(user: User) -> bool:
    return user.is_active and user.archived_at is None


def _is_open(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(_sessions.c.expires_at > now, _sessions.c.seen_at > now - IDLE)


async def _renew_hash(ctx: Context, user: User, password: str) -> None:
    if user.password_hash is not None and needs_rehash(user.password_hash):
        renewed = await rehash(password)
        statement = sa.update(_users).where(_users.c.id == user.id).values(password_hash=renewed)
        await ctx.session.execute(statement.execution_options(kehu_unaudited=True))


async def _note_use(ctx: Context, token_hash: str) -> None:
    async with ctx.write():
        seen = sa.update(_sessions).where(_sessions.c.token_hash == token_hash).values(seen_at=ctx.now())
        await ctx.session.execute(seen)
