"""Connections: lists at the root and within records, read as rows and answered page by page."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.plugin import declarations as d
from kehu.kernel.reading.lists import (
    ListForm,
    counted,
    counted_of_parents,
    listed,
    listed_of_parents,
    parents_value,
)
from kehu.kernel.reading.ordering import Keys, signed_cursor
from kehu.kernel.reading.pages import window, windows
from kehu.kernel.reading.prepared_statements import Prepared
from kehu.kernel.reading.slots import Slot, filled
from kehu_graphql.compiled.fields import Making
from kehu_graphql.compiled.functions import Function, Rights
from kehu_graphql.compiled.operations import NotCovered
from kehu_graphql.compiled.records import Record
from kehu_graphql.compiled.run import Asked, Asking, Run
from kehu_graphql.compiled.serializers import Leaves
from kehu_graphql.compiled.statement_cache import Forms
from kehu_graphql.schema.rights import RightsOf

Row = Sequence[Any]
Cursor = Callable[[Row], str]


@dataclasses.dataclass(slots=True)
class _Form:
    """The statements for one form of the arguments."""

    slots: Sequence[Slot]
    rows: Prepared
    total: Prepared | None
    cursor: Cursor


class Connection:
    """A connection field. With a foreign key it is a list within records, else a list at the root."""

    def __init__(
        self,
        making: Making,
        entity: EntityDefinition,
        field: GraphQLField,
        nodes: Sequence[FieldNode],
        foreign_key: Any = None,
    ) -> None:
        self._app, self._leaves = making.app, making.leaves
        self._entity, self._foreign_key = entity, foreign_key
        self._asking = Asking(making.app, entity, field, nodes)
        self._record = Record(making, entity, first=0 if foreign_key is None else 1)
        writing = PageWriting(making, self._record)
        kind: Any = get_named_type(field.type)
        page = writing.expression(kind, nodes)
        self._record.closed()
        self._page = compiled_function("rows, more, less, total, cursor, maps", page, self._record)
        self._has_total, self._has_cursor = writing.has_total, writing.has_cursor
        self._lists = within(making, self._record)
        self._forms = Forms[_Form](making.forms)

    # --- execution ---
    async def at_root(self, run: Run) -> Any:
        """The page."""
        asked = self._asking.asked(run)
        form = self._form(run.ctx, asked)
        values = filled(form.slots, asked.values)
        size = asked.arguments.size
        rows = await form.rows.fetch(run.ctx, {**values, "size": size + 1})
        kept, more, less = window(rows, asked.arguments)
        total = (await form.total.fetch(run.ctx, values))[0][0] if form.total is not None else 0
        maps = await self._maps(run, kept)
        return self._page(kept, more, less, total, form.cursor, maps)

    async def of_parents(self, run: Run, parents: Sequence[Any]) -> Mapping[Any, Any]:
        """The page of each parent, by its key."""
        if not parents:
            return {}
        asked = self._asking.asked(run)
        form = self._form(run.ctx, asked)
        told = parents_value(parents, is_postgresql=self._app.is_postgresql)
        values = {**filled(form.slots, asked.values), "parents": told}
        rows = await form.rows.fetch(run.ctx, {**values, "size": asked.arguments.size + 1})
        by_parent: dict[Any, list[Row]] = {parent: [] for parent in parents}
        for row in rows:
            by_parent[row[0]].append(row)
        totals: Mapping[Any, int] = {}
        if form.total is not None:
            totals = {row[0]: row[1] for row in await form.total.fetch(run.ctx, values)}
        found = windows(by_parent.values(), asked.arguments)
        maps = await self._maps(run, [row for kept, _, _ in found for row in kept] if self._lists else ())
        page, cursor = self._page, form.cursor
        return {
            parent: page(kept, more, less, totals.get(parent, 0), cursor, maps)
            for parent, (kept, more, less) in zip(by_parent, found, strict=True)
        }

    async def _maps(self, run: Run, rows: Sequence[Row]) -> Sequence[Mapping[Any, Any]]:
        return await maps_of(self._lists, run, rows)

    # --- forms ---
    def _form(self, ctx: kehu.Context, asked: Asked) -> _Form:
        return self._forms.of(asked.form, asked.values, lambda: self._made(ctx, asked))

    def _made(self, ctx: kehu.Context, asked: Asked) -> _Form:
        rows = self._app.rows
        assert rows is not None
        slots: list[Slot] = []
        form = self._asking.form(asked, slots)
        selection = _WithKeys(self._record, asked.keys if self._has_cursor else ())
        if self._foreign_key is None:
            statement, total = listed(ctx, form, selection), counted
        else:
            statement = listed_of_parents(ctx, self._foreign_key, form, selection)
            total = self._counted_of_parents
        return _Form(
            slots,
            Prepared(ctx, rows, statement),
            Prepared(ctx, rows, total(ctx, form)) if self._has_total else None,
            cursor_writer(self._leaves, self._entity.model, asked, self._record.width),
        )

    def _counted_of_parents(self, ctx: kehu.Context, form: ListForm) -> Any:
        return counted_of_parents(ctx, self._foreign_key, form)


class _WithKeys:
    """A selection, and the values that cursors are made of."""

    def __init__(self, record: Record, keys: Keys) -> None:
        self._record, self._keys = record, keys

    def columns(self, entity: Any) -> tuple[Sequence[Any], Sequence[tuple[Any, Any]]]:
        """The columns of the record, then those of the keys."""
        columns, joined = self._record.columns(entity)
        return [*columns, *(key.attribute.on(entity) for key in self._keys)], joined


def cursor_writer(leaves: Leaves, model: type[Any], asked: Asked, first: int) -> Cursor:
    """A function that makes the cursor of a row whose values of the order begin at column `first`."""
    readers = [(first + i, leaves.read(key.attribute.on(model).type)) for i, key in enumerate(asked.keys)]
    signed = asked.signed

    def cursor(row: Row) -> str:
        values = [read(row[at]) if read else row[at] for at, read in readers]
        return signed_cursor(signed, values)

    return cursor


class PageWriting:
    """Writes the expression of the answer of a page of `rows`, with `more`, `less`, `total` and `cursor`."""

    def __init__(self, making: Making, record: Record | None) -> None:
        self._making, self._record = making, record
        self.has_total = self.has_more = self.has_cursor = False

    def expression(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        """The object of the page."""
        return self._object(kind, nodes, self._of_page)

    def nodes(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        """The records of the page."""
        return f"[{self._shape(kind, nodes)} for r in rows]"

    def edges(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        """The records of the page, each with what is said of its place in the list."""
        return f"[{self._object(kind, nodes, self._of_edge)} for r in rows]"

    def _object(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], write: Callable[..., str]) -> str:
        selected = self._making.collector.selected(kind, [node.selection_set for node in nodes])
        parts = []
        for key, same in selected.items():
            name = same[0].name.value
            value = repr(kind.name) if name == "__typename" else write(name, kind.fields[name], same)
            parts.append(f"{json.dumps(key)}: {value}")
        return "{" + ", ".join(parts) + "}"

    def _of_page(self, name: str, field: GraphQLField, nodes: Sequence[FieldNode]) -> str:
        kind: Any = get_named_type(field.type)
        if name == "nodes":
            return self.nodes(kind, nodes)
        if name == "edges":
            return self.edges(kind, nodes)
        if name == "pageInfo":
            return self._object(kind, nodes, self._of_page_info)
        if name == "totalCount":
            self.has_total = True
            return "total"
        raise NotCovered(name)

    def _shape(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        assert self._record is not None
        return self._record.shape(kind, nodes)

    def _of_edge(self, name: str, field: GraphQLField, nodes: Sequence[FieldNode]) -> str:
        kind: Any = get_named_type(field.type)
        if name == "node":
            return self._shape(kind, nodes)
        self.has_cursor = True
        return "cursor(r)"

    def _of_page_info(self, name: str, field: GraphQLField, nodes: Sequence[FieldNode]) -> str:
        if name == "hasNextPage":
            self.has_more = True
            return "more"
        if name == "hasPreviousPage":
            return "less"
        self.has_cursor = True
        end = {"startCursor": "rows[0]", "endCursor": "rows[-1]"}[name]
        return f"(cursor({end}) if rows else None)"


class Expressions(Protocol):
    """What expressions refer to: values by their names, and what is found by key, each in `m0`, `m1`, ..."""

    names: dict[str, Any]
    lists: Any


def compiled_function(parameters: str, expression: str, record: Expressions) -> Callable[..., Any]:
    """A function of these parameters, among them `maps`, that answers the expression.

    What clients wrote is in it as literals only: the names that they give to fields.
    """
    names = "".join(f"m{i}, " for i in range(len(record.lists)))
    unpacked = f"    {names}= maps\n" if names else ""
    code = f"def made({parameters}):\n{unpacked}    return {expression}\n"
    scope: dict[str, Any] = dict(record.names)
    exec(compile(code, "<plan>", "exec"), scope)  # noqa: S102  # our own code, made once for each document
    made: Callable[..., Any] = scope["made"]
    return made


async def maps_of(
    lists: Sequence[tuple[int, ByKey]], run: Run, rows: Sequence[Row]
) -> Sequence[Mapping[Any, Any]]:
    """The pages of every list within the records of the rows, and the values of functions, by the record's key."""
    maps = []
    for position, found in lists:
        parents = list(dict.fromkeys([row[position] for row in rows if row[position] is not None]))
        maps.append(await found.of_parents(run, parents))
    return maps


class ByKey(Protocol):
    """What is found for many records by their keys."""

    async def of_parents(self, run: Run, parents: Sequence[Any]) -> Mapping[Any, Any]:
        """The answer for each record, by its key."""
        ...


def _within(making: Making, declared: Any, field: GraphQLField, nodes: Sequence[FieldNode]) -> ByKey:
    if isinstance(declared, d.FieldDeclaration):
        return Function(making, declared, field, nodes)
    if isinstance(declared, RightsOf):
        return Rights(making, declared, field, nodes)
    entity = making.app.composition.entities[declared.child]
    return Connection(making, entity, field, nodes, declared.foreign_key)


def within(making: Making, record: Record) -> Sequence[tuple[int, ByKey]]:
    """The lists and functions within a record, with the place of the key of their parent."""
    return [(position, _within(making, *declared)) for position, declared in record.lists]
