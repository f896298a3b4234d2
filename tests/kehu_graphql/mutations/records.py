"""Records that the people of a firm make, with values that follow from what the API declares."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from kehu.kernel.composition import ColumnDefinition, EntityDefinition
from tests.kehu_graphql.mutations.firm import Firm, Person
from tests.kehu_graphql.mutations.values import CHANGES, OF_NAME, VALUES


class Records:
    """Makes records, and those that they refer to."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self._kept: dict[tuple[str, str], str] = {}
        self._numbers = itertools.count(1)
        self._of_type: defaultdict[str, itertools.count[int]] = defaultdict(itertools.count)
        self._today = datetime.now(UTC).date()

    async def open_portal(self) -> None:
        """There is a partner, with whom everybody works, and somebody signs in for it."""
        partner = await self.some("Partner", await self.firm.person("Partner Manager"))
        self._kept |= {("Partner", role): partner for role in self.firm.roles}
        await self.firm.open_portal(partner)

    def entity(self, name: str) -> EntityDefinition:
        """What there is to know of a type."""
        return self.firm.app.composition.by_name[name]

    async def some(self, name: str, who: Person) -> str:
        """The id of a record that the person can work with, the same one each time."""
        maker = await self._maker(name, who)
        found = self._kept.get((name, maker.role))
        if found is None:
            found = self._kept[name, maker.role] = await self._made(name, maker)
        return found

    async def new(self, name: str, who: Person, **given: Any) -> str:
        """The id of a new record that the person can work with."""
        return await self._made(name, await self._maker(name, who), **given)

    async def values(self, name: str, who: Person, **given: Any) -> dict[str, Any]:
        """What a new record is made of: what is given, what `VALUES` says, what is needed, and what it is known by."""
        entity = self.entity(name)
        number = next(self._of_type[name])
        told = {**VALUES.get(name, {}), **given}
        made = {key: await self._told(value, who, number) for key, value in told.items()}
        taken = self.firm.schema.type_map[f"Create{name}Input"]
        assert isinstance(taken, GraphQLInputObjectType)
        known_by = {column.name for key in entity.natural_keys.values() for column in key.columns}
        for column in entity.columns.values():
            needed = column.required or column.name in known_by
            if needed and column.name in taken.fields and column.name not in made:
                made[column.name] = await self._value(entity, column, taken.fields[column.name].type, who)
        return made

    def change(self, name: str) -> dict[str, Any]:
        """What an update changes: a text where there is one."""
        if name in CHANGES:
            return dict(CHANGES[name])
        columns = [c for c in self.entity(name).columns.values() if c.options.update and c.options.expose]
        texts = [c.name for c in columns if c.kind is str and not c.choices]
        assert texts, f"CHANGES says nothing of {name}."
        return {texts[0]: f"Changed {next(self._numbers)}"}

    async def _maker(self, name: str, who: Person) -> Person:
        """The person, or where the role makes no such records somebody who does."""
        create = "attachFile" if name == "Attachment" else f"create{name}"
        if (name, who.role) in self._kept or self.firm.may(who.role, create):
            return who
        return await self.firm.person(self.firm.least(create))

    async def _made(self, name: str, who: Person, **given: Any) -> str:
        if name == "Attachment":
            return await who.attach(await self.some("Customer", who))
        field = self.entity(name).singular
        values = await self.values(name, who, **given)
        made = await who.do(f"create{name}", f"{field} {{ id }}", input=values)
        key: str = made[field]["id"]
        return key

    async def _told(self, told: Any, who: Person, number: int) -> Any:
        if isinstance(told, tuple):
            return told[number]
        if not isinstance(told, str):
            return told
        if told.startswith("a new "):
            return await self.new(told.removeprefix("a new "), who)
        if told.startswith("some "):
            return await self.some(told.removeprefix("some "), who)
        return told.format(n=number)

    async def _value(self, entity: EntityDefinition, column: ColumnDefinition, kind: Any, who: Person) -> Any:
        is_key = _is_key(entity, column)
        if column.target is not None:
            target = self.firm.app.composition.entities[column.target].name
            return await (self.new if is_key else self.some)(target, who)
        while isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
        if column.name in OF_NAME:
            return OF_NAME[column.name]
        if isinstance(kind, GraphQLList):
            return []
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        return self._plain(kind.name, column.name, is_key=is_key)

    def _plain(self, kind: str, name: str, *, is_key: bool) -> Any:
        """A value that no other record has; what is known by a day has one of the past."""
        number = next(self._numbers)
        days = number if name.startswith("until") else -number if is_key else 0
        made = {"Int": number, "Decimal": str(number), "Date": str(self._today + timedelta(days=days))}
        return made.get(kind, f"{name} {number}")


def _is_key(entity: EntityDefinition, column: ColumnDefinition) -> bool:
    """Whether no two records have the same, not with everything else the same."""
    mapped, table = column.mapped.property.columns[0], entity.model.__table__
    unique = [list(c.columns) for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    unique += [list(index.columns) for index in table.indexes if index.unique]
    return any(mapped in columns for columns in unique)
