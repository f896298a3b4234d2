"""Records for tests, complete but for what the test is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

import kehu
from kehu.kernel.errors import FieldError
from kehu.platform.identity.models import Grant, Membership, Reach, Role, RoleAssignment, Team, User
from kehu.platform.identity.passwords import hash_password
from kehu.platform.identity.sign_in import sign_in

T = TypeVar("T", bound=kehu.Entity)

PASSWORD = "correct horse battery"

_hashes: dict[str, str] = {}


async def saved(app: kehu.App, record: T) -> T:
    """The record, written by the system."""
    async with app.context() as ctx, ctx.write():
        return ctx.add(record)


async def stored(app: kehu.App, record: T) -> T:
    """The record as the database has it now."""
    async with app.context() as ctx:
        return await ctx.get(type(record), record.id)


async def refused(app: kehu.App, *records: kehu.Entity) -> Sequence[FieldError]:
    """Why the system may not write the records in one transaction."""
    with pytest.raises(kehu.Refusal) as refusal:
        await _saved_together(app, records)
    return refusal.value.errors


async def _saved_together(app: kehu.App, records: Sequence[kehu.Entity]) -> None:
    async with app.context() as ctx, ctx.write():
        ctx.session.add_all(records)


async def changed(app: kehu.App, record: T, **values: Any) -> T:
    """The record after the system has set some attributes."""
    async with app.context() as ctx, ctx.write():
        fresh = await ctx.get(type(record), record.id)
        for name, value in values.items():
            setattr(fresh, name, value)
    return fresh


async def change_refused(app: kehu.App, record: kehu.Entity, **values: Any) -> Sequence[FieldError]:
    """Why the system may not set these attributes."""
    with pytest.raises(kehu.Refusal) as refusal:
        await changed(app, record, **values)
    return refusal.value.errors


async def make_user(
    app: kehu.App, name: str = "Ann", *, email: str | None = None, team: Team | None = None
) -> User:
    """A user who signs in with PASSWORD."""
    person = User(
        name=name, email=email or f"{name.lower()}@example.com", password_hash=await hash_of(PASSWORD)
    )
    await saved(app, person)
    if team is not None:
        await saved(app, Membership(user_id=person.id, team_id=team.id))
    return person


async def hash_of(password: str) -> str:
    """The hash of a password, made once: thousands of tests have a user, few sign in."""
    if password not in _hashes:
        _hashes[password] = await hash_password(password)
    return _hashes[password]


async def give_role(app: kehu.App, person: User, **grants: Reach) -> Role:
    """A role of the person with these grants; a permission is spelled `core__customer__read`."""
    role = await saved(app, Role(name=f"Role of {person.name} {kehu.uuid7().hex}"))
    for spelled, reach in grants.items():
        plugin, entity, verb = spelled.split("__")
        await saved(app, Grant(role_id=role.id, permission=f"{plugin}.{entity}:{verb}", level=reach))
    await saved(app, RoleAssignment(user_id=person.id, role_id=role.id))
    return role


async def token_of_somebody(app: kehu.App) -> str:
    """The token of a session of a user who may do everything."""
    person = await make_user(app, "Ann", email="ann@example.com")
    async with app.context() as ctx, ctx.write():
        role = ctx.add(Role(name="Everything"))
        await ctx.flush()
        ctx.add(Grant(role_id=role.id, permission="*", level=Reach.ALL))
        ctx.add(RoleAssignment(role_id=role.id, user_id=person.id))
    async with app.context(kehu.ANONYMOUS) as ctx:
        return (await sign_in(ctx, "ann@example.com", PASSWORD)).token
