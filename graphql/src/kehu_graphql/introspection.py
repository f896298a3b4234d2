"""Introspection: what is told of the schema itself, made aside of all other work and kept as bytes."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    get_variable_values,
    is_leaf_type,
)
from graphql.execution.values import VariableValues

import kehu
from kehu.kernel.caches import Cache
from kehu.platform.core import CoreSettings
from kehu_graphql.compiled.arguments import Arguments
from kehu_graphql.compiled.operations import Collector, NotCovered, Operation
from kehu_graphql.schema.on_demand import SchemaOnDemand

DISABLED = "INTROSPECTION_DISABLED"

KEPT_BYTES = 64_000_000
LONGEST_ANSWER = 16_000_000
# What is told of a type stands within what is told of another, so more is made than is answered.
MOST_MADE = 4 * LONGEST_ANSWER

# Of an answer that would be too long only that is kept.
_TOO_LONG = b""


def refusal_of(app: kehu.App, principal: kehu.Principal) -> GraphQLError | None:
    """Why this principal is told nothing of the schema; None where it is. The setting is `introspection` of core."""
    allowed = app.settings_of(CoreSettings).introspection
    is_stranger = principal is kehu.ANONYMOUS
    if principal is kehu.SYSTEM or allowed == "everybody" or (allowed == "signed_in" and not is_stranger):
        return None
    return GraphQLError("This server does not tell you its schema.", extensions={"code": DISABLED})


class Introspection:
    """The answers of one schema. They are made in a thread, one at a time, and the last ones are kept."""

    def __init__(self, schema: SchemaOnDemand) -> None:
        self._schema = schema
        self.kept: Cache[Any, bytes] = Cache(KEPT_BYTES)
        self._making = asyncio.Lock()

    async def result(
        self,
        ctx: kehu.Context,
        text: str,
        *,
        document: DocumentNode,
        name: str | None,
        variables: Mapping[str, Any],
    ) -> ExecutionResult:
        """The answer to an operation that asks for the schema and nothing else; its `data` is JSON already."""
        refusal = refusal_of(ctx.app, ctx.principal)
        if refusal is not None:
            return ExecutionResult(None, [refusal])
        try:
            operation = Operation.of(self._schema, document, name)
            definitions = operation.node.variable_definitions or ()
            values = get_variable_values(self._schema, definitions, dict(variables), hide_suggestions=True)
            if not isinstance(values, VariableValues):
                return ExecutionResult(None, values)
            data = await self._data(text, operation, values.coerced)
        except NotCovered as reason:
            return ExecutionResult(None, [GraphQLError(f"The schema cannot be asked for so: {reason}.")])
        if data == _TOO_LONG:
            sentence = (
                f"The answer would be longer than {LONGEST_ANSWER:,} bytes; ask for less of the schema."
            )
            return ExecutionResult(None, [GraphQLError(sentence)])
        encoded: Any = orjson.Fragment(data)
        return ExecutionResult(encoded, None)

    async def _data(self, text: str, operation: Operation, values: Mapping[str, Any]) -> bytes:
        name = operation.node.name
        key = text, None if name is None else name.value, repr(values)
        known = self.kept.find(key)
        if known is None:
            async with self._making:
                known = self.kept.find(key)
                if known is None:
                    whole = await self._schema.made_whole()
                    known = await asyncio.to_thread(_Answer(whole, operation, values).data)
                    self.kept.keep(key, known, len(known) + 4 * (len(text) + len(key[2])))
        return known


@dataclasses.dataclass(frozen=True, slots=True)
class _Info:
    """What the resolvers of introspection look at."""

    schema: GraphQLSchema


class _TooLong(Exception):
    pass


class _Answer:
    """One answer. What is told of a type under the same selection is made once, wherever it stands."""

    def __init__(self, schema: GraphQLSchema, operation: Operation, values: Mapping[str, Any]) -> None:
        self._schema, self._operation = schema, operation
        self._collector = Collector(operation, operation.answers(values))
        self._values, self._info = values, _Info(schema)
        self._told: dict[Any, bytes] = {}
        self._fields: dict[Any, Sequence[tuple[bytes, Callable[[Any], bytes]]]] = {}
        self._made = 0

    def data(self) -> bytes:
        """The answer as JSON; nothing where it would be too long."""
        query = self._schema.query_type
        assert query is not None
        selected = self._collector.selected(query, [self._operation.node.selection_set])
        try:
            found = self._object([(orjson.dumps(key), self._root(nodes)) for key, nodes in selected.items()])
        except _TooLong:
            return _TOO_LONG
        return found if len(found) <= LONGEST_ANSWER else _TOO_LONG

    def _root(self, nodes: Sequence[FieldNode]) -> bytes:
        name = nodes[0].name.value
        if name == "__typename":
            return b'"Query"'
        if name == "__schema":
            return self._of(SchemaMetaFieldDef.type, nodes)(self._schema)
        asked = Arguments(TypeMetaFieldDef, nodes[0]).values(self._values)["name"]
        return self._of(TypeMetaFieldDef.type, nodes)(self._schema.type_map.get(asked))

    def _of(self, kind: Any, nodes: Sequence[FieldNode]) -> Callable[[Any], bytes]:
        """How a value of this type is told."""
        if isinstance(kind, GraphQLNonNull):
            return self._of(kind.of_type, nodes)
        if isinstance(kind, GraphQLList):
            item = self._of(kind.of_type, nodes)
            return lambda values: b"null" if values is None else self._list([item(each) for each in values])
        if is_leaf_type(kind):
            return lambda value: orjson.dumps(None if value is None else kind.coerce_output_value(value))
        return self._of_object(kind, nodes)

    def _of_object(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Callable[[Any], bytes]:
        within = (kind.name, *map(id, nodes))

        def tell(source: Any) -> bytes:
            if source is None:
                return b"null"
            if not isinstance(source, GraphQLType):
                return self._record(within, kind, nodes, source)
            key = id(source), within
            known = self._told.get(key)
            if known is None:
                known = self._told[key] = self._record(within, kind, nodes, source)
            return known

        return tell

    def _record(self, within: Any, kind: GraphQLObjectType, nodes: Sequence[FieldNode], source: Any) -> bytes:
        fields = self._fields.get(within)
        if fields is None:
            selected = self._collector.selected(kind, [node.selection_set for node in nodes])
            fields = self._fields[within] = [
                (orjson.dumps(key), self._field(kind, same)) for key, same in selected.items()
            ]
        return self._object([(key, tell(source)) for key, tell in fields])

    def _field(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Callable[[Any], bytes]:
        name = nodes[0].name.value
        if name == "__typename":
            told = orjson.dumps(kind.name)
            return lambda _source: told
        field = kind.fields[name]
        given = Arguments(field, nodes[0]).values(self._values)
        resolve: Any = field.resolve
        tell = self._of(field.type, nodes)
        return lambda source: tell(resolve(source, self._info, **given))

    def _object(self, parts: Sequence[tuple[bytes, bytes]]) -> bytes:
        return self._counted(b"{%b}" % b",".join([key + b":" + value for key, value in parts]))

    def _list(self, items: Sequence[bytes]) -> bytes:
        return self._counted(b"[%b]" % b",".join(items))

    def _counted(self, made: bytes) -> bytes:
        self._made += len(made)
        if self._made > MOST_MADE:
            raise _TooLong
        return made
