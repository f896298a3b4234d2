"""Functions of plugins within plans: called with records, which are loaded for them, and awaited all together."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import strawberry
from graphql import GraphQLField
from strawberry.schema.schema_converter import GraphQLCoreConverter

import kehu
from kehu.plugin import annotations_of
from kehu.plugin import declarations as d
from kehu_graphql.compiled.leaves import GaveUp, written
from kehu_graphql.compiled.operations import NotCovered
from kehu_graphql.schema.fields import GeneratedField

if TYPE_CHECKING:
    from kehu_graphql.compiled.connections import Run


@dataclasses.dataclass(frozen=True, slots=True)
class _Info:
    """What resolvers of kehu look at of Strawberry's info."""

    context: kehu.Context


class Function:
    """A field that a plugin computes of a record, or of many; without arguments, and with a result without fields."""

    def __init__(self, computed: d.FieldDeclaration, field: GraphQLField) -> None:
        made = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        wants_info = strawberry.Info in annotations_of(computed.function).values()
        if field.args or wants_info or not isinstance(made, GeneratedField) or made.resolve is None:
            raise NotCovered(computed.name)
        self._model, self._resolve, self._write = computed.model, made.resolve, written(field.type)

    async def of_parents(self, run: Run, parents: Sequence[Any]) -> Mapping[Any, Any]:
        """The value for each record, by the key that the driver gave. Raises GaveUp where one cannot be had."""
        loading = [run.ctx.load(self._model, _key(parent)) for parent in parents]
        records: Sequence[Any] = await asyncio.gather(*loading) if loading else ()
        if None in records:
            raise GaveUp
        info = _Info(run.ctx)
        waiting: dict[Any, Any] = {}
        values: dict[Any, Any] = {}
        for parent, record in zip(parents, records, strict=True):
            value = self._resolve(record, info)
            (waiting if inspect.isawaitable(value) else values)[parent] = value
        found = await asyncio.gather(*waiting.values(), return_exceptions=True)
        for parent, value in zip(waiting, found, strict=True):
            if isinstance(value, BaseException):
                raise GaveUp from value
            values[parent] = value
        return {parent: self._write(value) for parent, value in values.items()}


def _key(parent: Any) -> uuid.UUID:
    """The key as sessions know it: asyncpg has a class of its own, SQLite gives text."""
    return uuid.UUID(bytes=parent.bytes) if isinstance(parent, uuid.UUID) else uuid.UUID(hex=parent)
