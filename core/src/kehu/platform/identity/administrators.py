"""Administrators: there is always somebody who can manage users and roles."""

from __future__ import annotations

import uuid
from collections import defaultdict

import sqlalchemy as sa

from kehu.kernel.access import EVERYTHING
from kehu.kernel.context import Context
from kehu.kernel.db.locks import take_locks
from kehu.kernel.errors import Refusal
from kehu.kernel.texts import text
from kehu.platform.identity.models import Grant, Reach, Role, RoleAssignment, User
from kehu.platform.identity.principals import whoever_asks

MANAGING = frozenset(("core.user:update", "core.role_assignment:create", "core.grant:create"))
"""What somebody needs who has not everything, to put right whatever others have lost."""

_SPACE = 6_382_957


class LastAdministrator(Refusal):
    """Nobody would be left who can manage users and roles."""

    code = "LAST_ADMINISTRATOR"


async def require_an_administrator(ctx: Context, *, field: object = None) -> None:
    """Raise LastAdministrator when nobody is left, whoever else writes at the moment; inside `ctx.write()`."""
    if ctx.app.is_postgresql:
        await take_locks(ctx.session, _SPACE, [0])
    if not await administrators(ctx):
        raise LastAdministrator(
            text(
                "Nobody would be left who can manage users and roles; make somebody else an administrator first."
            ),
            field=field,
        )


async def administrators(ctx: Context) -> set[uuid.UUID]:
    """The users who can sign in and manage users and roles, for everybody."""
    permissions: dict[uuid.UUID, set[str]] = defaultdict(set)
    for user_id, permission in await whoever_asks.execute(ctx, _WHO):
        permissions[user_id].add(permission)
    return {user_id for user_id, held in permissions.items() if EVERYTHING in held or held >= MANAGING}


async def role_manages(ctx: Context, role_id: uuid.UUID) -> bool:
    """Whether a role has a grant that managing users and roles needs."""
    statement = sa.select(Grant.id).where(Grant.role_id == role_id, _MANAGES)
    return await whoever_asks.exists(ctx, statement)


async def user_manages(ctx: Context, user_id: uuid.UUID) -> bool:
    """Whether a user, who may not be able to sign in any more, has a grant that managing users and roles needs."""
    statement = sa.select(Grant.id).join(RoleAssignment, RoleAssignment.role_id == Grant.role_id)
    return await whoever_asks.exists(ctx, statement.where(RoleAssignment.user_id == user_id, _MANAGES))


async def is_held(ctx: Context, role_id: uuid.UUID) -> bool:
    """Whether somebody who can sign in has the role."""
    statement = (
        sa.select(User.id)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .where(RoleAssignment.role_id == role_id, *_CAN_SIGN_IN)
    )
    return await whoever_asks.exists(ctx, statement)


_CAN_SIGN_IN = (
    User.is_active,
    User.archived_at.is_(None),
    User.email.is_not(None),
    User.password_hash.is_not(None),
)
_MANAGES = sa.and_(Grant.permission.in_((EVERYTHING, *sorted(MANAGING))), Grant.level == Reach.ALL)
_WHO = (
    sa.select(RoleAssignment.user_id, Grant.permission)
    .join(Grant, Grant.role_id == RoleAssignment.role_id)
    .join(Role, Role.id == RoleAssignment.role_id)
    .join(User, User.id == RoleAssignment.user_id)
    .where(_MANAGES, Role.archived_at.is_(None), *_CAN_SIGN_IN)
)
