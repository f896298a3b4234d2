"""What users and administrators do with accounts: sign in and out, set passwords."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from kehu.context import Context
from kehu.core_declarations import plugin, user
from kehu.database import unscoped
from kehu.errors import Unauthenticated
from kehu.people import signing_in
from kehu.people.models import User
from kehu.people.passwords import hash_password
from kehu.people.signing_in import SignedIn, end_sessions


@dataclasses.dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in, and what the person may do: `permissions` are written `sfa.opportunity:read ALL`."""

    user: User
    permissions: list[str]


@plugin.query()
async def viewer(ctx: Context) -> Viewer:
    """Who is signed in."""
    own_account = unscoped(sa.select(User).where(User.id == ctx.principal.id))
    found = (await ctx.session.scalars(own_account)).one_or_none()
    if found is None:
        raise Unauthenticated("Nobody is signed in.")
    permissions = [f"{name} {level.name}" for name, level in sorted(ctx.principal.grants.items())]
    return Viewer(found, permissions)


@plugin.mutation(public=True, in_transaction=False)
async def sign_in(ctx: Context, email: str, password: str) -> SignedIn:
    """Open a session with an e-mail address and a password; send its token as `Authorization: Bearer`."""
    return await signing_in.sign_in(ctx, email, password)


@plugin.mutation(public=True)
async def sign_out(ctx: Context) -> None:
    """End the session that this request belongs to."""
    await signing_in.sign_out(ctx)


@user.action
async def set_password(person: User, ctx: Context, password: str) -> None:
    """Give a user a new password of at least 10 characters; all sessions of the user end."""
    person.password_hash = await hash_password(password)
    await end_sessions(ctx, person)
