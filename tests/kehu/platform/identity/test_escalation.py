"""Nobody gives more than they have, nor acts on the account of somebody who may do more."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity import actions
from kehu.platform.identity.models import Grant, Membership, Reach, Role, RoleAssignment, Team, User
from kehu.platform.identity.principals import principal_of
from tests.kehu.factories import PASSWORD, give_role, make_user, saved, stored

ABOUT_PEOPLE = {
    f"core__{entity}__{verb}": Reach.ALL
    for entity in ("user", "team", "membership", "role", "grant", "role_assignment")
    for verb in ("read", "create", "update", "delete")
}


@pytest.fixture
async def boss(app: kehu.App) -> User:
    """Somebody who may do everything."""
    person = await make_user(app, "Boss")
    role = await saved(app, Role(name="Everything"))
    await saved(app, Grant(role_id=role.id, permission="*", level=Reach.ALL))
    await saved(app, RoleAssignment(user_id=person.id, role_id=role.id))
    return person


async def clerk(app: kehu.App, **grants: Reach) -> tuple[User, kehu.Principal]:
    """Somebody with a few grants."""
    person = await make_user(app, "Clerk")
    await give_role(app, person, **grants)
    async with app.context() as ctx:
        return person, await principal_of(ctx, person)


async def tried(app: kehu.App, who: kehu.Principal, *records: kehu.Entity) -> list[tuple[str, str | None]]:
    """Why somebody may not store new records; empty when they are stored."""
    try:
        async with app.context(who) as ctx, ctx.write():
            ctx.session.add_all(records)
    except kehu.Refusal as refusal:
        return [(error.code, error.field) for error in refusal.errors]
    return []


async def changed_by(
    app: kehu.App, who: kehu.Principal, record: kehu.Entity, **values: Any
) -> list[tuple[str, str | None]]:
    """Why somebody may not change a record, or delete it where there are no values."""
    try:
        async with app.context(who) as ctx, ctx.write():
            async with app.context() as system:
                fresh = await system.get(type(record), record.id)
            fresh = await ctx.session.merge(fresh, load=False)
            for name, value in values.items():
                setattr(fresh, name, value)
            if not values:
                await ctx.session.delete(fresh)
    except kehu.Refusal as refusal:
        return [(error.code, error.field) for error in refusal.errors]
    return []


async def test_nobody_gives_a_role_that_may_do_more(app: kehu.App) -> None:
    person, who = await clerk(app, core__role_assignment__create=Reach.ALL, core__customer__read=Reach.TEAM)
    further = await saved(app, Role(name="Further"))
    await saved(app, Grant(role_id=further.id, permission="core.customer:read", level=Reach.ALL))
    same = await saved(app, Role(name="Same"))
    await saved(app, Grant(role_id=same.id, permission="core.customer:read", level=Reach.OWN))

    assert await tried(app, who, RoleAssignment(user_id=person.id, role_id=further.id)) == [
        ("FORBIDDEN", "roleId")
    ]
    assert await tried(app, who, RoleAssignment(user_id=person.id, role_id=same.id)) == []


async def test_nobody_grants_what_they_do_not_have(app: kehu.App) -> None:
    _, who = await clerk(app, core__grant__create=Reach.ALL, core__customer__read=Reach.TEAM)
    role = await saved(app, Role(name="Role"))

    for permission, level in (
        ("*", Reach.OWN),
        ("core.customer:read", Reach.ALL),
        ("core.customer:update", Reach.OWN),
    ):
        grant = Grant(role_id=role.id, permission=permission, level=level)
        assert await tried(app, who, grant) == [("FORBIDDEN", "level")]
    held = Grant(role_id=role.id, permission="core.customer:read", level=Reach.TEAM)
    assert await tried(app, who, held) == []
    assert await changed_by(app, who, held, level=Reach.ALL) == [("FORBIDDEN", "level")]


async def test_nobody_takes_rights_over_people_from_who_has_more(app: kehu.App, boss: User) -> None:
    _, who = await clerk(app, core__role_assignment__delete=Reach.ALL, core__user__update=Reach.ALL)
    async with app.context() as ctx:
        assignment = (
            await ctx.session.scalars(sa.select(RoleAssignment).where(RoleAssignment.user_id == boss.id))
        ).one()

    assert await changed_by(app, who, assignment) == [("FORBIDDEN", "roleId")]
    assert await changed_by(app, who, boss, is_active=False) == [("FORBIDDEN", "isActive")]
    assert await changed_by(app, who, boss, email="other@example.com") == [("FORBIDDEN", "email")]
    assert await changed_by(app, who, boss, name="Chief") == []
    assert (await stored(app, boss)).is_active


async def test_who_manages_people_disables_a_salesperson_with_other_rights(app: kehu.App) -> None:
    _, who = await clerk(app, **ABOUT_PEOPLE)
    seller = await make_user(app, "Seller")
    await give_role(app, seller, core__customer__update=Reach.ALL)

    assert await changed_by(app, who, seller, is_active=False) == []


async def test_a_password_is_not_set_for_who_may_do_more(app: kehu.App, boss: User) -> None:
    person, who = await clerk(app, core__user__setPassword=Reach.ALL)
    other = await make_user(app, "Other")
    async with app.context(who) as ctx:
        with pytest.raises(kehu.Forbidden) as refusal:
            await actions.set_password(boss, ctx, "a new and long one")
    assert refusal.value.errors[0].field == "password"
    async with app.context() as system:
        before = await system.get(User, boss.id)
    async with app.context(who) as ctx, ctx.write():
        await actions.set_password(other, ctx, "a new and long one")
    async with app.context(who) as ctx, ctx.write():
        await actions.set_password(person, ctx, "a new and long one")
    assert before.password_hash == (await stored(app, boss)).password_hash != PASSWORD


@pytest.mark.parametrize("reach", [Reach.TEAM, Reach.SUBTREE, Reach.ALL])
async def test_teams_are_filled_as_far_as_the_level_reaches(app: kehu.App, reach: Reach) -> None:
    top = await saved(app, Team(name="Sales"))
    below = await saved(app, Team(name="North", parent_id=top.id))
    apart = await saved(app, Team(name="Service"))
    person, _ = await clerk(app, core__membership__create=reach, core__team__update=reach)
    other = await make_user(app, "Other")
    await saved(app, Membership(user_id=person.id, team_id=top.id))
    async with app.context() as ctx:
        who = await principal_of(ctx, person)

    refused = [("FORBIDDEN", "teamId")]
    joins = [await tried(app, who, Membership(user_id=other.id, team_id=t.id)) for t in (top, below, apart)]
    moved = await changed_by(app, who, apart, parent_id=top.id)

    assert joins == [
        [],
        refused if reach is Reach.TEAM else [],
        [] if reach is Reach.ALL else refused,
    ]
    assert moved == ([] if reach is Reach.ALL else [("FORBIDDEN", "parentId")])


async def test_a_role_is_brought_back_by_who_has_as_much(app: kehu.App) -> None:
    _, who = await clerk(app, core__role__update=Reach.ALL)
    role = await saved(app, Role(name="Old"))
    await saved(app, Grant(role_id=role.id, permission="*", level=Reach.ALL))
    assert await changed_by(app, who, role, archived_at=app.clock()) == [("FORBIDDEN", "archivedAt")]
    async with app.context() as ctx, ctx.write():
        await ctx.archive(await ctx.get(Role, role.id))
    assert await changed_by(app, who, role, archived_at=None) == [("FORBIDDEN", "archivedAt")]
