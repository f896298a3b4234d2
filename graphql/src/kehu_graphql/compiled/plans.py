"""Plans: how the reads of one document are answered, for everybody with the same rights."""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLSchema

import kehu
from kehu.kernel.caches import Cache
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.ids import key_of, parse_global_id
from kehu.kernel.reading.lists import found
from kehu.kernel.reading.prepared_statements import Prepared
from kehu_graphql.compiled.aggregates import Aggregate
from kehu_graphql.compiled.arguments import Arguments, VariableReader
from kehu_graphql.compiled.compositions import Several, driver_key
from kehu_graphql.compiled.connections import Connection, compiled_function, maps_of, within
from kehu_graphql.compiled.database_json import WholeList, WholeRecord
from kehu_graphql.compiled.encoding import encoded
from kehu_graphql.compiled.fallbacks import Fallback, Fallbacks, Reason
from kehu_graphql.compiled.fields import Making
from kehu_graphql.compiled.mutations import Mutation
from kehu_graphql.compiled.operations import Collector, NotCovered, Operation
from kehu_graphql.compiled.records import Record
from kehu_graphql.compiled.run import Run
from kehu_graphql.compiled.serializers import Leaves
from kehu_graphql.compiled.statement_cache import Room
from kehu_graphql.compiled.values import Called
from kehu_graphql.documents import Documents
from kehu_graphql.schema.roots import RootOf

# What operations, plans, and the statements that plans made for their arguments may take. A plan takes about three
# times what its document takes.
OPERATION_BYTES = 64_000_000
PLAN_BYTES = 128_000_000
PLAN_SIZE = 3
FORM_BYTES = 64_000_000

Root = Callable[[Run], Awaitable[Any]]


class Plan:
    """The roots of one operation, for one set of answers to its directives and one set of rights."""

    def __init__(self, fallbacks: Fallbacks, roots: Sequence[tuple[str, Root]]) -> None:
        self._fallbacks, self._roots = fallbacks, roots

    @property
    def lines(self) -> Sequence[str]:
        """Each root by its name in the answer, and what answers it."""
        return [f"{key}: {_described(root)}" for key, root in self._roots]

    async def run(self, ctx: kehu.Context, values: Any, _variables: Mapping[str, Any]) -> bytes | Fallback:
        """The answer as JSON; the reason where something is wrong, which graphql-core then says."""
        run = Run(ctx, values)
        try:
            data = {key: await root(run) for key, root in self._roots}
            return encoded({"data": data})
        except Exception as error:  # noqa: BLE001  # reads change nothing: graphql-core asks again and says what is wrong
            return self._fallbacks.logged(error)


@dataclasses.dataclass(frozen=True, slots=True)
class _Request:
    """An operation, what reads its variables, and the bytes that its document takes."""

    operation: Operation
    reader: VariableReader
    size: int


class Plans:
    """The plans of one Api, and why there is none; those least recently used make room."""

    def __init__(self, app: kehu.App, schema: GraphQLSchema, documents: Documents) -> None:
        self._app, self._schema, self._documents = app, schema, documents
        self.fallbacks = Fallbacks()
        self.operations: Cache[tuple[str, str | None], _Request | Fallback] = Cache(OPERATION_BYTES)
        self.known: Cache[Any, Plan | Mutation | Fallback] = Cache(PLAN_BYTES)
        self.forms: Room = Cache(FORM_BYTES)
        self._leaves = None if app.rows is None else Leaves(app.rows.dialect)

    async def answer(
        self, ctx: kehu.Context, document: str, variables: Mapping[str, Any], operation: str | None
    ) -> bytes | None:
        """The answer as JSON; None, before anything is written, for what graphql-core has to answer."""
        found = self.found(ctx, document, variables, operation)
        answer = found if isinstance(found, Fallback) else await found[0].run(ctx, found[1], variables)
        if isinstance(answer, Fallback):
            self.fallbacks.counts[answer.reason] += 1
            return None
        self.fallbacks.planned += 1
        return answer

    def found(
        self, ctx: kehu.Context, document: str, variables: Mapping[str, Any], operation: str | None
    ) -> tuple[Plan | Mutation, Any] | Fallback:
        """The plan and the values of the variables to run it with, or why there is none."""
        if self._leaves is None:
            return Fallback(Reason.DATABASE)
        if ctx.principal is kehu.ANONYMOUS:
            return Fallback(Reason.ANONYMOUS)
        asked = self._asked(document, operation)
        if isinstance(asked, Fallback):
            return asked
        try:
            values = asked.reader.values(variables)
        except NotCovered as error:
            return Fallback(Reason.VARIABLES, str(error))
        except RecursionError:
            return Fallback(Reason.TOO_DEEP)
        plan = self._plan(ctx, asked, values)
        return plan if isinstance(plan, Fallback) else (plan, values)

    def _plan(self, ctx: kehu.Context, asked: _Request, variables: Any) -> Plan | Mutation | Fallback:
        """The plan for an operation and the rights of the principal, or why there is none."""
        answers = asked.operation.answers(variables)
        key = (asked.operation, answers, ctx.principal.rights)
        plan = self.known.find(key)
        if plan is None:
            plan = self._planned(ctx, asked.operation, answers)
            self.known.keep(key, plan, PLAN_SIZE * asked.size)
        return plan

    def _asked(self, document: str, name: str | None) -> _Request | Fallback:
        key = (document, name)
        found = self.operations.find(key)
        if found is None:
            found = self._read(document, name)
            self.operations.keep(key, found, self._documents.size(document))
        return found

    def _read(self, document: str, name: str | None) -> _Request | Fallback:
        try:
            errors = self._documents.errors(document)
            if errors:
                return self.fallbacks.logged(errors[0])
            operation = Operation.of(self._schema, self._documents.parsed(document), name)
            reader = VariableReader(self._schema, operation.node, self._documents.bounds(document))
            return _Request(operation, reader, self._documents.size(document))
        except Exception as error:  # noqa: BLE001  # graphql-core says what is wrong with the document
            return self.fallbacks.logged(error)

    def _planned(
        self, ctx: kehu.Context, operation: Operation, answers: Sequence[Any]
    ) -> Plan | Mutation | Fallback:
        assert self._leaves is not None
        making = Making(self._app, Collector(operation, answers), self._leaves, self.forms, ctx.principal)
        query = self._schema.query_type
        assert query is not None
        try:
            if operation.writes:
                return Mutation(making, operation, self.fallbacks)
            selected = making.collector.selected(query, [operation.node.selection_set])
            roots = [(key, _root(making, query, nodes)) for key, nodes in selected.items()]
            return Plan(self.fallbacks, roots)
        except Exception as error:  # noqa: BLE001  # what cannot be planned is executed by graphql-core
            return self.fallbacks.logged(error)


def _described(root: Root) -> str:
    kind = type(getattr(root, "__self__", None))
    first = (kind.__doc__ or "").partition("\n")[0].rstrip(".")
    return f"{kind.__name__}, {first[:1].lower()}{first[1:]}" if root is not _typename else "a name"


def _root(making: Making, query: Any, nodes: Sequence[FieldNode]) -> Root:
    name = nodes[0].name.value
    if name == "__typename":
        return _typename
    field: GraphQLField | None = query.fields.get(name)
    if field is None:
        raise NotCovered(name)
    meaning = making.meaning(field)
    if not isinstance(meaning, RootOf):
        return Called(making, field, nodes).at_root
    if meaning.entity is None:
        root: Any = _NODES[meaning.operation](making, field, nodes)
    elif meaning.operation == "get" and not making.principal.can(meaning.entity.permission("read")):
        raise NotCovered("forbidden")
    else:
        root = _OF_ENTITY[meaning.operation](making, meaning.entity, field, nodes)
    planned: Root = root.at_root
    return planned


def _list(
    making: Making, entity: EntityDefinition, field: GraphQLField, nodes: Sequence[FieldNode]
) -> WholeList | Connection:
    if making.app.is_postgresql:
        with contextlib.suppress(NotCovered):
            return WholeList(making, entity, field, nodes)
    return Connection(making, entity, field, nodes)


async def _typename(_run: Run) -> str:
    return "Query"


class One:
    """One record by its id."""

    def __init__(
        self, making: Making, entity: EntityDefinition, field: GraphQLField, nodes: Sequence[FieldNode]
    ) -> None:
        self._making, self._entity, self._nodes = making, entity, nodes
        self._arguments = Arguments(field, nodes[0])
        self._whole: WholeRecord | None = None
        self._rows: _Rows | None = None
        if making.app.is_postgresql:
            with contextlib.suppress(NotCovered):
                self._whole = WholeRecord(making, entity, nodes)
        if self._whole is None:
            self._rows = _Rows(making, entity, nodes)

    async def at_root(self, run: Run) -> Any:
        """The record, or None where there is none that the principal may see."""
        given = self._arguments.values(run.variables)
        return await self.found(run, key_of(given["id"], self._entity.name, field="id"))

    async def found(self, run: Run, key: uuid.UUID) -> Any:
        """The record with this key, or None where there is none that the principal may see."""
        if self._whole is not None:
            with contextlib.suppress(NotCovered):
                return await self._whole.found(run, key)
        if self._rows is None:
            self._rows = _Rows(self._making, self._entity, self._nodes)
        return await self._rows.found(run, key)


class _Rows:
    """One record by its key, read as a row."""

    def __init__(self, making: Making, entity: EntityDefinition, nodes: Sequence[FieldNode]) -> None:
        self._app, self._entity = making.app, entity
        self._record = Record(making, entity)
        kind: Any = making.collector.schema.get_type(entity.name)
        expression = self._record.shape(kind, nodes)
        self._record.closed()
        self._made = compiled_function("r, maps", expression, self._record)
        self._lists = within(making, self._record)
        self._prepared: Prepared | None = None

    async def found(self, run: Run, key: uuid.UUID) -> Any:
        """The record with this key, or None where there is none that the principal may see."""
        if self._prepared is None:
            assert self._app.rows is not None
            statement = found(self._entity.model, self._record)
            self._prepared = Prepared(run.ctx, self._app.rows, statement)
        rows = await self._prepared.fetch(run.ctx, {"key": key})
        return self._made(rows[0], await maps_of(self._lists, run, rows)) if rows else None


class AnyOne:
    """`node`: a record of any type, for which a plan is made when the type is asked for."""

    def __init__(self, making: Making, field: GraphQLField, nodes: Sequence[FieldNode]) -> None:
        self._making, self._field, self._nodes = making, field, nodes
        self._arguments = Arguments(field, nodes[0])
        self._known: dict[str, One] = {}

    async def at_root(self, run: Run) -> Any:
        """The record, or None where there is none that the principal may see, or of a type that has no ids."""
        name, key = parse_global_id(self._arguments.values(run.variables)["id"])
        entity = self._making.app.composition.by_name.get(name)
        if entity is None or "get" not in entity.operations:
            return None
        one = self._known.get(name)
        if one is None:
            one = self._known[name] = One(self._making, entity, self._field, self._nodes)
        return await one.found(run, key)


class AnySeveral:
    """`nodes`: records of any types, in the order of their ids."""

    def __init__(self, making: Making, field: GraphQLField, nodes: Sequence[FieldNode]) -> None:
        self._making, self._nodes = making, nodes
        self._arguments = Arguments(field, nodes[0])
        self._known: dict[str, Several] = {}

    async def at_root(self, run: Run) -> Any:
        """The records, with None where there is none that the principal may see, or of a type that has no ids."""
        app = self._making.app
        asked = [parse_global_id(each) for each in self._arguments.values(run.variables)["ids"]]
        keys: dict[str, dict[Any, None]] = {}
        for name, key in asked:
            entity = app.composition.by_name.get(name)
            if entity is not None and "get" in entity.operations:
                keys.setdefault(name, {})[driver_key(app, key)] = None
        found = {
            name: await self._several(name).of_parents(run, list(of_type)) for name, of_type in keys.items()
        }
        return [found.get(name, {}).get(driver_key(app, key)) for name, key in asked]

    def _several(self, name: str) -> Several:
        several = self._known.get(name)
        if several is None:
            entity = self._making.app.composition.by_name[name]
            several = self._known[name] = Several(self._making, entity, self._nodes)
        return several


_OF_ENTITY: Mapping[str, Any] = {"list": _list, "get": One, "aggregate": Aggregate}
_NODES: Mapping[str, Any] = {"node": AnyOne, "nodes": AnySeveral}
