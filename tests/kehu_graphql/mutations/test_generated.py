"""Every mutation that kehu makes of an entity runs on a ticking clock, done by the least role that may do it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kehu.kernel.composition import EntityDefinition
from kehu.kernel.names import pascal
from tests.kehu_graphql.mutations.firm import Firm, Person
from tests.kehu_graphql.mutations.records import Records

VERBS = ("create", "update", "upsert", "delete", "unarchive")


class Life:
    """The life of records of one type, from their creation until they come back, one by one and in bulk."""

    def __init__(self, records: Records, entity: EntityDefinition) -> None:
        self._records, self._firm = records, records.firm
        self._entity, self._name, self._shown = entity, entity.name, entity.singular
        self._plural = pascal(entity.plural)
        self._made: dict[str, list[str]] = {}

    async def run(self) -> None:
        """Everything that can be done with them."""
        if f"create{self._name}" in self._firm.mutations:
            await self._create()
        if f"update{self._name}" in self._firm.mutations:
            await self._update()
        if f"upsert{self._name}" in self._firm.mutations:
            await self._upsert()
        if f"delete{self._name}" in self._firm.mutations:
            await self._delete()

    async def _create(self) -> None:
        who = await self._who("create")
        one = await self._records.new(self._name, who)
        inputs = [await self._records.values(self._name, who) for _ in range(2)]
        made = await who.do(f"create{self._plural}", "results { id created }", inputs=inputs)
        assert [each["created"] for each in made["results"]] == [True, True]
        self._made[who.role] = [one, *(each["id"] for each in made["results"])]

    async def _update(self) -> None:
        who = await self._who("update")
        one, *others = await self._three(who)
        change = self._records.change(self._name)
        (field,) = change
        shown = f"{self._shown} {{ {field} }}"
        changed = await who.do(f"update{self._name}", shown, input={"id": one, **change})
        assert changed == {self._shown: change}
        changes = [self._records.change(self._name) for _ in others]
        inputs = [{"id": key, **change} for key, change in zip(others, changes, strict=True)]
        changed = await who.do(f"update{self._plural}", f"results {{ {shown} }}", inputs=inputs)
        assert changed == {"results": [{self._shown: change} for change in changes]}

    async def _upsert(self) -> None:
        who = await self._who("upsert")
        by = next(iter(self._entity.natural_keys))
        one, other = [await self._records.values(self._name, who) for _ in range(2)]
        for created in (True, False):
            done = await who.do(f"upsert{self._name}", "created", by=by, input=one)
            assert done == {"created": created}
        done = await who.do(f"upsert{self._plural}", "results { created }", by=by, inputs=[one, other])
        assert done == {"results": [{"created": False}, {"created": True}]}

    async def _delete(self) -> None:
        who = await self._who("delete")
        one, *others = await self._three(who)
        assert await who.do(f"delete{self._name}", "deletedId", id=one) == {"deletedId": one}
        gone = await who.do(f"delete{self._plural}", "results { id }", ids=others)
        assert gone == {"results": [{"id": key} for key in others]}
        if f"unarchive{self._name}" in self._firm.mutations:
            await self._unarchive(who, one, others)

    async def _unarchive(self, who: Person, one: str, others: list[str]) -> None:
        shown, back = f"{self._shown} {{ id archivedAt }}", {"archivedAt": None}
        done = await who.do(f"unarchive{self._name}", shown, id=one)
        assert done == {self._shown: {"id": one, **back}}
        done = await who.do(f"unarchive{self._plural}", f"results {{ {shown} }}", ids=others)
        assert done == {"results": [{self._shown: {"id": key, **back}} for key in others]}

    async def _three(self, who: Person) -> list[str]:
        """Three records that the person can work with."""
        if who.role not in self._made:
            self._made[who.role] = [await self._records.new(self._name, who) for _ in range(3)]
        return self._made[who.role]

    async def _who(self, verb: str) -> Person:
        return await self._firm.person(self._firm.least(f"{verb}{self._name}"))


def generated(firm: Firm) -> Iterator[str]:
    """The mutations that kehu makes of entities, apart from the verbs of plugins."""
    for entity in firm.app.composition.entities.values():
        named = (f"{verb}{name}" for verb in VERBS for name in (entity.name, pascal(entity.plural)))
        yield from (name for name in named if name in firm.mutations)


@pytest.mark.slow(reason="there are hundreds, each is asked for over HTTP")
async def test_every_generated_mutation_runs(firm: Firm) -> None:
    records = Records(firm)
    await records.open_portal()
    for entity in firm.types():
        await Life(records, entity).run()
    wanted = set(generated(firm))

    print(f"{len(wanted)} generated mutations ran")  # noqa: T201  # how many there are
    assert wanted - firm.ran.keys() == set()
    assert len(wanted) > 600
