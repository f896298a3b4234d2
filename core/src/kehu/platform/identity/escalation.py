"""Escalation: nobody gives what they do not have, nor acts on the account of somebody who may do more."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from kehu.kernel.access import EVERYTHING, Level
from kehu.kernel.context import Context
from kehu.kernel.errors import Forbidden
from kehu.kernel.texts import text
from kehu.platform.identity.models import Grant, Reach
from kehu.platform.identity.principals import grants_of, whoever_asks

_ABOUT_PEOPLE = ("user", "team", "membership", "role", "grant", "role_assignment")


async def require_role_within(ctx: Context, role_id: uuid.UUID, *, field: object) -> None:
    """Raise Forbidden unless whoever writes may do all that the role grants, as far as the role does."""
    if _may_everything(ctx):
        return
    statement = sa.select(Grant.permission, Grant.level).where(Grant.role_id == role_id)
    for permission, reach in await whoever_asks.execute(ctx, statement):
        require_grant_within(ctx, permission, reach, field=field)


def require_grant_within(ctx: Context, permission: str, reach: Reach, *, field: object) -> None:
    """Raise Forbidden unless whoever writes has this permission at this level or above."""
    if ctx.principal.level(permission) < reach.level:
        message = text(
            "You cannot give {permission} as far as {level}.", permission=permission, level=reach.name
        )
        raise Forbidden(message, field=field)


async def require_no_more_rights(ctx: Context, user_id: uuid.UUID, *, field: object) -> None:
    """Raise Forbidden where the user may do anything that whoever writes may not."""
    if not _may_everything(ctx) and user_id != ctx.principal.id:
        _require_all(ctx, await grants_of(ctx, user_id), field=field)


async def require_no_higher_administrator(ctx: Context, user_id: uuid.UUID, *, field: object) -> None:
    """Raise Forbidden where the user has more of the rights over people and roles than whoever writes."""
    if _may_everything(ctx) or user_id == ctx.principal.id:
        return
    _require_all(ctx, about_people(await grants_of(ctx, user_id)), field=field)


async def require_role_of_no_higher_administrator(ctx: Context, role_id: uuid.UUID, *, field: object) -> None:
    """Raise Forbidden where the role has more of the rights over people and roles than whoever writes."""
    if _may_everything(ctx):
        return
    statement = sa.select(Grant.permission, Grant.level).where(Grant.role_id == role_id)
    rows = (await whoever_asks.execute(ctx, statement)).all()
    _require_all(ctx, about_people({permission: reach.level for permission, reach in rows}), field=field)


def about_people(grants: Mapping[str, Level]) -> dict[str, Level]:
    """The grants to change users, teams and roles among these."""
    return {permission: level for permission, level in grants.items() if is_about_people(permission)}


def is_about_people(permission: str) -> bool:
    """Whether this is a right to change users, teams or roles."""
    entity, _, verb = permission.partition(":")
    return permission == EVERYTHING or (entity in _ENTITIES and verb not in {"read", "export"})


def require_team_within(
    ctx: Context, permission: str, team_ids: Iterable[uuid.UUID | None], *, field: object
) -> None:
    """Raise Forbidden for a team that the permission does not reach: its level says whose teams may be changed."""
    level = ctx.principal.level(permission)
    if level in {Level.ALL, Level.NONE}:
        # Without the permission a hook writes, which has its own reason.
        return
    within = ctx.principal.subtree if level is Level.SUBTREE else ctx.principal.teams
    if any(team_id is not None and team_id not in within for team_id in team_ids):
        raise Forbidden(text("You may not change that team."), field=field)


def _may_everything(ctx: Context) -> bool:
    return ctx.principal.grants.get(EVERYTHING) is Level.ALL


def _require_all(ctx: Context, grants: Mapping[str, Level], *, field: object) -> None:
    if any(ctx.principal.level(permission) < level for permission, level in grants.items()):
        raise Forbidden(text("That person may do more than you."), field=field)


_ENTITIES = frozenset(f"core.{name}" for name in _ABOUT_PEOPLE)
