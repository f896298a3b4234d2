"""From a user to a principal: teams, the teams below them, and what the roles grant."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import sqlalchemy as sa

from kehu.kernel.access import SYSTEM, Level, Principal
from kehu.kernel.context import Context
from kehu.kernel.db import Unscoped
from kehu.platform.identity.emails import InvalidEmail, normalise_email
from kehu.platform.identity.models import Grant, Membership, Reach, Role, RoleAssignment, Team, User

whoever_asks = Unscoped("rights are what they are")

Read = Callable[[sa.Select[*tuple[Any, ...]]], Awaitable[Any]]


async def principal_of(ctx: Context, user: User) -> Principal:
    """The principal that `user` is; it may do what all its roles together grant, at the highest level."""

    async def read(statement: sa.Select[*tuple[Any, ...]]) -> Any:
        return (await whoever_asks.execute(ctx, statement, {"user_id": user.id})).all()

    named = Principal(user.id, user.name, time_zone=user.time_zone, locale=user.locale)
    return await with_rights(read, named)


async def with_rights(read: Read, named: Principal) -> Principal:
    """`named` with the teams and grants of its user; `read` has the rows of a statement about `user_id`."""
    teams = [key for (key,) in await read(_TEAMS)]
    below = {key for (key,) in await read(_SUBTREE)} if teams else set()
    return dataclasses.replace(
        named,
        teams=tuple(teams),
        subtree=(*teams, *sorted(below.difference(teams))),
        grants=highest((permission, level) for permission, level in await read(_GRANTS)),
    )


async def grants_of(ctx: Context, user_id: uuid.UUID) -> dict[str, Level]:
    """What the roles of a user grant together, at the highest level."""
    rows = await whoever_asks.execute(ctx, _GRANTS, {"user_id": user_id})
    return highest((permission, reach) for permission, reach in rows)


async def principal_of_author(ctx: Context, author_id: uuid.UUID | None) -> Principal | None:
    """On whose behalf something goes on that somebody set up; SYSTEM without an author, None once who did has left."""
    if author_id is None:
        return SYSTEM
    statement = sa.select(User).where(User.id == author_id, User.is_active, User.archived_at.is_(None))
    author = (await whoever_asks.scalars(ctx, statement)).one_or_none()
    return None if author is None else await principal_of(ctx, author)


async def find_user(ctx: Context, email: str) -> User | None:
    """The user who signs in with this address, who may be inactive, or have left; None for a stranger."""
    known = sa.select(User).where(User.email == email_key(email))
    newest_first = known.order_by(User.archived_at.is_not(None), User.created_at.desc()).limit(1)
    return (await whoever_asks.scalars(ctx, newest_first)).one_or_none()


def email_key(email: str) -> str:
    """An address as users are found by it; what is no address is only trimmed, and finds nobody."""
    try:
        return normalise_email(email)
    except InvalidEmail:
        return email.strip().lower().replace("\0", "\ufffd")  # PostgreSQL takes no NUL.


def _teams() -> sa.Select[Any]:
    return (
        sa.select(Membership.team_id)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.user_id == _USER_ID, Team.archived_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
    )


def _subtree() -> sa.Select[Any]:
    """The teams and all below them, archived ones too."""
    top = sa.select(Team.id).where(Team.id.in_(_teams().order_by(None))).cte("subtree", recursive=True)
    below = sa.select(Team.id).join(top, Team.parent_id == top.c.id)
    return sa.select(top.union(below).c.id)


def _grants() -> sa.Select[str, Reach]:
    return (
        sa.select(Grant.permission, Grant.level)
        .join(RoleAssignment, RoleAssignment.role_id == Grant.role_id)
        .join(Role, Role.id == Grant.role_id)
        .where(RoleAssignment.user_id == _USER_ID, Role.archived_at.is_(None))
    )


_USER_ID = sa.bindparam("user_id", type_=sa.Uuid())
_TEAMS, _SUBTREE, _GRANTS = _teams(), _subtree(), _grants()


def highest(grants: Iterable[tuple[str, Reach]]) -> dict[str, Level]:
    """The highest level of each permission."""
    levels: dict[str, Level] = {}
    for permission, reach in grants:
        levels[permission] = max(reach.level, levels.get(permission, Level.NONE))
    return levels
