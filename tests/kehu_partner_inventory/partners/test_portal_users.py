"""Who is made a portal user, and by whom."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Role, RoleAssignment, User
from tests.kehu.factories import refused, saved
from tests.kehu_partner_inventory.channel import Channel, open_channel

NEEDED = "core.role_assignment:create"


@pytest.fixture
async def channel(app: kehu.App) -> Channel:
    return await open_channel(app)


def manager(*, gives_roles: bool) -> kehu.Principal:
    """Somebody who looks after partners, and may give roles or not."""
    permissions = (
        "partner_inventory.partner_user:create",
        "core.user:read",
        "partner_inventory.partner:read",
    )
    grants = dict.fromkeys((*permissions, *([NEEDED] if gives_roles else [])), kehu.Level.ALL)
    return kehu.Principal(None, "manager", grants=grants)


def made(channel: Channel, person: User) -> str:
    """The call that makes a portal user."""
    user = kehu.global_id("User", person.id)
    return f'createPartnerUser(input: {{ userId: "{user}", partnerId: "{channel["NORTH"]}" }})'


async def test_only_who_gives_roles_makes_a_portal_user(channel: Channel) -> None:
    person = await saved(channel.app, User(name="Nina"))
    call = made(channel, person)
    assert [code for code, _ in await channel.refused(call, to=manager(gives_roles=False))] == ["FORBIDDEN"]
    await channel.do(call, to=manager(gives_roles=True))


async def test_an_administrator_is_not_made_a_portal_user(channel: Channel) -> None:
    boss = await saved(channel.app, User(name="Boss"))
    await saved(channel.app, RoleAssignment(user_id=boss.id, role_id=await _role(channel, "Administrator")))
    call = made(channel, boss)
    expected = [("HAS_ANOTHER_ROLE", "userId")]
    assert await channel.refused(call, to=manager(gives_roles=True)) == expected
    assert await channel.refused(call) == expected


async def test_a_portal_user_gets_no_other_role(channel: Channel) -> None:
    portal = await channel.user_of("NORTH")
    assert portal.id is not None
    other = RoleAssignment(user_id=portal.id, role_id=await _role(channel, "Salesperson"))
    assert [(e.code, e.field) for e in await refused(channel.app, other)] == [("IS_PORTAL_USER", "roleId")]


async def _role(channel: Channel, name: str) -> uuid.UUID:
    async with channel.app.context() as ctx:
        roles = {role.name: role.id for role in await ctx.session.scalars(sa.select(Role))}
    return roles[name]
