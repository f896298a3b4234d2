"""Mutations as plans: the resolvers that graphql-core would call, with arguments and payloads done by compiled code.

What is written is written by the resolver, once, and by nobody else. So whether there is a plan is settled before the
first resolver is called; what goes wrong after that (an exception, a value that its type refuses) is put into words
by graphql-core, which is given the outcomes instead of calling the resolvers again.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    VariableNode,
    execute,
    is_leaf_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments

import kehu
from kehu.kernel.composition import ColumnDefinition, EntityDefinition
from kehu_graphql.compiled.arguments import Arguments
from kehu_graphql.compiled.encoding import encoded_anyhow
from kehu_graphql.compiled.fallbacks import Fallback, Fallbacks, Reason
from kehu_graphql.compiled.fields import Making
from kehu_graphql.compiled.operations import NotCovered, Operation
from kehu_graphql.compiled.serializers import written
from kehu_graphql.masking import shown
from kehu_graphql.schema.fields import GeneratedField
from kehu_graphql.schema.mutations import Done, MutationOf

log = structlog.get_logger("kehu.graphql")

Write = Callable[[kehu.Context, Any], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class _Path:
    key: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Info:
    """What the resolvers of mutations, columns and custom fields look at of Strawberry's info."""

    context: kehu.Context
    path: _Path | None = None


class Mutation:
    """The mutations of one operation, one after the other."""

    def __init__(self, making: Making, operation: Operation, fallbacks: Fallbacks) -> None:
        self._fallbacks = fallbacks
        kind = operation.schema.mutation_type
        assert kind is not None
        selected = making.collector.selected(kind, [operation.node.selection_set])
        self._roots = [
            _TypeName(key, kind.name)
            if nodes[0].name.value == "__typename"
            else _Root(making, operation, kind, key, nodes)
            for key, nodes in selected.items()
        ]

    @property
    def lines(self) -> Sequence[str]:
        """Each mutation by its name in the answer, and which it is."""
        return [f"{root.key}: {root.name}" for root in self._roots]

    async def run(self, ctx: kehu.Context, values: Any, variables: Mapping[str, Any]) -> bytes | Fallback:
        """The answer as JSON; the reason, before anything is written, for what graphql-core has to do."""
        if ctx.idempotency is not None:
            return Fallback(Reason.IDEMPOTENCY_KEY)
        try:
            given = [root.arguments(values) for root in self._roots]
        except Exception as error:  # noqa: BLE001  # graphql-core says what is wrong with the arguments
            return self._fallbacks.logged(error)
        run = _Run(ctx, variables, self._fallbacks)
        for root, arguments in zip(self._roots, given, strict=True):
            # Each is answered before the next one is called, whose rollback would empty the session.
            await root.run(run, arguments)
        return encoded_anyhow({"data": run.data, "errors": run.errors} if run.errors else {"data": run.data})


@dataclasses.dataclass(slots=True)
class _Run:
    """One execution, and what there is of its answer so far."""

    ctx: kehu.Context
    variables: Mapping[str, Any]
    fallbacks: Fallbacks
    data: dict[str, Any] = dataclasses.field(default_factory=dict)
    errors: list[Any] = dataclasses.field(default_factory=list)


class _TypeName:
    """`__typename` among the mutations."""

    def __init__(self, key: str, name: str) -> None:
        self.key, self.name = key, name

    def arguments(self, _values: Any) -> dict[str, Any]:
        """None at all."""
        return {}

    async def run(self, run: _Run, _arguments: Mapping[str, Any]) -> None:
        """Answer the name of the type."""
        run.data[self.key] = self.name


class _Root:
    """One mutation: its arguments, its resolver, and what of its payload is selected."""

    def __init__(
        self,
        making: Making,
        operation: Operation,
        parent: GraphQLObjectType,
        key: str,
        nodes: Sequence[FieldNode],
    ) -> None:
        self._path = _Path(key)
        name = nodes[0].name.value
        self.key, self.name = key, name
        field = parent.fields.get(name)
        made = None if field is None else _generated(field)
        if field is None or made is None or not isinstance(made.means, MutationOf) or made.resolve is None:
            raise NotCovered(name)
        self._resolve, self._taken = made.resolve, made.arguments
        self._given = Arguments(field, nodes[0])
        # What stands in the document is made once; nobody who is given it may change it for those who come later.
        self._is_shared = any(
            not isinstance(argument.value, VariableNode) for argument in nodes[0].arguments or ()
        )
        schema: Any = operation.schema
        self._schema = operation.schema
        self._converter = schema._strawberry_schema.schema_converter
        self._document = operation.narrowed(nodes)
        self._write = _object(making, field.type, nodes)

    def arguments(self, variables: Any) -> dict[str, Any]:
        """The arguments as the resolver takes them. Raises NotCovered for what graphql-core refuses."""
        values = dict(self._given.values(variables))
        return convert_arguments(
            copy.deepcopy(values) if self._is_shared else values,
            self._taken,
            self._converter.scalar_registry,
            self._converter.config,
        )

    async def run(self, run: _Run, arguments: Mapping[str, Any]) -> None:
        """Call the mutation, and answer what came of it."""
        try:
            outcome = await self._resolve(None, _Info(run.ctx, self._path), **arguments)
        except Exception as error:  # noqa: BLE001  # graphql-core puts it into words
            log.debug("a mutation failed", mutation=self._path.key, error=type(error).__name__)
            await self._tell(run, error)
            return
        try:
            run.data[self._path.key] = self._write(run.ctx, outcome)
        except Exception as error:  # noqa: BLE001  # graphql-core says what is wrong, or finds that nothing is
            run.fallbacks.logged(error)
            run.fallbacks.counts[Reason.PAYLOAD] += 1
            await self._tell(run, outcome)

    async def _tell(self, run: _Run, outcome: Any) -> None:
        """Answer what graphql-core makes of the outcome."""
        result: Any = execute(
            self._schema,
            self._document,
            root_value=Done(outcome),
            context_value=run.ctx,
            variable_values=dict(run.variables),
        )
        if inspect.isawaitable(result):
            result = await result
        assert isinstance(result, ExecutionResult)
        run.data |= result.data or {}
        run.errors += [shown(error, run.ctx).formatted for error in result.errors or ()]


def _object(making: Making, kind: Any, nodes: Sequence[FieldNode]) -> Write:
    """How a value whose type has fields is written. Raises NotCovered for what asks the database."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(inner, GraphQLList):
        return _list(_object(making, inner.of_type, nodes))
    if not isinstance(inner, GraphQLObjectType):
        raise NotCovered(str(kind))
    selected = making.collector.selected(inner, [node.selection_set for node in nodes])
    parts = [(key, _field(making, inner, same)) for key, same in selected.items()]

    def write(ctx: kehu.Context, value: Any) -> Any:
        return None if value is None else {key: part(ctx, value) for key, part in parts}

    return write


def _list(item: Write) -> Write:
    return lambda ctx, values: None if values is None else [item(ctx, value) for value in values]


def _field(making: Making, parent: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Write:
    name = nodes[0].name.value
    if name == "__typename":
        return lambda _ctx, _value: parent.name
    field = parent.fields[name]
    made = _generated(field)
    if made is None or field.args:
        raise NotCovered(name)
    read = _reader(made)
    named: Any = field.type
    while isinstance(named, (GraphQLNonNull, GraphQLList)):
        named = named.of_type
    if is_leaf_type(named):
        leaf = written(field.type)
        return lambda ctx, value: leaf(read(ctx, value))
    below = _object(making, field.type, nodes)
    is_needed = isinstance(field.type, GraphQLNonNull)

    def write(ctx: kehu.Context, value: Any) -> Any:
        found = below(ctx, read(ctx, value))
        if found is None and is_needed:
            raise NotCovered(name)
        return found

    return write


def _generated(field: GraphQLField) -> GeneratedField | None:
    found = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return found if isinstance(found, GeneratedField) and not found.extensions else None


def _reader(made: GeneratedField) -> Write:
    """How a field is read of its object, where that needs nothing else."""
    get, resolve, name = made.get, made.resolve, made.python_name
    if get is not None:
        return lambda _ctx, value: get(value)
    if resolve is None:
        return lambda _ctx, value: getattr(value, name)
    if isinstance(made.means, (ColumnDefinition, EntityDefinition, kehu.CustomField)):
        return lambda ctx, value: resolve(value, _Info(ctx))
    raise NotCovered(name)
