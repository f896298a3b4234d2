"""The demo: data that every plugin makes up from a seed, and somebody to sign in as."""

from __future__ import annotations

import itertools
import operator
import random

import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Role, RoleAssignment
from kehu.platform.identity.passwords import hash_password
from kehu.platform.identity.principals import find_user
from kehu.platform.identity.roles import ensure_roles

DEMO_EMAIL = "demo@example.com"


def examples_of(app: kehu.App) -> list[dict[str, str]]:
    """The queries that the plugins offer: the first of each plugin, then the second of each, and so on."""
    offered = [enumerate(plugin.examples) for plugin in app.composition.plugins]
    in_turn = sorted(itertools.chain.from_iterable(offered), key=operator.itemgetter(0))
    return [{"title": example.title, "document": example.document} for _, example in in_turn]


async def ensure_predefined_roles(app: kehu.App) -> None:
    """The roles that plugins grant to, as `kehu db upgrade` makes them."""
    async with app.context() as ctx:
        await ensure_roles(ctx)


async def ensure_demo_data(app: kehu.App, seed: int) -> bool:
    """Let every plugin add its data, once; False when there are customers already."""
    async with app.context() as ctx:
        if await ctx.session.scalar(sa.select(sa.func.count()).select_from(kehu.Customer)):
            return False
        async with ctx.write():
            chance = random.Random(seed)  # noqa: S311  # made-up data, no secret
            await app.hooks.run("kehu_demo_data", ctx=ctx, chance=chance)
    return True


async def ensure_demo_user(app: kehu.App, password: str) -> None:
    """An administrator to try things with, whose password is new each time: there is no default one."""
    async with app.context() as ctx, ctx.write():
        user = await find_user(ctx, DEMO_EMAIL)
        if user is None:
            user = ctx.add(kehu.User(name="Demo", email=DEMO_EMAIL))
            await ctx.flush()
            role = (await ctx.session.scalars(sa.select(Role).where(Role.name == "Administrator"))).one()
            ctx.add(RoleAssignment(user_id=user.id, role_id=role.id))
        user.password_hash = await hash_password(password)
