"""Bounds of arguments: what a document and its variables bring is measured before anything is made of it."""

from __future__ import annotations

import collections
import dataclasses
import graphlib
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from kehu.kernel.reading.bounds import (
    LONGEST_ARGUMENT,
    LONGEST_TEXT,
    Size,
    TooMuch,
    check_depth,
    check_filter,
    check_length,
    check_number,
)

# Of one document, with its fragments as often as they are spread.
MOST_CONDITIONS = 2_000
MOST_RELATIONS = 100
MOST_VALUES = 10_000
MOST_SEARCHES = 5
# Terms of an order, of groups, and conditions on groups.
MOST_TERMS = 20
DEEPEST_INPUT = 30
# Ids, numbers, moments and words of pick-lists.
LONGEST_WORD = 500
# What has no objects or lists, and no longer texts than this, is not looked at.
_SHORT = 200

_TERMS = frozenset(("orderBy", "groupBy", "having"))
_CURSORS = frozenset(("after", "before", "locale"))
_FILTER = re.compile(r"Filter$")
_WORDS = frozenset(("ID", "Decimal", "Date", "DateTime", "Time", "UUID", "Int", "Float", "Boolean"))

Variables = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class _Given:
    """An argument of a field of one operation, which is executed so many `times`."""

    name: str
    kind: Any
    value: Any
    times: int
    varies: bool


class Bounds:
    """The arguments of one document, which is valid."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._operations = [
            _Operation(schema, document, node)
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        ]

    def refusal(self, variables: Variables) -> GraphQLError | None:
        """Why the document cannot be executed with these variables; None where it can."""
        try:
            for operation in self._operations:
                operation.check(variables)
        except TooMuch as refusal:
            return GraphQLError(str(refusal), original_error=refusal)
        return None


class _Operation:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) -> None:
        self._defaults = {
            each.variable.name.value: each.default_value for each in node.variable_definitions or ()
        }
        parts = list(_parts(schema, document, node))
        self._given = [
            _given(name, kind, value, times) for times, part in parts for name, kind, value in part.arguments
        ]
        self._refusal = _too_much_of(
            sum(times * part.searches for times, part in parts),
            MOST_SEARCHES,
            "search",
            "A document searches {limit} times at most.",
        )
        try:
            self._measure({})
        except TooMuch as refusal:
            self._refusal = refusal

    def check(self, variables: Variables) -> None:
        """Raise TooMuch for what is larger than it may be."""
        if self._refusal is not None:
            raise self._refusal
        if self._given and not all(map(_is_short, variables.values())):
            self._measure(variables)

    def _measure(self, variables: Variables) -> None:
        known = {**self._defaults, **variables}
        whole = Size()
        for given in self._given:
            value = _plain(given.value, known) if given.varies else given.value
            size = _measured(given.name, given.kind, value)
            whole.conditions += size.conditions * given.times
            whole.relations += size.relations * given.times
            whole.values += size.values * given.times
        refusal = _too_large(whole)
        if refusal is not None:
            raise refusal


def _too_large(whole: Size) -> TooMuch | None:
    """The refusal of all filters of a document together."""
    conditions = "The filters of a document have at most {limit} conditions."
    relations = "The filters of a document ask for related records at most {limit} times."
    values = "The lists in the filters of a document have at most {limit} items."
    return (
        _too_much_of(whole.conditions, MOST_CONDITIONS, "filter", conditions)
        or _too_much_of(whole.relations, MOST_RELATIONS, "filter", relations)
        or _too_much_of(whole.values, MOST_VALUES, "filter", values)
    )


def _too_much_of(number: int, limit: int, field: str, message: str) -> TooMuch | None:
    return TooMuch(message, limit, field=field) if number > limit else None


def _given(name: str, kind: Any, value: Node, times: int) -> _Given:
    varies = _uses_variables(value)
    return _Given(name, kind, value if varies else _plain(value, {}), times, varies)


def _is_short(value: Any) -> bool:
    """Whether a value is a leaf, and no long one."""
    return len(value) <= _SHORT if isinstance(value, str) else not isinstance(value, (Mapping, list))


def _plain(value: Any, variables: Variables) -> Any:
    """A literal as JSON would bring it, numbers as they are written; what is none, because it came so, as it is."""
    if not isinstance(value, Node):
        return value
    if isinstance(value, VariableNode):
        return _plain(variables.get(value.name.value), {})
    if isinstance(value, ListValueNode):
        return [_plain(item, variables) for item in value.values]
    if isinstance(value, ObjectValueNode):
        return {part.name.value: _plain(part.value, variables) for part in value.fields}
    return None if isinstance(value, NullValueNode) else getattr(value, "value", None)


def _uses_variables(value: Any) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_uses_variables, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_uses_variables(part.value) for part in value.fields)
    return isinstance(value, VariableNode)


# --- what is executed how often ---
class _Part:
    """An operation or a fragment: the arguments of its own fields, its searches, and the fragments that it spreads."""

    def __init__(self, schema: GraphQLSchema, kind: Any, selections: SelectionSetNode) -> None:
        self.arguments: list[tuple[str, Any, Node]] = []
        self.searches = 0
        self.spreads: collections.Counter[str] = collections.Counter()
        waiting: list[tuple[Any, SelectionSetNode]] = [(kind, selections)]
        while waiting:
            within, selected = waiting.pop()
            for node in selected.selections:
                waiting += self._look_at(schema, within, node)

    def _look_at(
        self, schema: GraphQLSchema, kind: Any, node: Node
    ) -> Iterator[tuple[Any, SelectionSetNode]]:
        if isinstance(node, FragmentSpreadNode):
            self.spreads[node.name.value] += 1
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            yield schema.get_type(condition.name.value) if condition else kind, node.selection_set
        elif isinstance(node, FieldNode):
            field = getattr(kind, "fields", {}).get(node.name.value)
            if field is None:
                return
            self.searches += kind is schema.query_type and node.name.value == "search"
            given = {each.name.value: each.value for each in node.arguments or ()}
            self.arguments += [(name, field.args[name].type, value) for name, value in given.items()]
            if node.selection_set is not None:
                yield get_named_type(field.type), node.selection_set


def _parts(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Iterator[tuple[int, _Part]]:
    """The operation and the fragments that it spreads, each with how often it is executed."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    parts = {"": _Part(schema, schema.get_root_type(operation.operation), operation.selection_set)}
    waiting = [""]
    while waiting:
        for name in parts[waiting.pop()].spreads:
            if name not in parts:
                node = fragments[name]
                kind = schema.get_type(node.type_condition.name.value)
                parts[name] = _Part(schema, kind, node.selection_set)
                waiting.append(name)
    order = graphlib.TopologicalSorter({name: part.spreads.keys() for name, part in parts.items()})
    times = collections.Counter({"": 1})
    # A fragment comes after everything that spreads it.
    for name in reversed(list(order.static_order())):
        yield times[name], parts[name]
        for inner, number in parts[name].spreads.items():
            times[inner] += times[name] * number


# --- how large it is ---
def _measured(name: str, kind: Any, value: Any) -> Size:
    """The size of the filters in an argument. Raises TooMuch for what is larger than it may be."""
    if name in _TERMS and isinstance(value, list):
        check_number(value, name, MOST_TERMS)
    size = Size()
    _look(kind, value, name, 0, size)
    return size


def _look(kind: Any, value: Any, name: str, depth: int, size: Size) -> None:
    if value is None:
        return
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        items = value if isinstance(value, list) else [value]
        check_number(items, name)
        for item in items:
            _look(kind.of_type, item, name, depth, size)
    elif isinstance(kind, GraphQLInputObjectType):
        _look_within(kind, value, name, depth, size)
    else:
        _look_at_leaf(kind, value, name, depth)


def _look_within(kind: GraphQLInputObjectType, value: Any, name: str, depth: int, size: Size) -> None:
    if _FILTER.search(kind.name):
        found = check_filter(value, name)
        size.conditions += found.conditions
        size.relations += found.relations
        size.values += found.values
        return
    check_depth(depth, DEEPEST_INPUT, name)
    fields = kind.fields
    for inner, part in value.items() if isinstance(value, Mapping) else ():
        field = fields.get(inner)
        if field is not None:
            _look(field.type, part, inner, depth + 1, size)


def _look_at_leaf(kind: Any, value: Any, name: str, depth: int) -> None:
    if isinstance(value, (Mapping, list)):
        _look_at_json(value, name)
    elif isinstance(value, str):
        check_length(value, _longest(kind, name, depth), name)


def _longest(kind: Any, name: str, depth: int) -> int:
    """How long a text may be. What declared functions take themselves, they measure themselves."""
    if isinstance(kind, GraphQLEnumType) or kind.name in _WORDS:
        return LONGEST_WORD
    if depth or name not in _CURSORS:
        return LONGEST_TEXT if depth else sys.maxsize
    return LONGEST_ARGUMENT


def _look_at_json(value: Any, name: str) -> None:
    """Measure what no type describes."""
    waiting = [(value, 0)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, (Mapping, list)):
            check_depth(depth, DEEPEST_INPUT, name)
            check_number(part, name)
            waiting += [
                (inner, depth + 1) for inner in (part.values() if isinstance(part, Mapping) else part)
            ]
        elif isinstance(part, str):
            check_length(part, LONGEST_TEXT, name)
