"""The predefined roles can do what they are granted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from kehu.kernel.composition import EntityDefinition
from kehu.kernel.plugin import annotations_of
from kehu.platform.identity.roles import ADMINISTRATOR
from tests.kehu_graphql.mutations.firm import Firm, Person, open_firm, roles
from tests.kehu_graphql.mutations.records import Records
from tests.templates import Templates, composed

COMPOSITION = composed("core", "sfa", "partner_inventory")


def named(entity: EntityDefinition) -> Iterator[tuple[str, str, EntityDefinition]]:
    """The permissions of what is done with an entity, each with the types of records that one can name by it."""
    of = COMPOSITION.entities
    for verb in {"create", "update"} & entity.operations:
        yield entity.permission(verb), verb, entity
        for column in entity.columns.values():
            settable = column.options.create if verb == "create" else column.options.update
            if column.target is not None and column.options.expose and settable:
                yield entity.permission(verb), f"{verb} {column.name}", of[column.target]
    for action in entity.actions:
        given = {name: kind for name, kind in annotations_of(action.function).items() if name != "return"}
        for name, kind in given.items():
            for model in models_in(kind):
                yield entity.action_permission(action), f"{action.name} {name}", of[model]


def models_in(kind: Any) -> set[type[Any]]:
    """The types of records in an annotation."""
    if kind in COMPOSITION.entities:
        return {kind}
    return set().union(*(models_in(part) for part in get_args(kind)))


def test_a_role_sees_what_it_can_name() -> None:
    blind = [
        (role, entity.name, what, target.name)
        for role, held in roles(COMPOSITION).items()
        for entity in COMPOSITION.entities.values()
        for permission, what, target in named(entity)
        if permission in held and target.permission("read") not in held
    ]

    assert blind == []


@pytest.mark.slow(reason="each role makes, changes and deletes a record of each type over HTTP")
async def test_a_role_can_do_what_it_is_granted(sqlite_url: str, templates: Templates) -> None:
    done = 0
    async with open_firm(sqlite_url, templates) as firm:
        records = Records(firm)
        await records.open_portal()
        for entity in firm.types():
            for role in (role for role in firm.roles if role != ADMINISTRATOR):
                person = await firm.person(role)
                for verb in granted(firm, role, entity):
                    await _do(records, person, verb, entity)
                    done += 1

    print(f"{done} grants of roles were used")  # noqa: T201  # how many there are
    assert done > 300


def granted(firm: Firm, role: str, entity: EntityDefinition) -> Iterator[str]:
    """What of creating, changing and deleting a role may do."""
    for verb in ("create", "update", "delete"):
        mutation = f"{verb}{entity.name}"
        if mutation in firm.mutations and firm.may(role, mutation):
            yield verb


async def _do(records: Records, person: Person, verb: str, entity: EntityDefinition) -> None:
    key = await records.new(entity.name, person)
    if verb == "update":
        await person.do(f"update{entity.name}", input={"id": key, **records.change(entity.name)})
    elif verb == "delete":
        await person.do(f"delete{entity.name}", id=key)
