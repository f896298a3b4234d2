"""What must hold of users, teams and roles."""

from __future__ import annotations

import sqlalchemy as sa

from kehu.context import Context
from kehu.core_declarations import grant, team, user
from kehu.database import unscoped
from kehu.identifiers import normalise_email
from kehu.people.locales import check_time_zone, normalise_language
from kehu.people.models import Grant, Team, TeamCycle, User
from kehu.people.signing_in import end_sessions
from kehu.trees import chain_above
from kehu.writing.changes import Change


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
    """No two users sign in with the same address, archived ones included."""
    person = change.obj
    if change.deleting or person.email is None or not change.touches(User.email):
        return
    others = sa.select(User.name).where(User.email == person.email, User.id != person.id)
    if (await ctx.session.scalar(unscoped(others.limit(1)))) is not None:
        change.error("Another user has this e-mail address already.", field=User.email, code="DUPLICATE")


@user.after_write
async def end_sessions_of_who_leaves(ctx: Context, change: Change[User]) -> None:
    """Who is deactivated or archived is signed out everywhere at once."""
    if change.touches(User.is_active, User.archived_at) and not change.creating:
        await end_sessions(ctx, change.obj)


@team.before_write
async def teams_make_a_tree(ctx: Context, change: Change[Team]) -> None:
    """A team does not stand below itself."""
    moved = change.obj
    if change.touches(Team.parent_id) and moved.id in await chain_above(ctx, Team.parent_id, moved.parent_id):
        with change.noting():
            raise TeamCycle(f"{moved.name} cannot stand below itself.", field=Team.parent_id)


@grant.before_write
async def grants_name_permissions(ctx: Context, change: Change[Grant]) -> None:
    """A new grant names a permission that an enabled plugin defines, or `*`."""
    permission = change.obj.permission
    if change.deleting or not change.touches(Grant.permission) or not permission:
        return
    if permission != "*" and permission not in ctx.app.composition.permissions:
        change.error(f"No enabled plugin defines the permission {permission!r}.", field=Grant.permission)
