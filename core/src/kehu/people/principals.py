"""From a user to a principal: teams, the teams below them, and what the roles grant."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from kehu.access import SYSTEM, Level, Principal
from kehu.context import Context
from kehu.database import unscoped
from kehu.identifiers import InvalidEmail, normalise_email
from kehu.people.models import Grant, Membership, Reach, Role, RoleAssignment, Team, User


async def principal_of(ctx: Context, user: User, *, session: str | None = None) -> Principal:
    """The principal that `user` is; it may do what all its roles together grant, at the highest level.

    `session` is the hash of the token the person signed in with.
    """
    teams = await _teams_of(ctx, user.id)
    return Principal(
        id=user.id,
        name=user.name,
        teams=teams,
        subtree=await _with_all_below(ctx, teams),
        grants=await _grants_of(ctx, user.id),
        time_zone=user.time_zone,
        locale=user.locale,
        session=session,
    )


async def principal_of_author(ctx: Context, author_id: uuid.UUID | None) -> Principal | None:
    """On whose behalf something goes on that somebody set up; SYSTEM without an author, None once who did has left."""
    if author_id is None:
        return SYSTEM
    statement = sa.select(User).where(User.id == author_id, User.is_active, User.archived_at.is_(None))
    author = (await ctx.session.scalars(unscoped(statement))).one_or_none()
    return None if author is None else await principal_of(ctx, author)


async def find_user(ctx: Context, email: str) -> User | None:
    """The user who signs in with this address, who may be inactive; None for a stranger."""
    statement = sa.select(User).where(User.email == email_key(email))
    return (await ctx.session.scalars(unscoped(statement))).one_or_none()


def email_key(email: str) -> str:
    """An address as users are found by it; what is no address is only trimmed, and finds nobody."""
    try:
        return normalise_email(email)
    except InvalidEmail:
        return email.strip().lower()


async def _teams_of(ctx: Context, user_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    statement = (
        sa.select(Membership.team_id)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.user_id == user_id, Team.archived_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
    )
    return tuple((await ctx.session.scalars(unscoped(statement))).all())


async def _with_all_below(ctx: Context, teams: tuple[uuid.UUID, ...]) -> tuple[uuid.UUID, ...]:
    if not teams:
        return ()
    top = sa.select(Team.id).where(Team.id.in_(teams)).cte("subtree", recursive=True)
    below = sa.select(Team.id).join(top, Team.parent_id == top.c.id)
    statement = sa.select(top.union(below).c.id)
    found = set((await ctx.session.scalars(unscoped(statement))).all())
    return (*teams, *sorted(found.difference(teams)))


async def _grants_of(ctx: Context, user_id: uuid.UUID) -> Mapping[str, Level]:
    statement = (
        sa.select(Grant.permission, Grant.level)
        .join(RoleAssignment, RoleAssignment.role_id == Grant.role_id)
        .join(Role, Role.id == Grant.role_id)
        .where(RoleAssignment.user_id == user_id, Role.archived_at.is_(None))
    )
    granted = await ctx.session.execute(unscoped(statement))
    return highest((permission, level) for permission, level in granted)


def highest(grants: Iterable[tuple[str, Reach]]) -> dict[str, Level]:
    """The highest level of each permission."""
    levels: dict[str, Level] = {}
    for permission, reach in grants:
        levels[permission] = max(reach.level, levels.get(permission, Level.NONE))
    return levels
