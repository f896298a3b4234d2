"""What is asked of a list: arguments of the same form share their statements, and their values are filled in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.reading.lists import ListForm
from kehu.kernel.reading.ordering import Keys, cursor_values, keys_of, signature
from kehu.kernel.reading.pages import ListArguments
from kehu.kernel.reading.periods import absolute
from kehu.kernel.reading.slots import Slot, parted, slotted
from kehu_graphql.compiled.arguments import Arguments
from kehu_graphql.schema.inputs import order_term

REMEMBERED_ORDERS = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One execution of a plan."""

    ctx: kehu.Context
    variables: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of one execution: their form, which can be hashed, and the values that are filled in.

    `signed` is what cursors of the order of `keys` are signed with; `bounds` say which values `after` and `before`
    have. `within` is what is asked of the lists within the records, where one statement reads them too.
    """

    arguments: ListArguments
    keys: Keys
    signed: str
    bounds: Sequence[Sequence[bool] | None]
    form: Any
    values: Sequence[Any]
    within: Sequence[Asked] = ()


class Asking:
    """The arguments of one list field."""

    def __init__(
        self, app: kehu.App, entity: EntityDefinition, field: GraphQLField, nodes: Sequence[FieldNode]
    ) -> None:
        self._app, self._entity = app, entity
        self._arguments = Arguments(field, nodes[0])
        self._orders: dict[Any, tuple[Keys, str]] = {}
        self._fixed: Asked | None = None

    def asked(self, run: Run) -> Asked:
        """What is asked this time. Raises BadInput and Forbidden for what nobody may ask."""
        if self._fixed is not None:
            return self._fixed
        given = self._arguments.values(run.variables)
        order = given.get("orderBy")
        condition = absolute(run.ctx, given.get("filter"))
        arguments = ListArguments(
            filter=condition,
            order_by=None if order is None else [order_term(term) for term in order],
            first=given.get("first"),
            after=given.get("after"),
            last=given.get("last"),
            before=given.get("before"),
        )
        asked = self._taken_apart(run.ctx, arguments)
        if self._arguments.are_fixed and condition is given.get("filter"):
            self._fixed = asked
        return asked

    def form(self, asked: Asked, slots: list[Slot]) -> ListForm:
        """The form that statements are made of; a slot is appended to `slots` for each of the values."""
        arguments = asked.arguments
        condition = slotted(arguments.filter or {}, slots, "filter")
        after, before = (_ends(pattern, slots) for pattern in asked.bounds)
        return ListForm(self._entity.model, asked.keys, condition, after, before, arguments.backwards)

    def _taken_apart(self, ctx: kehu.Context, arguments: ListArguments) -> Asked:
        values: list[Any] = []
        form = parted(arguments.filter, values)
        order = tuple((term["field"], term.get("direction")) for term in arguments.order_by or ())
        known = self._orders.get(order)
        if known is None:
            keys = keys_of(ctx, self._app.catalogue, self._entity.model, arguments.order_by)
            if len(self._orders) >= REMEMBERED_ORDERS:
                self._orders.clear()
            known = self._orders[order] = keys, signature(keys)
        bounds = []
        for text in (arguments.after, arguments.before):
            ends = None if text is None else cursor_values(known[0], text)
            bounds.append(None if ends is None else tuple(value is None for value in ends))
            values += [value for value in ends or () if value is not None]
        return Asked(arguments, *known, bounds, (form, order, *bounds, arguments.backwards), values)


def _ends(pattern: Sequence[bool] | None, slots: list[Slot]) -> Sequence[Any] | None:
    if pattern is None:
        return None
    ends: list[Any] = []
    for is_null in pattern:
        if is_null:
            ends.append(None)
            continue
        slots.append(Slot(f"end_{len(slots)}"))
        ends.append(slots[-1])
    return ends
