"""Values: what functions of plugins answer, written level by level; each resolver is asked of all values together.

The resolvers are those that graphql-core calls. What they say of an error is left to it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

import kehu
from kehu_graphql.compiled.arguments import Arguments
from kehu_graphql.compiled.operations import NotCovered
from kehu_graphql.compiled.serializers import GaveUp, written
from kehu_graphql.schema.fields import GeneratedField

if TYPE_CHECKING:
    from kehu_graphql.compiled.fields import Making
    from kehu_graphql.compiled.run import Run

Resolve = Callable[..., Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Info:
    """What resolvers of kehu look at of graphql-core's info, and of Strawberry's; who asks for more is not covered."""

    context: kehu.Context


class Shape(Protocol):
    """How values of one type are written."""

    async def of(self, run: Run, values: Sequence[Any]) -> Sequence[Any]:
        """The answers, in the same order. Raises GaveUp for what is no value of the type."""
        ...


def shaped(making: Making, kind: Any, nodes: Sequence[FieldNode]) -> Shape:
    """The shape of a type, of which these fields are selected. Raises NotCovered for what was written by hand."""
    if is_leaf_type(get_named_type(kind)):
        return _Leaf(written(kind))
    if isinstance(kind, GraphQLNonNull):
        return _Needed(shaped(making, kind.of_type, nodes))
    if isinstance(kind, GraphQLList):
        return _Listed(shaped(making, kind.of_type, nodes))
    if isinstance(kind, GraphQLInterfaceType):
        return _Record(making, nodes)
    if isinstance(kind, GraphQLObjectType):
        return _Object(making, kind, nodes)
    raise NotCovered(str(kind))


class Called:
    """A field that is asked of many sources: its resolver, then the shape of what it answers."""

    def __init__(self, making: Making, field: GraphQLField, nodes: Sequence[FieldNode]) -> None:
        made = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if (
            not isinstance(made, StrawberryField)
            or made.extensions
            or made.base_resolver
            or not field.resolve
        ):
            raise NotCovered(nodes[0].name.value)
        # With arguments it is Strawberry that makes of them what the function takes.
        is_direct = isinstance(made, GeneratedField) and made.resolve is not None and not field.args
        resolve: Any = made.resolve if is_direct else field.resolve  # type: ignore[attr-defined]  # is_direct says so
        self._resolve: Resolve = resolve
        self._arguments = Arguments(field, nodes[0]) if field.args else None
        self._shape = shaped(making, field.type, nodes)

    async def of(self, run: Run, sources: Sequence[Any]) -> Sequence[Any]:
        """The answers for the sources, in the same order. Raises GaveUp where one cannot be had."""
        given = self._arguments.values(run.variables) if self._arguments else {}
        info, resolve = Info(run.ctx), self._resolve
        values = [resolve(source, info, **given) for source in sources]
        if any(inspect.isawaitable(value) for value in values):
            values = await _awaited(values)
        return await self._shape.of(run, values)

    async def at_root(self, run: Run) -> Any:
        """The answer of a root field."""
        return (await self.of(run, [None]))[0]


async def _awaited(values: Sequence[Any]) -> list[Any]:
    """The values, all awaited to their end. Raises GaveUp where one failed."""
    waiting = [at for at, value in enumerate(values) if inspect.isawaitable(value)]
    found = await asyncio.gather(*[values[at] for at in waiting], return_exceptions=True)
    known = list(values)
    for at, value in zip(waiting, found, strict=True):
        if isinstance(value, BaseException):
            raise GaveUp from value
        known[at] = value
    return known


class _Leaf:
    def __init__(self, write: Callable[[Any], Any]) -> None:
        self._write = write

    async def of(self, _run: Run, values: Sequence[Any]) -> Sequence[Any]:
        return [self._write(value) for value in values]


class _Needed:
    def __init__(self, inner: Shape) -> None:
        self._inner = inner

    async def of(self, run: Run, values: Sequence[Any]) -> Sequence[Any]:
        answers = await self._inner.of(run, values)
        if any(answer is None for answer in answers):
            raise GaveUp
        return answers


class _Listed:
    def __init__(self, item: Shape) -> None:
        self._item = item

    async def of(self, run: Run, values: Sequence[Any]) -> Sequence[Any]:
        if not all(isinstance(value, (list, tuple)) or value is None for value in values):
            raise GaveUp
        answers = iter(await self._item.of(run, [part for value in values for part in value or ()]))
        return [None if value is None else [next(answers) for _ in value] for value in values]


class _Object:
    def __init__(self, making: Making, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> None:
        self._kind = kind
        selected = making.collector.selected(kind, [node.selection_set for node in nodes])
        self._fields = {key: _field(making, kind, same) for key, same in selected.items()}

    async def of(self, run: Run, values: Sequence[Any]) -> Sequence[Any]:
        present = [value for value in values if value is not None]
        is_type_of = self._kind.is_type_of
        if is_type_of and not all(is_type_of(value, Info(run.ctx)) is True for value in present):  # type: ignore[arg-type]
            raise GaveUp
        columns = [await field.of(run, present) for field in self._fields.values()] if present else []
        rows = zip(*columns, strict=True) if columns else ((),) * len(present)
        answers = iter([dict(zip(self._fields, row, strict=True)) for row in rows])
        return [None if value is None else next(answers) for value in values]


class _Record:
    """Records of any entities, by what they are."""

    def __init__(self, making: Making, nodes: Sequence[FieldNode]) -> None:
        self._making, self._nodes = making, nodes
        self._known: dict[type[Any], Shape] = {}

    async def of(self, run: Run, values: Sequence[Any]) -> Sequence[Any]:
        places: dict[type[Any], list[int]] = {}
        for at, value in enumerate(values):
            if value is not None:
                places.setdefault(type(value), []).append(at)
        answers: list[Any] = [None] * len(values)
        for model, here in places.items():
            for at, answer in zip(
                here, await self._shape(model).of(run, [values[at] for at in here]), strict=True
            ):
                answers[at] = answer
        return answers

    def _shape(self, model: type[Any]) -> Shape:
        known = self._known.get(model)
        if known is None:
            kind = self._making.collector.schema.get_type(self._making.app.composition.entities[model].name)
            known = self._known[model] = shaped(self._making, kind, self._nodes)
        return known


class _TypeName:
    def __init__(self, name: str) -> None:
        self._name = name

    async def of(self, _run: Run, values: Sequence[Any]) -> Sequence[Any]:
        return [self._name] * len(values)


def _field(making: Making, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Any:
    name = nodes[0].name.value
    return _TypeName(kind.name) if name == "__typename" else Called(making, kind.fields[name], nodes)
