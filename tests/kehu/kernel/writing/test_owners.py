"""The team of a record follows who gets it, and nobody gets one who has left."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import kehu
from kehu.kernel.writing.inputs import create_record, update_record
from kehu.platform.identity.models import Membership, Team, User
from tests.kehu.factories import change_refused, changed, make_user, saved, stored


@dataclasses.dataclass
class Firm:
    """Two teams, each with a seller."""

    app: kehu.App
    north: Team
    south: Team
    nora: User
    sam: User

    async def create(self, **values: Any) -> kehu.Customer:
        """A customer written through an input."""
        async with self.app.context() as ctx, ctx.write():
            entity = ctx.app.composition.entities[kehu.Customer]
            record: kehu.Customer = await create_record(ctx, entity, {"name": "Maple", **values})
        return record

    async def update(self, record: kehu.Customer, **values: Any) -> None:
        """A customer changed through an input."""
        async with self.app.context() as ctx, ctx.write():
            entity = ctx.app.composition.entities[kehu.Customer]
            await update_record(ctx, entity, {"id": kehu.global_id("Customer", record.id), **values})


@pytest.fixture
async def firm(app: kehu.App) -> Firm:
    north, south = await saved(app, Team(name="North")), await saved(app, Team(name="South"))
    nora, sam = await make_user(app, "Nora", team=north), await make_user(app, "Sam", team=south)
    return Firm(app, north, south, nora, sam)


def gid(record: User | Team) -> str:
    return kehu.global_id(type(record).__name__, record.id)


async def test_a_record_for_somebody_else_gets_the_team_of_that_person(firm: Firm) -> None:
    made = await firm.create(ownerId=gid(firm.nora))
    assert (made.owner_id, made.team_id) == (firm.nora.id, firm.north.id)


async def test_a_record_follows_its_new_owner(firm: Firm) -> None:
    made = await firm.create(ownerId=gid(firm.nora))
    await changed(firm.app, made, owner_id=firm.sam.id)
    assert (await stored(firm.app, made)).team_id == firm.south.id


async def test_a_team_that_is_named_stays(firm: Firm) -> None:
    made = await firm.create(ownerId=gid(firm.nora), teamId=gid(firm.south))
    assert made.team_id == firm.south.id
    moved = await changed(firm.app, made, owner_id=firm.sam.id, team_id=firm.north.id)
    assert moved.team_id == firm.north.id


async def test_a_record_stays_in_a_team_that_the_new_owner_is_in_too(firm: Firm) -> None:
    await saved(firm.app, Membership(user_id=firm.sam.id, team_id=firm.north.id))
    made = await firm.create(ownerId=gid(firm.nora))
    assert (await changed(firm.app, made, owner_id=firm.sam.id)).team_id == firm.north.id


async def test_a_record_with_a_team_gets_no_owner(firm: Firm) -> None:
    principal = kehu.Principal(firm.nora.id, "Nora", teams=(firm.north.id,), grants={"*": kehu.Level.ALL})
    async with firm.app.context(principal) as ctx, ctx.write():
        record = ctx.add(kehu.Customer(name="Maple", team_id=firm.south.id))
    assert (record.owner_id, record.team_id) == (None, firm.south.id)


async def test_a_manager_creates_for_the_own_people_without_naming_the_team(firm: Firm) -> None:
    reach = kehu.Level.SUBTREE
    manager = kehu.Principal(
        None,
        "manager",
        teams=(firm.north.id,),
        subtree=(firm.north.id,),
        grants={"core.customer:create": reach, "core.customer:read": reach, "core.user:read": kehu.Level.ALL},
    )
    async with firm.app.context(manager) as ctx, ctx.write():
        entity = ctx.app.composition.entities[kehu.Customer]
        made = await create_record(ctx, entity, {"name": "Maple", "ownerId": gid(firm.nora)})
    assert made.team_id == firm.north.id


@pytest.mark.parametrize("leaving", ["is_active", "archived_at"])
async def test_nobody_gets_a_record_who_has_left(firm: Firm, leaving: str) -> None:
    made = await firm.create(ownerId=gid(firm.nora))
    await changed(firm.app, firm.sam, **{leaving: False if leaving == "is_active" else firm.app.clock()})

    with pytest.raises(kehu.Refusal) as refusal:
        await firm.create(ownerId=gid(firm.sam))
    assert [(e.code, e.field) for e in refusal.value.errors] == [("OWNER_HAS_LEFT", "ownerId")]
    errors = await change_refused(firm.app, made, owner_id=firm.sam.id)
    assert [(e.code, e.field) for e in errors] == [("OWNER_HAS_LEFT", "ownerId")]
    assert (await stored(firm.app, made)).owner_id == firm.nora.id


async def test_what_somebody_who_left_still_has_is_changed_as_ever(firm: Firm) -> None:
    made = await firm.create(ownerId=gid(firm.sam))
    await changed(firm.app, firm.sam, is_active=False)
    async with firm.app.context() as ctx, ctx.write():
        entity = ctx.app.composition.entities[kehu.Customer]
        key = kehu.global_id("Customer", made.id)
        record = await update_record(ctx, entity, {"id": key, "name": "Oak"})
    assert (record.name, record.owner_id) == ("Oak", firm.sam.id)


def acting(person: User, team: Team) -> kehu.Principal:
    """Somebody who may do everything."""
    return kehu.Principal(person.id, person.name, teams=(team.id,), grants={"*": kehu.Level.ALL})


@pytest.mark.parametrize("named", [False, True])
async def test_what_is_made_of_a_record_of_somebody_who_left_goes_to_who_acts(
    firm: Firm, named: bool
) -> None:
    await changed(firm.app, firm.sam, is_active=False)
    kept = {"team_id": firm.south.id} if named else {}
    async with firm.app.context(acting(firm.nora, firm.north)) as ctx, ctx.write():
        made = ctx.add(kehu.Customer(name="Maple", owner_id=firm.sam.id, **kept))
    assert (made.owner_id, made.team_id) == (firm.nora.id, firm.south.id if named else firm.north.id)


async def test_what_nobody_does_in_person_stays_with_who_had_it(firm: Firm) -> None:
    await changed(firm.app, firm.sam, is_active=False)
    made = await saved(firm.app, kehu.Customer(name="Maple", owner_id=firm.sam.id))
    assert made.owner_id == firm.sam.id


async def test_a_team_that_is_archived_gets_no_records(firm: Firm) -> None:
    kept = await firm.create(teamId=gid(firm.north))
    await changed(firm.app, firm.south, archived_at=firm.app.clock())

    with pytest.raises(kehu.Refusal) as creating:
        await firm.create(teamId=gid(firm.south))
    with pytest.raises(kehu.Refusal) as updating:
        await firm.update(kept, teamId=gid(firm.south))

    for refusal in (creating, updating):
        assert [(e.code, e.field) for e in refusal.value.errors] == [("ARCHIVED", "teamId")]
    assert (await stored(firm.app, kept)).team_id == firm.north.id


async def test_what_an_archived_team_has_is_copied_and_changed_as_ever(firm: Firm) -> None:
    kept = await firm.create(teamId=gid(firm.south))
    await changed(firm.app, firm.south, archived_at=firm.app.clock())
    copied = await saved(firm.app, kehu.Customer(name="Copy", team_id=kept.team_id))
    assert (copied.team_id, (await changed(firm.app, kept, name="Oak")).name) == (firm.south.id, "Oak")
