"""Functions of plugins within plans: called with records, which are loaded for them, and awaited all together."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import strawberry
from graphql import FieldNode, GraphQLField

from kehu.kernel.plugin import annotations_of
from kehu.kernel.plugin import declarations as d
from kehu_graphql.compiled.operations import NotCovered
from kehu_graphql.compiled.serializers import GaveUp
from kehu_graphql.compiled.values import Called, shaped
from kehu_graphql.schema.rights import RightsOf

if TYPE_CHECKING:
    from kehu_graphql.compiled.fields import Making
    from kehu_graphql.compiled.run import Run


class Function:
    """A field that a plugin computes of a record, or of many."""

    def __init__(
        self, making: Making, computed: d.FieldDeclaration, field: GraphQLField, nodes: Sequence[FieldNode]
    ) -> None:
        if strawberry.Info in annotations_of(computed.function).values():
            raise NotCovered(computed.name)
        self._model, self._called = computed.model, Called(making, field, nodes)

    async def of_parents(self, run: Run, parents: Sequence[Any]) -> Mapping[Any, Any]:
        """The value for each record, by the key that the driver gave. Raises GaveUp where one cannot be had."""
        loading = [run.ctx.load(self._model, _key(parent)) for parent in parents]
        records: Sequence[Any] = await asyncio.gather(*loading) if loading else ()
        if None in records:
            raise GaveUp
        return dict(zip(parents, await self._called.of(run, records), strict=True))


class Rights:
    """`can` of many records, for which none of them is loaded."""

    def __init__(
        self, making: Making, meaning: RightsOf, field: GraphQLField, nodes: Sequence[FieldNode]
    ) -> None:
        self._meaning, self._shape = meaning, shaped(making, field.type, nodes)

    async def of_parents(self, run: Run, parents: Sequence[Any]) -> Mapping[Any, Any]:
        """The rights on each record, by the key that the driver gave."""
        rights = await self._meaning.on(run.ctx, [_key(parent) for parent in parents])
        return dict(zip(parents, await self._shape.of(run, rights), strict=True))


def _key(parent: Any) -> uuid.UUID:
    """The key as sessions know it: asyncpg has a class of its own, SQLite gives text."""
    return uuid.UUID(bytes=parent.bytes) if isinstance(parent, uuid.UUID) else uuid.UUID(hex=parent)
