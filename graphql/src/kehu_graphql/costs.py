"""Costs: how many records a document may ask for at most: the sizes of its lists, multiplied where they nest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)
from graphql.type import GraphQLField

from kehu.kernel.reading.pages import DEFAULT_SIZE, LARGEST_SIZE

MAX_RECORDS = 1_000_000


def too_costly(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any] | None
) -> GraphQLError | None:
    """The refusal of a valid document that asks for too many records; None where it may be executed.

    Without variables each may have its largest value. Fields that are asked for twice count twice.
    """
    records = _Counting(schema, document, variables).most()
    if records <= MAX_RECORDS:
        return None
    return GraphQLError(
        f"This document asks for up to {records:,} records; {MAX_RECORDS:,} are allowed. Ask for smaller pages."
    )


class _Counting:
    """One document. What a fragment has is counted once, wherever it is spread."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any] | None
    ) -> None:
        self._schema, self._variables = schema, variables
        self._operations = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._counted: dict[str, int] = {}
        self._defaults: dict[str, Any] = {}

    def most(self) -> int:
        """The records of the operation that asks for most."""
        counts = [0]
        for operation in self._operations:
            self._counted.clear()
            self._defaults = {
                each.variable.name.value: each.default_value for each in operation.variable_definitions or ()
            }
            root = self._schema.get_root_type(operation.operation)
            counts.append(self._within(root, operation.selection_set))
        return max(counts)

    def _within(self, kind: Any, selections: SelectionSetNode | None) -> int:
        return sum(self._of(kind, node) for node in selections.selections) if selections else 0

    def _of(self, kind: Any, node: Any) -> int:
        if isinstance(node, FieldNode):
            field = getattr(kind, "fields", {}).get(node.name.value)
            return 0 if field is None else self._field(field, node)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            inner = self._schema.get_type(condition.name.value) if condition else kind
            return self._within(inner, node.selection_set)
        name = node.name.value
        if name not in self._counted:
            fragment = self._fragments[name]
            target = self._schema.get_type(fragment.type_condition.name.value)
            self._counted[name] = self._within(target, fragment.selection_set)
        return self._counted[name]

    def _field(self, field: GraphQLField, node: FieldNode) -> int:
        target = get_named_type(field.type)
        inner = self._within(target, node.selection_set) if is_composite_type(target) else 0
        return self._size(node.arguments or ()) * (1 + inner) if "first" in field.args else inner

    def _size(self, arguments: Iterable[Any]) -> int:
        sizes = [self._value(each.value) for each in arguments if each.name.value in ("first", "last")]
        return max((size for size in sizes if size is not None), default=DEFAULT_SIZE)

    def _value(self, value: Any) -> int | None:
        """A size that is given; what no list may have is refused later, and counts as the largest."""
        if isinstance(value, VariableNode):
            name = value.name.value
            if self._variables is None:
                return LARGEST_SIZE
            if name not in self._variables:
                return self._value(self._defaults.get(name))
            given = self._variables[name]
            if given is None:
                return None
            return given if isinstance(given, int) and 0 <= given <= LARGEST_SIZE else LARGEST_SIZE
        return max(0, min(int(value.value), LARGEST_SIZE)) if isinstance(value, IntValueNode) else None
