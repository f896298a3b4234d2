"""`kehu user`: the first people who sign in are added here; there is no default password."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
import sqlalchemy as sa

from kehu.cli.context import CommandContext
from kehu.context import Context
from kehu.errors import NotFound
from kehu.identifiers import normalise_email
from kehu.people.models import Membership, Role, RoleAssignment, Team, User
from kehu.people.passwords import hash_password


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
        user = ctx.add(User(name=name, email=email, password_hash=await hash_password(password)))
        await ctx.flush()
        for role in roles:
            ctx.add(RoleAssignment(user_id=user.id, role_id=(await _role(ctx, role)).id))
        for team in teams:
            ctx.add(Membership(user_id=user.id, team_id=(await _team(ctx, team)).id))


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
