"""Texts: what the database writes as JSON, records with the lists within them, in one statement; PostgreSQL only."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy.dialects import postgresql

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.plugin import declarations as d
from kehu.kernel.reading.lists import ListForm, Selection, counted_within, listed_within
from kehu.kernel.reading.ordering import Keys
from kehu.kernel.reading.slots import Slot
from kehu_graphql.compiled.fields import Computed, Fields, Make, Making, Path
from kehu_graphql.compiled.operations import NotCovered
from kehu_graphql.compiled.records import referenced
from kehu_graphql.compiled.run import Asked, Asking, Run

# PostgreSQL takes no more than a hundred arguments.
MOST_ARGUMENTS = 90
_ZERO, _ONE = sa.literal_column("0", sa.Integer()), sa.literal_column("1", sa.Integer())


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """What one statement reads of one list: its form, and the parameter that says how much of it."""

    list: ListForm
    size: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a statement writes: the forms of all lists, and the aliases of a record or the records of a list."""

    ctx: kehu.Context
    forms: Mapping[TextList, Form]
    aliases: Mapping[Path, Any] = dataclasses.field(default_factory=dict)
    records: Records | None = None


# JSON, and expressions of JSON that are never null.
Piece = str | Callable[[Place], Any]
Pieces = Sequence[Piece]


class Items(Fields[Pieces]):
    """The texts of each record of a list: what the list's `nodes` and `edges` have of it."""

    def __init__(self, making: Making, entity: EntityDefinition) -> None:
        super().__init__(making, entity)
        self._texts: list[Pieces] = []
        self.within: list[TextList] = []

    def nodes(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> int:
        """The number of the text of a record."""
        return self._text(self.record(kind, nodes))

    def edges(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> int:
        """The number of the text of an edge. Raises NotCovered for cursors, which the database cannot sign."""

        def part(name: str, field: GraphQLField, same: Sequence[FieldNode]) -> Pieces:
            if name != "node":
                raise NotCovered(name)
            target: Any = get_named_type(field.type)
            return self.record(target, same)

        return self._text(parts_of(self.making, kind, nodes, part))

    def record(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Pieces:
        """The record itself."""
        return _object(self.selected(kind, nodes, ()))

    def selection(self, ctx: kehu.Context, forms: Mapping[TextList, Form], keys: Keys = ()) -> Selection:
        """The texts as columns, then the values that cursors are made of."""
        return _Selection(self, self._texts, ctx, forms, keys)

    def _text(self, pieces: Pieces) -> int:
        self._texts.append(pieces)
        return len(self._texts) - 1

    # --- fields ---
    def _constant(self, value: str | None) -> Pieces:
        return [json.dumps(value)]

    def _id(self, path: Path, attribute: str, type_name: str, *, nullable: bool) -> Pieces:
        leaves = self.making.leaves

        def expression(place: Place) -> Any:
            return leaves.id_of(getattr(place.aliases[path], attribute), type_name)[0]

        if not nullable:
            return ['"', expression, '"']
        return [lambda place: or_null(_literal('"').concat(expression(place)).concat(_literal('"')))]

    def _leaf(self, path: Path, what: object, make: Make, kind: Any, *, nullable: bool) -> Pieces:
        write = self.making.leaves.as_json
        write(make(self.target(path)), kind)
        if nullable:
            return [lambda place: or_null(write(make(place.aliases[path]), kind))]
        return [lambda place: write(make(place.aliases[path]), kind)]

    def _custom(self, custom: kehu.CustomField[Any, Any], field: GraphQLField, path: Path) -> Pieces:
        raise NotCovered(custom.key)

    def _reference(self, field: GraphQLField, nodes: Sequence[FieldNode], path: Path) -> Pieces:
        target: Any = get_named_type(field.type)
        pieces = _object(self.selected(target, nodes, path))

        def expression(place: Place) -> Any:
            found = joined(pieces, place)
            return sa.case((place.aliases[path].id.is_(None), _literal("null")), else_=found)

        return [expression]

    def _relation(
        self, relation: d.RelationDeclaration, field: GraphQLField, nodes: Sequence[FieldNode], path: Path
    ) -> Pieces:
        entity = self.making.app.composition.entities[relation.child]
        found = TextList(self.making, entity, field, nodes, relation.foreign_key)
        self.within.append(found)
        return [lambda place: found.expression(place, place.aliases[path])]

    def _computed(
        self, computed: Computed, field: GraphQLField, nodes: Sequence[FieldNode], path: Path
    ) -> Pieces:
        raise NotCovered(nodes[0].name.value)


class _Selection:
    """The texts of records as columns."""

    def __init__(
        self,
        items: Items,
        texts: Sequence[Pieces],
        ctx: kehu.Context,
        forms: Mapping[TextList, Form],
        keys: Keys,
    ) -> None:
        self._items, self._texts, self._ctx, self._forms, self._keys = items, texts, ctx, forms, keys

    def columns(self, entity: Any) -> tuple[Sequence[Any], Sequence[tuple[Any, Any]]]:
        """The columns for the class or an alias of it, and the aliases to join, each with its condition."""
        aliases, joins = referenced(self._items.references, entity)
        place = Place(self._ctx, self._forms, aliases)
        texts = [joined(pieces, place) for pieces in self._texts]
        return [*(texts or [_literal("")]), *(key.attribute.on(entity) for key in self._keys)], joins


class TextList:
    """A list within records, as an expression of the statement that reads them."""

    def __init__(
        self,
        making: Making,
        entity: EntityDefinition,
        field: GraphQLField,
        nodes: Sequence[FieldNode],
        foreign_key: Any,
    ) -> None:
        self._making, self._foreign_key = making, foreign_key
        self._asking = Asking(making.app, entity, field, nodes)
        self.items = Items(making, entity)
        self._sized: tuple[Asked, Asked] | None = None
        self._has_records = self._has_more = False
        kind: Any = get_named_type(field.type)
        self._page = parts_of(making, kind, nodes, self._part)

    def asked(self, run: Run) -> Asked:
        """What is asked, with its size as the first value. Raises NotCovered for a list that is read from its end."""
        own = self._asking.asked(run)
        if own.arguments.backwards:
            raise NotCovered("last")
        sized = self._sized
        if sized is None or sized[0] is not own:
            sized = self._sized = own, dataclasses.replace(own, values=[own.arguments.size, *own.values])
        return with_lists(sized[1], self.items, run)

    def form(self, asked: Asked, slots: list[Slot]) -> Form:
        """The form, with slots for its size and its values."""
        size = Slot(f"size_{len(slots)}")
        slots.append(size)
        return Form(self._asking.form(asked, slots), size.parameter(sa.Integer()))

    def expression(self, place: Place, parent: Any) -> Any:
        """The page of one parent."""
        form = place.forms[self]
        if not self._has_records:
            return joined(
                self._page, dataclasses.replace(place, records=Records(None, form, parent, has_more=False))
            )
        size = form.size + _ONE if self._has_more else form.size
        selection = self.items.selection(place.ctx, place.forms)
        found = listed_within(place.ctx, self._foreign_key, parent, form.list, selection, size)
        records = found.subquery()
        inside = Records(records, form, parent, has_more=self._has_more)
        written = joined(self._page, dataclasses.replace(place, records=inside))
        return sa.select(written).select_from(records).scalar_subquery()

    def _part(self, name: str, field: GraphQLField, nodes: Sequence[FieldNode]) -> Pieces:
        kind: Any = get_named_type(field.type)
        if name in ("nodes", "edges"):
            self._has_records = True
            at = getattr(self.items, name)(kind, nodes)
            return ["[", of_records(lambda records: records.joined(at)), "]"]
        if name == "pageInfo":
            return parts_of(self._making, kind, nodes, self._part)
        if name == "totalCount":
            return [self._total]
        if name == "hasNextPage":
            self._has_records = self._has_more = True
            return [of_records(Records.more)]
        if name == "hasPreviousPage":
            return [of_records(Records.less)]
        raise NotCovered(name)

    def _total(self, place: Place) -> Any:
        records = place.records
        assert records is not None
        counting = counted_within(place.ctx, self._foreign_key, records.parent, records.form.list)
        return sa.cast(counting.scalar_subquery(), sa.Text())


@dataclasses.dataclass(frozen=True, slots=True)
class Records:
    """The records that were read for one page, one more than it has where `has_more`; what is said of them all."""

    found: Any
    form: Form
    parent: Any
    has_more: bool

    def joined(self, at: int) -> Any:
        """Their texts, with commas; not that of the one after the page, which only says that there are more."""
        text, comma = self.found.c[at], _literal(",")
        if not self.has_more:
            return sa.func.string_agg(text, comma)
        surplus = sa.func.greatest(sa.cast(sa.func.count(), sa.Integer()) - self.form.size, _ZERO)
        texts = sa.func.trim_array(sa.func.array_agg(text, type_=postgresql.ARRAY(sa.Text())), surplus)
        return sa.func.array_to_string(texts, comma)

    def more(self) -> Any:
        """Whether there are more after the page."""
        return sa.cast(sa.func.count() > self.form.size, sa.Text())

    def less(self) -> Any:
        """Whether the page began after a cursor."""
        return _literal("false" if self.form.list.after is None else "true")


def of_records(make: Callable[[Records], Any]) -> Piece:
    """A piece that says something of all records of its list."""

    def piece(place: Place) -> Any:
        assert place.records is not None
        return make(place.records)

    return piece


def with_lists(own: Asked, items: Items, run: Run) -> Asked:
    """What is asked of a list and of those within its records."""
    if not items.within:
        return own
    within = [each.asked(run) for each in items.within]
    form = (own.form, *[each.form for each in within])
    values = [*own.values, *itertools.chain.from_iterable(each.values for each in within)]
    return dataclasses.replace(own, form=form, values=values, within=within)


def forms_within(items: Items, asked: Sequence[Asked], slots: list[Slot]) -> Mapping[TextList, Form]:
    """The forms of the lists within the records, in the order of the values that are asked."""
    forms: dict[TextList, Form] = {}
    for each, inner in zip(items.within, asked, strict=True):
        forms[each] = each.form(inner, slots)
        forms |= forms_within(each.items, inner.within, slots)
    return forms


# --- JSON ---
def parts_of(
    making: Making,
    kind: GraphQLObjectType,
    nodes: Sequence[FieldNode],
    part: Callable[[str, GraphQLField, Sequence[FieldNode]], Pieces],
) -> Pieces:
    """An object whose fields are written by `part`."""
    found = making.collector.selected(kind, [node.selection_set for node in nodes])
    fields: list[tuple[str, Pieces]] = []
    for key, same in found.items():
        name = same[0].name.value
        is_type = name == "__typename"
        fields.append((key, [json.dumps(kind.name)] if is_type else part(name, kind.fields[name], same)))
    return _object(fields)


def _object(fields: Iterable[tuple[str, Pieces]]) -> Pieces:
    pieces: list[Piece] = ["{"]
    for number, (key, value) in enumerate(fields):
        pieces += [f'{"," if number else ""}"{key}":', *value]
    return [*pieces, "}"]


def joined(pieces: Pieces, place: Place) -> Any:
    """The pieces as one expression."""
    parts: list[Any] = []
    for is_text, group in itertools.groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if is_text:
            parts.append(_literal("".join(map(str, group))))
        else:
            parts += [piece(place) for piece in group if not isinstance(piece, str)]
    while len(parts) > MOST_ARGUMENTS:
        starts = range(0, len(parts), MOST_ARGUMENTS)
        parts = [sa.func.concat(*parts[start : start + MOST_ARGUMENTS]) for start in starts]
    return sa.func.concat(*parts, type_=sa.Text())


def or_null(expression: Any) -> Any:
    """The text of an expression that may have no value."""
    return sa.func.coalesce(expression, _literal("null"))


def _literal(text: str) -> Any:
    """A text of our own, or names of the schema and of the document, which are letters, digits and underscores."""
    assert "'" not in text
    return sa.literal_column(f"'{text}'", sa.Text())
