"""What must hold of users, teams and roles."""

from __future__ import annotations

import sqlalchemy as sa

from kehu.kernel.context import Context
from kehu.kernel.texts import text
from kehu.kernel.trees import chain_above
from kehu.kernel.writing.changes import Change
from kehu.platform.identity.administrators import (
    is_held,
    require_an_administrator,
    role_manages,
    user_manages,
)
from kehu.platform.identity.emails import normalise_email
from kehu.platform.identity.escalation import (
    is_about_people,
    require_grant_within,
    require_no_higher_administrator,
    require_role_of_no_higher_administrator,
    require_role_within,
    require_team_within,
)
from kehu.platform.identity.locales import check_time_zone, normalise_language
from kehu.platform.identity.models import Grant, Membership, Role, RoleAssignment, Team, TeamCycle, User
from kehu.platform.identity.principals import whoever_asks
from kehu.platform.identity.resources import grant, membership, role, role_assignment, team, user
from kehu.platform.identity.sign_in import end_sessions


@user.before_write
async def normalise_user(_ctx: Context, change: Change[User]) -> None:
    """An e-mail address in one form, a language and a time zone that exist."""
    person = change.obj
    if change.touches(User.email) and person.email is not None:
        with change.noting(field=User.email):
            person.email = normalise_email(person.email)
    if change.touches(User.locale) and person.locale is not None:
        with change.noting(field=User.locale):
            person.locale = normalise_language(person.locale)
    if change.touches(User.time_zone) and person.time_zone is not None:
        with change.noting(field=User.time_zone):
            check_time_zone(person.time_zone)


@user.before_write
async def one_user_per_email(ctx: Context, change: Change[User]) -> None:
    """No two users sign in with the same address; that of somebody who was archived may be given again."""
    person = change.obj
    if change.deleting or person.email is None or person.archived_at is not None:
        return
    if not change.touches(User.email, User.archived_at):
        return
    others = sa.select(User.name).where(
        User.email == person.email, User.id != person.id, User.archived_at.is_(None)
    )
    if await whoever_asks.exists(ctx, others):
        change.error("Another user has this e-mail address already.", field=User.email, code="DUPLICATE")


@user.after_write
async def end_sessions_of_who_leaves(ctx: Context, change: Change[User]) -> None:
    """Who is deactivated or archived is signed out everywhere at once."""
    if change.touches(User.is_active, User.archived_at) and not change.creating:
        await end_sessions(ctx, change.obj)


@user.before_write
async def lesser_people_do_not_end_accounts(ctx: Context, change: Change[User]) -> None:
    """Whether, and with which address, somebody signs in is not changed by who has less to say about people."""
    if change.creating:
        return
    changed = next((a for a in _ACCOUNT if change.touches(a)), None)
    if changed is not None:
        await require_no_higher_administrator(ctx, change.obj.id, field=changed)


@user.after_write
async def somebody_administers(ctx: Context, change: Change[User]) -> None:
    """The last who can manage users and roles stays, and can sign in."""
    person = change.obj
    if change.creating or not change.touches(*_ACCOUNT):
        return
    if not _signs_in(person) and await user_manages(ctx, person.id):
        await require_an_administrator(ctx, field=next(a for a in _ACCOUNT if change.touches(a)))


@team.before_write
async def teams_make_a_tree(ctx: Context, change: Change[Team]) -> None:
    """A team does not stand below itself."""
    moved = change.obj
    if change.touches(Team.parent_id) and moved.id in await chain_above(ctx, Team.parent_id, moved.parent_id):
        with change.noting():
            raise TeamCycle(text("{name} cannot stand below itself.", name=moved.name), field=Team.parent_id)


@team.before_write
async def teams_are_moved_within_reach(ctx: Context, change: Change[Team]) -> None:
    """Who may change some teams only moves them within these: what is below a team is seen from it."""
    if not change.creating and change.touches(Team.parent_id):
        teams = (change.obj.id, change.old(Team.parent_id), change.obj.parent_id)
        require_team_within(ctx, "core.team:update", teams, field=Team.parent_id)


@membership.before_write
async def members_join_within_reach(ctx: Context, change: Change[Membership]) -> None:
    """Who may fill some teams only puts nobody into others, nor takes anybody out of them."""
    verb = "delete" if change.deleting else "create"
    require_team_within(ctx, f"core.membership:{verb}", (change.obj.team_id,), field=Membership.team_id)


@role_assignment.before_write
async def roles_are_given_by_who_has_as_much(ctx: Context, change: Change[RoleAssignment]) -> None:
    """Nobody gives a role that may do more, nor takes one away that has more to say about people and roles."""
    if change.author is not None:
        return
    role_id = change.obj.role_id
    if change.deleting:
        await require_role_of_no_higher_administrator(ctx, role_id, field=RoleAssignment.role_id)
    elif role_id is not None:
        await require_role_within(ctx, role_id, field=RoleAssignment.role_id)


@role_assignment.after_write
async def somebody_keeps_the_role(ctx: Context, change: Change[RoleAssignment]) -> None:
    """The last who can manage users and roles keeps the role that says so."""
    if change.deleting and await role_manages(ctx, change.obj.role_id):
        await require_an_administrator(ctx, field=RoleAssignment.role_id)


@role.before_write
async def roles_end_by_who_has_as_much(ctx: Context, change: Change[Role]) -> None:
    """Nobody archives a role that has more to say about people and roles, nor brings one back that may do more."""
    if change.creating or not change.touches(Role.archived_at):
        return
    if change.obj.archived_at is None:
        await require_role_within(ctx, change.obj.id, field=Role.archived_at)
    else:
        await require_role_of_no_higher_administrator(ctx, change.obj.id, field=Role.archived_at)


@role.after_write
async def somebody_has_a_role_that_manages(ctx: Context, change: Change[Role]) -> None:
    """The last role by which somebody can manage users and roles stays."""
    role_id = change.obj.id
    if change.obj.archived_at is None or not change.touches(Role.archived_at):
        return
    if await role_manages(ctx, role_id) and await is_held(ctx, role_id):
        await require_an_administrator(ctx, field=Role.archived_at)


@grant.before_write
async def grants_are_given_by_who_has_them(ctx: Context, change: Change[Grant]) -> None:
    """Nobody grants what they do not have, nor takes away a right over people and roles that they do not have."""
    given = change.obj
    permission, level = change.old(Grant.permission), change.old(Grant.level)
    if permission and level is not None and is_about_people(permission):
        require_grant_within(ctx, permission, level, field=Grant.level)
    if not change.deleting and given.permission and given.level is not None:
        require_grant_within(ctx, given.permission, given.level, field=Grant.level)


@grant.after_write
async def somebody_has_the_grants_that_manage(ctx: Context, change: Change[Grant]) -> None:
    """The last grants by which somebody can manage users and roles stay."""
    permission = change.old(Grant.permission)
    if permission is None or not is_about_people(permission):
        return
    role_id = change.old(Grant.role_id)
    if role_id is not None and await is_held(ctx, role_id):
        await require_an_administrator(ctx, field=Grant.level)


@grant.before_write
async def grants_name_permissions(ctx: Context, change: Change[Grant]) -> None:
    """A new grant names a permission that an enabled plugin defines, or `*`."""
    permission = change.obj.permission
    if change.deleting or not change.touches(Grant.permission) or not permission:
        return
    if permission != "*" and permission not in ctx.app.composition.permissions:
        message = text("No enabled plugin defines the permission {permission!r}.", permission=permission)
        change.error(message, field=Grant.permission)


def _signs_in(person: User) -> bool:
    return person.is_active and person.archived_at is None and person.email is not None


_ACCOUNT = (User.is_active, User.archived_at, User.email)
