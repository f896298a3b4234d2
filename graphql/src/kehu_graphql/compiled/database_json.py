"""Wholes: lists and records at the root that the database writes as one text, the lists within them and all.

Where it cannot, or where somebody reads a list from its end, rows are read instead.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy.dialects import postgresql

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.reading.lists import Selection, counted, found, listed
from kehu.kernel.reading.prepared_statements import Prepared
from kehu.kernel.reading.slots import Slot, filled
from kehu_graphql.compiled.connections import (
    Connection,
    Cursor,
    PageWriting,
    compiled_function,
    cursor_writer,
)
from kehu_graphql.compiled.fields import Making
from kehu_graphql.compiled.operations import NotCovered
from kehu_graphql.compiled.run import Asked, Asking, Run
from kehu_graphql.compiled.statement_cache import Forms
from kehu_graphql.compiled.texts import Form, Items, Records, forms_within, with_lists

_SIZE = sa.bindparam("size", None, type_=sa.Integer())
_ONE = sa.literal_column("1", sa.Integer())


@dataclasses.dataclass(slots=True)
class _Form:
    """The statements for one form of the arguments."""

    slots: Sequence[Slot]
    page: Prepared
    total: Prepared | None
    cursor: Cursor | None


class WholeList:
    """A list at the root."""

    def __init__(
        self, making: Making, entity: EntityDefinition, field: GraphQLField, nodes: Sequence[FieldNode]
    ) -> None:
        self._making, self._entity, self._field, self._nodes = making, entity, field, nodes
        self._asking = Asking(making.app, entity, field, nodes)
        self._items = Items(making, entity)
        writing = _WholeWriting(making, self._items)
        kind: Any = get_named_type(field.type)
        page = writing.expression(kind, nodes)
        self._page = compiled_function("texts, more, less, total, cursor, rows, maps", page, writing)
        self._writing = writing
        self._forms = Forms[_Form](making.forms)
        self._rows: Connection | None = None

    async def at_root(self, run: Run) -> Any:
        """The page."""
        asked = self._asked(run)
        if asked is None:
            if self._rows is None:
                self._rows = Connection(self._making, self._entity, self._field, self._nodes)
            return await self._rows.at_root(run)
        form = self._forms.of(asked.form, asked.values, lambda: self._made(run.ctx, asked))
        size = asked.arguments.size
        values = filled(form.slots, asked.values)
        values["size"] = size
        texts = (await form.page.fetch(run.ctx, values))[0]
        total = (await form.total.fetch(run.ctx, values))[0][0] if form.total is not None else 0
        at = self._writing.count
        count = texts[at]
        ends: Sequence[Any] = ()
        if form.cursor is not None and count and size:
            ends = texts[at + 1 : at + 1 + len(asked.keys)], texts[at + 1 + len(asked.keys) :]
        return self._page(
            texts, count > size, asked.arguments.after is not None, total, form.cursor, ends, ()
        )

    def _asked(self, run: Run) -> Asked | None:
        """What is asked; None where a list is read from its end."""
        asked = self._asking.asked(run)
        if asked.arguments.backwards:
            return None
        try:
            return with_lists(asked, self._items, run)
        except NotCovered:
            return None

    def _made(self, ctx: kehu.Context, asked: Asked) -> _Form:
        rows, writing, model = self._making.app.rows, self._writing, self._entity.model
        assert rows is not None
        slots: list[Slot] = []
        form = self._asking.form(asked, slots)
        forms = forms_within(self._items, asked.within, slots)
        keys = asked.keys if writing.has_cursor else ()
        selection = self._items.selection(ctx, forms, keys)
        size = _SIZE + _ONE if writing.has_more else _SIZE
        read = listed(ctx, form, selection, size).subquery()
        records = Records(read, Form(form, _SIZE), None, writing.has_more)
        opened, closed = (sa.literal_column(sign, sa.Text()) for sign in ("'['", "']'"))
        texts = [_bytes(sa.func.concat(opened, records.joined(at), closed)) for at in range(writing.count)]
        count = sa.cast(sa.func.count(), sa.Integer())
        ordered = list(read.c)[-len(keys) :] if keys else []
        ends = [_item(each, at) for at in (_ONE, sa.func.least(count, _SIZE)) for each in ordered]
        statement = sa.select(*texts, count, *ends).select_from(read)
        return _Form(
            slots,
            Prepared(ctx, rows, statement),
            Prepared(ctx, rows, counted(ctx, form)) if writing.has_total else None,
            cursor_writer(self._making.leaves, model, asked, 0) if keys else None,
        )


class WholeRecord:
    """One record by its key."""

    def __init__(self, making: Making, entity: EntityDefinition, nodes: Sequence[FieldNode]) -> None:
        self._making, self._entity = making, entity
        self._items = Items(making, entity)
        kind: Any = making.collector.schema.get_type(entity.name)
        self._items.nodes(kind, nodes)
        self._forms = Forms[tuple[Sequence[Slot], Prepared]](making.forms)

    async def found(self, run: Run, key: uuid.UUID) -> Any:
        """The record, or None where there is none that the principal may see. Raises NotCovered, see TextList."""
        within = [each.asked(run) for each in self._items.within]
        asked = tuple([each.form for each in within])
        given = [value for each in within for value in each.values]
        form = self._forms.of(asked, given, lambda: self._made(run.ctx, within))
        values = filled(form[0], given)
        values["key"] = key
        rows = await form[1].fetch(run.ctx, values)
        return orjson.Fragment(rows[0][0]) if rows else None

    def _made(self, ctx: kehu.Context, within: Sequence[Asked]) -> tuple[Sequence[Slot], Prepared]:
        rows = self._making.app.rows
        assert rows is not None
        slots: list[Slot] = []
        forms = forms_within(self._items, within, slots)
        selection = _AsBytes(self._items.selection(ctx, forms))
        return slots, Prepared(ctx, rows, found(self._entity.model, selection))


class _AsBytes:
    """The texts of a selection as the bytes that are sent."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def columns(self, entity: Any) -> tuple[Sequence[Any], Sequence[tuple[Any, Any]]]:
        """The columns for the class or an alias of it, and the aliases to join, each with its condition."""
        columns, joins = self._selection.columns(entity)
        return [_bytes(column) for column in columns], joins


class _WholeWriting(PageWriting):
    """Writes the page of a list whose records are texts."""

    def __init__(self, making: Making, items: Items) -> None:
        super().__init__(making, None)
        self._items = items
        self.names: dict[str, Any] = {"Fragment": orjson.Fragment}
        self.lists: Sequence[Any] = ()
        self.count = 0

    def nodes(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        """The records of the page."""
        return self._text(self._items.nodes(kind, nodes))

    def edges(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        """The records of the page, each in its edge."""
        return self._text(self._items.edges(kind, nodes))

    def _text(self, at: int) -> str:
        self.count = at + 1
        return f"Fragment(texts[{at}])"


def _bytes(text: Any) -> Any:
    """Text as it is sent, so that nobody has to decode and to encode it."""
    return sa.func.convert_to(text, sa.literal_column("'UTF8'"))


def _item(column: Any, number: Any) -> Any:
    """One of the values of a column."""
    return sa.func.array_agg(column, type_=postgresql.ARRAY(sa.Text()))[number]
