"""What users and administrators do with accounts: sign in and out, set passwords."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import sqlalchemy as sa

from kehu.kernel.access import Level
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.context import Context
from kehu.kernel.errors import Refusal, Unauthenticated
from kehu.kernel.names import camel
from kehu.kernel.reading.bounds import Longest
from kehu.kernel.texts import text
from kehu.platform.core import plugin
from kehu.platform.identity import sign_in as sessions
from kehu.platform.identity.escalation import require_no_more_rights
from kehu.platform.identity.models import User
from kehu.platform.identity.passwords import LONGEST_PASSWORD, hash_password
from kehu.platform.identity.principals import whoever_asks
from kehu.platform.identity.resources import user
from kehu.platform.identity.sign_in import SignedIn, end_sessions


class OneSignIn(Refusal):
    """A document signs in once."""

    code = "ONE_SIGN_IN"


@dataclasses.dataclass(frozen=True, slots=True)
class TypeRights:
    """How far the viewer's rights reach for the records of a type: to NONE, OWN, of a TEAM or its SUBTREE, ALL.

    `type` is the name of the GraphQL type, `actions` are the verbs that the viewer may use at all. What may be done
    with one record is told by its field `can`.
    """

    type: str
    read: Level
    create: Level
    update: Level
    delete: Level
    actions: list[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in, and what the person may do: `permissions` are written `sfa.opportunity:read ALL`."""

    user: User
    permissions: list[str]
    rights: list[TypeRights]


@plugin.query()
async def viewer(ctx: Context) -> Viewer:
    """Who is signed in."""
    own_account = sa.select(User).where(User.id == ctx.principal.id)
    found = (await whoever_asks.scalars(ctx, own_account)).one_or_none()
    if found is None:
        raise Unauthenticated(text("Nobody is signed in."))
    permissions = [f"{name} {level.name}" for name, level in sorted(ctx.principal.grants.items())]
    return Viewer(found, permissions, [_rights(ctx, e) for e in ctx.app.composition.entities.values()])


def _rights(ctx: Context, entity: EntityDefinition) -> TypeRights:
    """The rights of the principal; NONE for what the API does not offer."""

    def level(verb: str) -> Level:
        offered = verb == "read" or verb in entity.operations
        return ctx.principal.level(entity.permission(verb)) if offered else Level.NONE

    actions = [camel(a.name) for a in entity.actions if ctx.can(entity.action_permission(a))]
    return TypeRights(entity.name, level("read"), level("create"), level("update"), level("delete"), actions)


@plugin.mutation(public=True, in_transaction=False, once=OneSignIn)
async def sign_in(
    ctx: Context, email: Annotated[str, User.email], password: Annotated[str, Longest(LONGEST_PASSWORD)]
) -> SignedIn:
    """Open a session with an e-mail address and a password; send its token as `Authorization: Bearer`.

    Once in a document. Who keeps failing waits, longer each time.
    """
    return await sessions.sign_in(ctx, email, password, address=ctx.address)


@plugin.mutation(public=True)
async def sign_out(ctx: Context) -> None:
    """End the session that this request belongs to."""
    await sessions.sign_out(ctx)


@user.action
async def set_password(person: User, ctx: Context, password: str) -> None:
    """Give a user a new password of at least 10 characters; all sessions of the user end.

    Whoever may do less than the user cannot: the password would give all that the user may do.
    """
    await require_no_more_rights(ctx, person.id, field="password")
    person.password_hash = await hash_password(password, (person.email, person.name))
    await end_sessions(ctx, person)
