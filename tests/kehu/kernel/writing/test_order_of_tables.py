"""Records that point at one another may be added in any order."""

from __future__ import annotations

import itertools

import pytest

import kehu
from kehu.platform.identity.models import Membership


def _family() -> dict[str, kehu.Entity]:
    team = kehu.Team(id=kehu.uuid7(), name="North")
    user = kehu.User(id=kehu.uuid7(), name="Ann")
    membership = Membership(id=kehu.uuid7(), user_id=user.id, team_id=team.id)
    customer = kehu.Customer(
        id=kehu.uuid7(), kind=kehu.CustomerKind.ORGANIZATION, name="Acme", owner_id=user.id
    )
    return {"team": team, "user": user, "membership": membership, "customer": customer}


@pytest.mark.parametrize("order", list(itertools.permutations(("team", "user", "membership", "customer"))))
async def test_parents_are_stored_before_their_children(sqlite_app: kehu.App, order: tuple[str, ...]) -> None:
    family = _family()
    async with sqlite_app.context() as ctx, ctx.write():
        for name in order:
            ctx.add(family[name])
    async with sqlite_app.context() as ctx:
        assert await ctx.find(Membership, family["membership"].id) is not None


async def test_parents_are_stored_before_their_children_on_both_databases(app: kehu.App) -> None:
    family = _family()
    async with app.context() as ctx, ctx.write():
        for name in ("customer", "membership", "user", "team"):
            ctx.add(family[name])


async def test_children_are_deleted_before_their_parents(app: kehu.App) -> None:
    family = _family()
    async with app.context() as ctx, ctx.write():
        for name in ("team", "user", "membership", "customer"):
            ctx.add(family[name])
        await ctx.flush()
        for name in ("user", "team", "customer", "membership"):
            await ctx.session.delete(family[name])
    async with app.context() as ctx:
        assert await ctx.find(kehu.User, family["user"].id) is None
