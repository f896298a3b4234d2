"""Aggregates: figures by group, read as rows and written into the answer; the statement is the resolvers' own."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.ids import global_id
from kehu.kernel.model import ExactDecimal
from kehu.kernel.reading.aggregates import LARGEST_RESULT, Figure, Grouped, Grouping, grouped
from kehu.kernel.reading.attributes import Attribute, Attributes
from kehu.kernel.reading.currencies import Mixed
from kehu.kernel.reading.measures import Measure
from kehu.kernel.reading.periods import absolute
from kehu.kernel.reading.prepared_statements import Prepared
from kehu.kernel.reading.slots import Slot, filled, parted, slotted
from kehu_graphql.compiled.arguments import Arguments
from kehu_graphql.compiled.compositions import Several
from kehu_graphql.compiled.connections import ByKey, compiled_function, maps_of
from kehu_graphql.compiled.fields import Making
from kehu_graphql.compiled.operations import NotCovered
from kehu_graphql.compiled.run import Run
from kehu_graphql.compiled.serializers import GaveUp, Leaves, written
from kehu_graphql.compiled.statement_cache import Forms
from kehu_graphql.schema.aggregates import Path, grouping, having_of, names_of
from kehu_graphql.schema.figures import PERCENTILE


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments of one execution. The statement is made for the form, which has all but the filter's values."""

    given: Mapping[str, Any]
    filter: Any
    percents: Sequence[Decimal]
    form: Any
    values: Sequence[Any]


@dataclasses.dataclass(slots=True)
class _Form:
    """The statement for one form of the arguments, and how its rows are answered."""

    slots: Sequence[Slot]
    rows: Prepared
    made: Callable[..., Any]
    lists: Sequence[tuple[int, ByKey]]


class Aggregate:
    """An aggregate field at the root."""

    def __init__(
        self, making: Making, entity: EntityDefinition, field: GraphQLField, nodes: Sequence[FieldNode]
    ) -> None:
        self._app, self._leaves, self._entity = making.app, making.leaves, entity
        self._attributes = making.app.catalogue[entity.model]
        self._arguments = Arguments(field, nodes[0])
        kind: Any = get_named_type(field.type)
        self._writing = _RowWriting(making, self._attributes)
        self._row = self._writing.row(kind, nodes)
        self._forms = Forms[_Form](making.forms)

    async def at_root(self, run: Run) -> Any:
        """The rows. Raises GaveUp where there are too many."""
        asked = self._asked(run)
        form = self._forms.of(asked.form, asked.values, lambda: self._made(run.ctx, asked))
        rows = await form.rows.fetch(run.ctx, filled(form.slots, asked.values))
        if len(rows) > LARGEST_RESULT:
            raise GaveUp
        return form.made(rows, await maps_of(form.lists, run, rows))

    def _asked(self, run: Run) -> _Asked:
        given = self._arguments.values(run.variables)
        condition = absolute(run.ctx, given.get("filter"))
        percents = [each.values(run.variables)["percent"] for each in self._writing.percents]
        values: list[Any] = []
        form = (
            parted(condition, values),
            _frozen(given.get("groupBy")),
            _frozen(given.get("having")),
            tuple(percents),
            run.ctx.principal.time_zone,
        )
        return _Asked(given, condition, percents, form, values)

    def _made(self, ctx: kehu.Context, asked: _Asked) -> _Form:
        rows = self._app.rows
        assert rows is not None
        slots: list[Slot] = []
        terms = asked.given.get("groupBy") or ()
        groupings = [grouping(self._app.catalogue, self._attributes, term) for term in terms]
        percentiles = {(asked.percents[at], attribute): None for at, attribute in self._writing.percentiles}
        found = grouped(
            ctx,
            self._entity.model,
            filter=slotted(asked.filter or {}, slots, "filter"),
            group_by=groupings,
            measures=list(self._writing.measures),
            percentiles=list(percentiles),
            having=[having_of(self._attributes, term) for term in asked.given.get("having") or ()],
        )
        layout = _Layout(self._leaves, found, groupings, asked.percents)
        made = compiled_function("rows, maps", f"[{self._row(layout)} for r in rows]", layout)
        return _Form(slots, Prepared(ctx, rows, found.statement), made, layout.lists)


def _frozen(given: Any) -> Any:
    """A value that can be hashed, for terms and conditions that are part of the statement."""
    if isinstance(given, Mapping):
        return tuple([(name, _frozen(part)) for name, part in given.items()])
    if isinstance(given, (list, tuple)):
        return ("*", *[_frozen(part) for part in given])
    return given


class _Layout:
    """Where everything stands in the rows `r` of one statement, as expressions; `lists` are in `m0`, `m1`, ..."""

    def __init__(
        self, leaves: Leaves, found: Grouped, groupings: Sequence[Grouping], percents: Sequence[Decimal]
    ) -> None:
        self._leaves, self.grouped, self.percents = leaves, found, percents
        self._columns = list(found.statement.selected_columns)
        self._keys = {names_of(each): place for place, each in enumerate(groupings)}
        self.lists: list[tuple[int, ByKey]] = []
        self.names: dict[str, Any] = {}

    def key(self, path: Path, kind: Any) -> str:
        """A value that the rows are grouped by; null for what they are not."""
        place = self._keys.get(path)
        return "None" if place is None else self._leaf(place, kind)

    def id_of(self, path: Path, type_name: str) -> str:
        """The same for the id of a record."""
        place = self._keys.get(path)
        if place is None:
            return "None"
        read = self._leaves.read(self._columns[place].type)
        name = self._name(lambda raw: global_id(type_name, read(raw) if read else raw))
        return f"(None if r[{place}] is None else {name}(r[{place}]))"

    def record(self, path: Path, several: Several) -> str:
        """The record whose id the rows are grouped by."""
        place = self._keys.get(path)
        if place is None:
            return "None"
        self.lists.append((place, several))
        return f"(None if r[{place}] is None else m{len(self.lists) - 1}[r[{place}]])"

    def figure(self, figure: Figure, kind: Any) -> str:
        """A measure or a percentile."""
        if figure.read is None:
            return self._leaf(figure.places[0], kind)
        reads = [self._leaves.read(self._columns[place].type) for place in figure.places]
        write, made = written(kind), figure.read

        def convert(*raw: Any) -> Any:
            value = made(*[read(v) if read else v for read, v in zip(reads, raw, strict=True)])
            if isinstance(value, Mixed):
                raise GaveUp  # The error beside the answer is told by the resolvers.
            return write(value)

        return f"{self._name(convert)}({', '.join(f'r[{place}]' for place in figure.places)})"

    def _leaf(self, place: int, kind: Any) -> str:
        column = self._columns[place]
        convert: Any
        if get_named_type(kind).name == "Decimal" and not isinstance(column.type, ExactDecimal):
            read, write = self._leaves.read(column.type), written(kind)

            def convert(raw: Any) -> Any:
                value = read(raw) if read else raw
                return write(None if value is None else Decimal(value))
        else:
            selected, convert = self._leaves.selected(column, kind)
            if selected is not column:
                convert = self._leaves.converted(column.type, kind)
        if convert is None:
            return f"r[{place}]"
        name = self._name(convert)
        return f"{name}[r[{place}]]" if isinstance(convert, Mapping) else f"{name}(r[{place}])"

    def _name(self, value: Any) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name


# Writes an expression once it is known where everything stands.
Write = Callable[[_Layout], str]


class _RowWriting:
    """Looks at what is selected of a row: the figures that it takes, and how the row is written then."""

    def __init__(self, making: Making, attributes: Attributes) -> None:
        self._making, self._attributes = making, attributes
        self.measures: dict[tuple[Measure, Attribute], None] = {}
        self.percents: list[Arguments] = []
        self.percentiles: list[tuple[int, Attribute]] = []

    def row(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Write:
        """How a row is written."""
        return self._object(kind, nodes, self._of_row)

    def _object(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], write: Callable[..., Write]
    ) -> Write:
        selected = self._making.collector.selected(kind, [node.selection_set for node in nodes])
        parts: list[tuple[str, Write]] = []
        for key, same in selected.items():
            name = same[0].name.value
            part = _always(repr(kind.name)) if name == "__typename" else write(name, kind.fields[name], same)
            parts.append((json.dumps(key), part))
        return lambda layout: "{" + ", ".join(f"{key}: {part(layout)}" for key, part in parts) + "}"

    def _of_row(self, name: str, field: GraphQLField, nodes: Sequence[FieldNode]) -> Write:
        kind: Any = get_named_type(field.type)
        if name == "count":
            return lambda layout: f"r[{layout.grouped.width}]"
        if name == "key":
            return self._object(kind, nodes, self._keys(self._attributes, ()))
        if name == PERCENTILE:
            return self._percentile(kind, field, nodes)
        measure = Measure(name)

        def of_measure(name: str, field: GraphQLField, _nodes: Sequence[FieldNode]) -> Write:
            self.measures[measure, self._attributes.by_name[name]] = None
            return lambda layout: layout.figure(layout.grouped.measures[measure, name], field.type)

        return self._object(kind, nodes, of_measure)

    def _percentile(self, kind: Any, field: GraphQLField, nodes: Sequence[FieldNode]) -> Write:
        at = len(self.percents)
        self.percents.append(Arguments(field, nodes[0]))

        def of_percentile(name: str, field: GraphQLField, _nodes: Sequence[FieldNode]) -> Write:
            self.percentiles.append((at, self._attributes.by_name[name]))
            return lambda layout: layout.figure(
                layout.grouped.percentiles[layout.percents[at], name], field.type
            )

        return self._object(kind, nodes, of_percentile)

    def _keys(self, attributes: Attributes, path: Path) -> Callable[..., Write]:
        entities, catalogue = self._making.app.composition.entities, self._making.app.catalogue

        def of_key(name: str, field: GraphQLField, nodes: Sequence[FieldNode]) -> Write:
            reference = attributes.references.get(name)
            if reference is not None:
                several = Several(self._making, entities[reference.target], nodes)
                key = (*path, attributes.entity.columns[reference.key].name)
                return lambda layout: layout.record(key, several)
            attribute = attributes.by_name.get(name)
            if attribute is not None:
                target = entities[attribute.target].name if attribute.target else None
                here = (*path, name)
                return lambda layout: layout.id_of(here, target) if target else layout.key(here, field.type)
            reference = attributes.references.get(name.removesuffix("Key"))
            if reference is None:
                raise NotCovered(name)
            kind: Any = get_named_type(field.type)
            return self._object(kind, nodes, self._keys(catalogue[reference.target], (*path, reference.name)))

        return of_key


def _always(expression: str) -> Write:
    return lambda _layout: expression
