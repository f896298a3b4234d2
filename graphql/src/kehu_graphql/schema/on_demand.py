"""A schema on demand: a type is made when a document first comes to it, and all of them when somebody wants all.

Of three thousand types a server's requests use a few hundred; to make the others would be half of its start and of
its memory. Nobody sees a difference: introspection, the printed schema and every document get what one schema made
at once would give.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from graphql import (
    GraphQLDirective,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    specified_directives,
    validate_schema,
)
from graphql.type.schema import InterfaceImplementations
from strawberry.schema.types import ConcreteType
from strawberry.types.field import StrawberryField

# So many seconds types are made at a stretch, where others wait for their turn.
LONGEST_TURN = 0.005

Made = Mapping[str, ConcreteType]
AllTypes = Callable[[], Mapping[str, GraphQLNamedType]]


class SchemaOnDemand(GraphQLSchema):
    """A schema of `roots` (query, mutation, subscription), and of `types`, which alone implement interfaces.

    `made` are those that have been made so far: it grows by the types of fields when the fields are made, and by
    what `make` makes when it knows the name.
    """

    def __init__(
        self,
        roots: Sequence[GraphQLObjectType | None],
        types: Sequence[GraphQLObjectType],
        made: Made,
        make: Callable[[str], None],
        *,
        directives: Sequence[GraphQLDirective] = specified_directives,
        extensions: dict[str, Any],
    ) -> None:
        # Valid until all of it is made, which looks through all of it.
        super().__init__(directives=directives, extensions=extensions, assume_valid=True)
        self.query_type, self.mutation_type, self.subscription_type = roots
        self._given_types = types
        self.type_map = _Types(self.type_map, made, make, lambda: self.whole.type_map)  # type: ignore[assignment]  # a mapping
        for kind in types:
            for interface in kind.interfaces:
                known = self._implementations_map.setdefault(interface.name, InterfaceImplementations([], []))
                known.objects.append(kind)

    @functools.cached_property
    def whole(self) -> GraphQLSchema:
        """The same with every type made. Raises ValueError where they are no valid schema."""
        whole = GraphQLSchema(
            self.query_type,
            self.mutation_type,
            self.subscription_type,
            self._given_types,
            self.directives,
            extensions=self.extensions,
        )
        errors = validate_schema(whole)
        if errors:
            raise ValueError("\n".join(error.message for error in errors))
        self._implementations_map, self._sub_type_map = whole._implementations_map, {}
        return whole

    async def made_whole(self) -> GraphQLSchema:
        """`whole`, made piece by piece where it is not made yet, so that everybody else has his turn meanwhile."""
        if "whole" in self.__dict__:
            return self.whole
        was_collecting = gc.isenabled()
        gc.disable()  # Nothing of this is ever garbage, and to look through it keeps all others waiting.
        try:
            await self._make_types()
            whole = await asyncio.to_thread(lambda: self.whole)
            gc.freeze()
        finally:
            if was_collecting:
                gc.enable()
        return whole

    async def made_named(self, names: Iterable[str]) -> None:
        """Make the types of these names, piece by piece as well; all types where a name is nobody's."""
        if "whole" in self.__dict__:
            return
        types = cast(_Types, self.type_map)
        if all(map(types.has, names)):
            return
        await self._make_types(lambda: all(map(types.has, names)))
        if not all(map(types.has, names)):
            await self.made_whole()

    async def _make_types(self, is_enough: Callable[[], bool] = lambda: False) -> None:
        since = time.perf_counter()
        for _ in cast(_Types, self.type_map).making():
            if time.perf_counter() - since > LONGEST_TURN:
                if is_enough():
                    return
                await asyncio.sleep(0)
                since = time.perf_counter()


class FieldsOnDemand(Mapping[str, GraphQLField]):
    """The fields of a root type, each made when a document first asks for it."""

    def __init__(
        self, fields: Mapping[str, StrawberryField], make: Callable[[StrawberryField], GraphQLField]
    ) -> None:
        self._fields, self._make = fields, make
        self._made: dict[str, GraphQLField] = {}

    def __getitem__(self, name: str) -> GraphQLField:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._make(self._fields[name])
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


class _Types(Mapping[str, GraphQLNamedType]):
    """The types by their names. To ask for one makes types until it is there; to ask for all makes all."""

    def __init__(
        self,
        first: Mapping[str, GraphQLNamedType],
        made: Made,
        make: Callable[[str], None],
        all_types: AllTypes,
    ) -> None:
        self._first, self._made, self._make, self._all = first, made, make, all_types
        self._looked_into: set[str] = set()

    def __getitem__(self, name: str) -> GraphQLNamedType:
        if name in self._first:
            return self._first[name]
        if not self.has(name):
            self._look_for(name)
        made = self._made.get(name)
        return self._all()[name] if made is None else cast(GraphQLNamedType, made.implementation)

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def has(self, name: str) -> bool:
        """Whether this type is made, or could be at once."""
        if name not in self._first and name not in self._made:
            self._make(name)
        return name in self._first or name in self._made

    def making(self) -> Iterator[None]:
        """Make one field after the other, type by type, and thereby more types, until there are no more."""
        while len(self._looked_into) < len(self._made):
            for each in [each for each in self._made if each not in self._looked_into]:
                for _ in getattr(self._made[each].implementation, "fields", {}).values():
                    yield
                self._looked_into.add(each)

    def _look_for(self, name: str) -> None:
        """Make types until one has this name."""
        for _ in self.making():
            if name in self._made:
                return
