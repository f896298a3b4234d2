from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Grant, Reach, Role
from kehu.platform.identity.roles import ROLES, ensure_roles


async def grants(app: kehu.App) -> dict[str, dict[str, Reach]]:
    found: dict[str, dict[str, Reach]] = {}
    async with app.context() as ctx:
        statement = sa.select(Role.name, Grant.permission, Grant.level).join(Grant, Grant.role_id == Role.id)
        for name, permission, level in await ctx.session.execute(statement):
            found.setdefault(name, {})[permission] = level
    return found


async def ensured(app: kehu.App) -> dict[str, dict[str, Reach]]:
    async with app.context() as ctx:
        await ensure_roles(ctx)
    return await grants(app)


async def test_the_predefined_roles_exist_after_an_upgrade(app: kehu.App) -> None:
    granted = await ensured(app)
    assert set(granted) == set(ROLES)
    assert granted["Administrator"] == {"*": Reach.ALL}
    assert granted["Salesperson"]["core.customer:update"] is Reach.OWN
    assert granted["Salesperson"]["core.interaction:complete"] is Reach.OWN
    assert granted["Sales Manager"]["core.customer:update"] is Reach.SUBTREE
    assert granted["Auditor"]["core.audit_entry:read"] is Reach.ALL
    assert not [p for p in granted["Auditor"] if p.partition(":")[2] not in ("read", "export")]
    assert not [p for p in granted["Integration"] if p.endswith(("delete", "purge"))]


async def test_a_second_upgrade_changes_nothing(app: kehu.App) -> None:
    assert await ensured(app) == await ensured(app)


async def test_a_grant_that_somebody_took_away_stays_away(app: kehu.App) -> None:
    await ensured(app)
    async with app.context() as ctx, ctx.write():
        statement = (
            sa.select(Grant)
            .join(Role)
            .where(Role.name == "Salesperson", Grant.permission == "core.customer:delete")
        )
        await ctx.delete((await ctx.session.scalars(statement)).one())
        level = (
            sa.select(Grant)
            .join(Role)
            .where(Role.name == "Salesperson", Grant.permission == "core.customer:read")
        )
        (await ctx.session.scalars(level)).one().level = Reach.TEAM
    granted = await ensured(app)
    assert "core.customer:delete" not in granted["Salesperson"]
    assert granted["Salesperson"]["core.customer:read"] is Reach.TEAM


async def test_a_plugin_that_comes_later_brings_its_grants(app: kehu.App) -> None:
    await ensured(app)
    later = kehu.Plugin("later", requires=["core"])
    later.permission("stock:count", "Count the stock")
    later.grant("Salesperson", stock="count")
    later.grant("Stock Clerk", stock="count:TEAM")
    grown = kehu.App([*app.composition.plugins, later], engine=app.engine, clock=app.clock)
    granted = await ensured(grown)
    assert granted["Salesperson"]["later.stock:count"] is Reach.ALL
    assert granted["Stock Clerk"] == {"later.stock:count": Reach.TEAM}
