"""`kehu user`: the first people who sign in are added here; there is no default password."""

from __future__ import annotations

import sys
import uuid
from collections import defaultdict
from collections.abc import Sequence

import click
import sqlalchemy as sa

from kehu.business.identifiers import normalise_email
from kehu.kernel.context import Context
from kehu.kernel.errors import NotFound
from kehu.ops.cli.context import CommandContext
from kehu.platform.identity.actions import set_password
from kehu.platform.identity.models import Membership, Role, RoleAssignment, Team, User
from kehu.platform.identity.passwords import hash_password
from kehu.platform.identity.principals import find_user


@click.group("user")
def users() -> None:
    """Manage the people who sign in."""


@users.command("add")
@click.argument("name")
@click.option("--email", required=True, help="The address to sign in with.")
@click.option(
    "--role", "roles", multiple=True, metavar="ROLE", help="A role, such as Administrator; may be repeated."
)
@click.option("--team", "teams", multiple=True, metavar="TEAM", help="A team; may be repeated.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for scripts.")
@click.pass_obj
def add_command(
    command: CommandContext,
    name: str,
    email: str,
    roles: tuple[str, ...],
    teams: tuple[str, ...],
    *,
    password_stdin: bool,
) -> None:
    """Add the user NAME; asks for the password."""
    password = _from_standard_input() if password_stdin else _asked_for()
    address = normalise_email(email)
    command.run(_added(command, name, address, password, roles, teams))
    click.echo(f"Added {name} <{address}>.")


@users.command("list")
@click.pass_obj
def list_command(command: CommandContext) -> None:
    """List the people who sign in, with their roles; who is disabled or archived is marked."""
    for line in command.run(_listed(command)):
        click.echo(line)


@users.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for scripts.")
@click.pass_obj
def password_command(command: CommandContext, email: str, *, password_stdin: bool) -> None:
    """Give the user EMAIL a new password; asks for it. All sessions of the user end."""
    password = _from_standard_input() if password_stdin else _asked_for()
    command.run(_with_password(command, email, password))
    click.echo(f"{email} has a new password.")


@users.command("disable")
@click.argument("email")
@click.pass_obj
def disable_command(command: CommandContext, email: str) -> None:
    """Let the user EMAIL sign in no longer; all sessions of the user end."""
    command.run(_disabled(command, email))
    click.echo(f"{email} can no longer sign in.")


@users.command("enable")
@click.argument("email")
@click.pass_obj
def enable_command(command: CommandContext, email: str) -> None:
    """Let the user EMAIL sign in again."""
    command.run(_enabled(command, email))
    click.echo(f"{email} can sign in.")


@users.command("role")
@click.argument("email")
@click.argument("role")
@click.option("--remove", is_flag=True, help="Take the role away instead.")
@click.pass_obj
def role_command(command: CommandContext, email: str, role: str, *, remove: bool) -> None:
    """Give the user EMAIL the role ROLE, such as Administrator."""
    command.run(_without_role(command, email, role) if remove else _with_role(command, email, role))
    click.echo(f"{email} {'no longer has' if remove else 'has'} the role {role}.")


def _from_standard_input() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _asked_for() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


async def _added(
    command: CommandContext,
    name: str,
    email: str,
    password: str,
    roles: tuple[str, ...],
    teams: tuple[str, ...],
) -> None:
    async with command.app().context(request_id=command.request_id) as ctx, ctx.write():
        hashed = await hash_password(password, (email, name))
        user = ctx.add(User(name=name, email=email, password_hash=hashed))
        await ctx.flush()
        for role in roles:
            ctx.add(RoleAssignment(user_id=user.id, role_id=(await _role(ctx, role)).id))
        for team in teams:
            ctx.add(Membership(user_id=user.id, team_id=(await _team(ctx, team)).id))


async def _listed(command: CommandContext) -> list[str]:
    async with command.app().context(request_id=command.request_id) as ctx:
        people = (await ctx.session.scalars(sa.select(User).order_by(User.name, User.id))).all()
        held = sa.select(RoleAssignment.user_id, Role.name).join(Role, Role.id == RoleAssignment.role_id)
        roles: dict[uuid.UUID, list[str]] = defaultdict(list)
        for user_id, name in await ctx.session.execute(held.order_by(Role.name)):
            roles[user_id].append(name)
    return [_line(person, roles[person.id]) for person in people]


def _line(person: User, roles: Sequence[str]) -> str:
    state = "archived" if person.archived_at else "" if person.is_active else "disabled"
    parts = (person.name, f"<{person.email}>" if person.email else "", ", ".join(roles))
    return "  ".join(filter(None, (*parts, state)))


async def _with_password(command: CommandContext, email: str, password: str) -> None:
    async with command.app().context(request_id=command.request_id) as ctx, ctx.write():
        await set_password(await _user(ctx, email), ctx, password)


async def _disabled(command: CommandContext, email: str) -> None:
    async with command.app().context(request_id=command.request_id) as ctx, ctx.write():
        (await _user(ctx, email)).is_active = False


async def _enabled(command: CommandContext, email: str) -> None:
    async with command.app().context(request_id=command.request_id) as ctx, ctx.write():
        person = await _user(ctx, email)
        person.is_active, person.archived_at = True, None


async def _with_role(command: CommandContext, email: str, name: str) -> None:
    async with command.app().context(request_id=command.request_id) as ctx, ctx.write():
        person, role = await _user(ctx, email), await _role(ctx, name)
        if await _assignment(ctx, person, role) is None:
            ctx.add(RoleAssignment(user_id=person.id, role_id=role.id))


async def _without_role(command: CommandContext, email: str, name: str) -> None:
    async with command.app().context(request_id=command.request_id) as ctx, ctx.write():
        held = await _assignment(ctx, await _user(ctx, email), await _role(ctx, name))
        if held is not None:
            await ctx.delete(held)


async def _assignment(ctx: Context, person: User, role: Role) -> RoleAssignment | None:
    held = sa.select(RoleAssignment).where(
        RoleAssignment.user_id == person.id, RoleAssignment.role_id == role.id
    )
    return (await ctx.session.scalars(held)).one_or_none()


async def _user(ctx: Context, email: str) -> User:
    person = await find_user(ctx, email)
    if person is None:
        raise NotFound(f"There is no user with the e-mail address {email}; `kehu user list` lists them.")
    return person


async def _role(ctx: Context, name: str) -> Role:
    roles = (await ctx.session.scalars(sa.select(Role).where(Role.archived_at.is_(None)))).all()
    found = next((role for role in roles if role.name == name), None)
    if found is None:
        raise NotFound(f"There is no role {name!r}; there are: {_names(roles)}.")
    return found


async def _team(ctx: Context, name: str) -> Team:
    teams = (await ctx.session.scalars(sa.select(Team).where(Team.archived_at.is_(None)))).all()
    found = [team for team in teams if team.name == name]
    if not found:
        raise NotFound(f"There is no team {name!r}; there are: {_names(teams)}.")
    if len(found) > 1:
        raise NotFound(
            f"There are {len(found)} teams named {name!r}; put the person into one of them through the API."
        )
    return found[0]


def _names(found: Sequence[Role] | Sequence[Team]) -> str:
    return ", ".join(sorted(each.name for each in found)) or "none"
