"""Operations: one query or mutation, what its directives depend on, and which fields it selects of a type."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)

Selected = dict[str, list[FieldNode]]


class NotCovered(Exception):
    """No plan for this; graphql-core executes it."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One query or mutation of a document. `switches` are the variables that @skip and @include ask for."""

    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    switches: Sequence[str]

    @classmethod
    def of(cls, schema: GraphQLSchema, document: DocumentNode, name: str | None) -> Operation:
        """The operation of a document that is to be executed. Raises NotCovered for subscriptions and directives."""
        found = [
            node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
            and (name is None or (node.name is not None and node.name.value == name))
        ]
        if len(found) != 1 or found[0].operation is OperationType.SUBSCRIPTION or found[0].directives:
            raise NotCovered("not one query or mutation")
        fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        sets = [found[0].selection_set, *(fragment.selection_set for fragment in fragments.values())]
        return cls(schema, found[0], fragments, sorted(set(_switches(sets))))

    @property
    def writes(self) -> bool:
        """Whether it is a mutation."""
        return self.node.operation is OperationType.MUTATION

    def narrowed(self, nodes: Sequence[FieldNode]) -> DocumentNode:
        """A document with nothing but these fields of the root, and what they need."""
        given = {key: getattr(self.node, key) for key in self.node.keys}
        narrow = OperationDefinitionNode(
            **{**given, "selection_set": SelectionSetNode(selections=tuple(nodes))}
        )
        return DocumentNode(definitions=(narrow, *self.fragments.values()))

    def answers(self, variables: Mapping[str, Any]) -> tuple[Any, ...]:
        """What the variables say to @skip and @include."""
        return tuple([variables.get(name) for name in self.switches])


class Collector:
    """Which fields are selected of a type, with fragments spread and directives answered."""

    def __init__(self, operation: Operation, answers: Sequence[Any]) -> None:
        self._operation, self.schema = operation, operation.schema
        self._answers = dict(zip(operation.switches, answers, strict=True))

    def selected(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> Selected:
        """The selected fields by the name that they have in the answer, in the order of the specification."""
        found: Selected = {}
        seen: set[str] = set()
        for selections in sets:
            if selections is not None:
                self._collect(kind, selections, found, seen)
        return found

    def _collect(
        self, kind: GraphQLObjectType, selections: SelectionSetNode, found: Selected, seen: set[str]
    ) -> None:
        for node in selections.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
                continue
            if isinstance(node, InlineFragmentNode):
                condition, inner = node.type_condition, node.selection_set
            else:
                name = node.name.value  # type: ignore[attr-defined]  # there is no third kind of selection
                if name in seen:
                    continue
                seen.add(name)
                fragment = self._operation.fragments[name]
                condition, inner = fragment.type_condition, fragment.selection_set
            if condition is None or self._applies(condition.name.value, kind):
                self._collect(kind, inner, found, seen)

    def _applies(self, name: str, kind: GraphQLObjectType) -> bool:
        schema = self._operation.schema
        condition: Any = schema.get_type(name)
        return condition is kind or (
            not isinstance(condition, GraphQLObjectType) and schema.is_sub_type(condition, kind)
        )

    def _is_included(self, node: Any) -> bool:
        for directive in node.directives or ():
            value = directive.arguments[0].value
            answer = self._answers[value.name.value] if isinstance(value, VariableNode) else value.value
            if bool(answer) is (directive.name.value == "skip"):
                return False
        return True


def _switches(sets: Iterable[SelectionSetNode]) -> Iterator[str]:
    for selections in sets:
        for node in selections.selections:
            for directive in node.directives or ():
                if directive.name.value not in ("skip", "include"):
                    raise NotCovered(directive.name.value)
                value = (directive.arguments or ())[0].value
                if isinstance(value, VariableNode):
                    yield value.name.value
            inner = getattr(node, "selection_set", None)
            if inner is not None:
                yield from _switches([inner])
