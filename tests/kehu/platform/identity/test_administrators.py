"""There is always somebody who can manage users and roles."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

import kehu
from kehu.platform.identity.administrators import administrators
from kehu.platform.identity.models import Grant, Reach, Role, RoleAssignment, User
from tests.kehu.factories import change_refused, changed, make_user, saved, stored

REFUSED = "LAST_ADMINISTRATOR"


async def administrator(app: kehu.App, name: str) -> tuple[User, Role, Grant, RoleAssignment]:
    """Somebody with everything, by a role of one's own."""
    person = await make_user(app, name)
    role = await saved(app, Role(name=f"Everything of {name}"))
    grant = await saved(app, Grant(role_id=role.id, permission="*", level=Reach.ALL))
    given = await saved(app, RoleAssignment(user_id=person.id, role_id=role.id))
    return person, role, grant, given


async def deleted(app: kehu.App, record: kehu.Entity) -> str | None:
    """The code of the refusal to delete a record."""
    try:
        async with app.context() as ctx, ctx.write():
            await ctx.delete(await ctx.get(type(record), record.id))
    except kehu.Refusal as refusal:
        return refusal.errors[0].code
    return None


async def disabled(app: kehu.App, person: User) -> str | None:
    """The code of the refusal to disable somebody."""
    try:
        await changed(app, person, is_active=False)
    except kehu.Refusal as refusal:
        return refusal.errors[0].code
    return None


async def test_the_last_administrator_stays(app: kehu.App) -> None:
    person, role, grant, given = await administrator(app, "Ann")
    assert [(e.code, e.field) for e in await change_refused(app, person, is_active=False)] == [
        (REFUSED, "isActive")
    ]
    assert [e.code for e in await change_refused(app, person, email=None)] == [REFUSED]
    assert [e.code for e in await change_refused(app, grant, level=Reach.TEAM)] == [REFUSED]
    assert [e.code for e in await change_refused(app, grant, permission="core.user:read")] == [REFUSED]
    assert [await deleted(app, each) for each in (person, role, grant, given)] == [REFUSED] * 4
    assert (await stored(app, person)).is_active
    async with app.context() as ctx:
        assert await administrators(ctx) == {person.id}


async def test_one_of_two_administrators_may_leave(app: kehu.App) -> None:
    first, *_ = await administrator(app, "Ann")
    second, _, _, given = await administrator(app, "Ben")
    assert await disabled(app, first) is None
    assert await deleted(app, given) == REFUSED
    assert await disabled(app, second) == REFUSED


async def test_two_administrators_do_not_leave_in_one_transaction(app: kehu.App) -> None:
    first, *_ = await administrator(app, "Ann")
    second, *_ = await administrator(app, "Ben")
    with pytest.raises(kehu.Refusal):
        await _all_disabled(app, first, second)
    assert (await stored(app, first)).is_active
    assert (await stored(app, second)).is_active


async def test_two_administrators_do_not_leave_in_parallel(app: kehu.App) -> None:
    people = [(await administrator(app, name))[0] for name in ("Ann", "Ben", "Cid")]
    outcomes = await asyncio.gather(*(disabled(app, person) for person in people))
    assert sorted(outcomes, key=str) == [REFUSED, None, None]
    async with app.context() as ctx:
        assert await ctx.session.scalar(sa.select(sa.func.count()).where(User.is_active)) == 1


async def test_who_has_no_password_does_not_count(app: kehu.App) -> None:
    first, *_ = await administrator(app, "Ann")
    second, *_ = await administrator(app, "Ben")
    await changed(app, second, password_hash=None)
    assert await disabled(app, first) == REFUSED


async def test_where_nobody_administers_others_may_still_leave(app: kehu.App) -> None:
    person = await make_user(app)
    assert await disabled(app, person) is None


async def _all_disabled(app: kehu.App, *people: User) -> None:
    async with app.context() as ctx, ctx.write():
        for person in people:
            (await ctx.get(User, person.id)).is_active = False
