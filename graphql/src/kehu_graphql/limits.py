"""Limits of documents: how much they may select, looked at before anything else, in one walk through their nodes.

Whatever a fragment holds is measured once, wherever it is spread; so the work grows with the text that was sent, and
not with what it stands for. Who comes later (validation, plans, execution) may walk through all that is selected.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    NamedTypeNode,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    ValidationContext,
)

MAX_CHARACTERS = 200_000
MAX_TOKENS = 5000
# Fields and fragments with everything that is spread, in all operations of a document together.
MAX_SELECTIONS = 2500
MAX_DEPTH = 15
# Braces within braces, those of fragments that are spread too.
MAX_NESTING = 60
MAX_ALIASES = 60
MAX_SCHEMAS = 1
MAX_TYPES = 10
# Fields of one name are compared with one another; what graphql-core counts, of which it allows 500,000.
MAX_COMPARISONS = 5000

_OF_SCHEMA = frozenset(("__schema", "__type"))
_MAY_ASK_FOR_SCHEMA = re.compile(r"__(?:schema|type)\b")


@dataclasses.dataclass(slots=True)
class Size:
    """How much is selected, with all that is spread; `schemas` and `types`: how often `__schema` and `__type` are."""

    selections: int = 0
    aliases: int = 0
    depth: int = 0
    nesting: int = 0
    schemas: int = 0
    types: int = 0

    def add(self, other: Size) -> None:
        """Count what stands beside it too."""
        self.selections += other.selections
        self.aliases += other.aliases
        self.depth = max(self.depth, other.depth)
        self.nesting = max(self.nesting, other.nesting)
        self.schemas += other.schemas
        self.types += other.types

    def below(self, name: str) -> Size:
        """The size of a field that has this selection; what is told of the schema has a depth of its own."""
        return dataclasses.replace(
            self, depth=0 if name.startswith("__") else self.depth + 1, nesting=self.nesting + 1
        )


class Measured:
    """The size of a document, and how many nodes were looked at for it."""

    def __init__(self, document: DocumentNode) -> None:
        self.size, self.visited = Size(), 0
        self._fragments = _fragments(document)
        self._known: dict[str, Size] = {}
        self._open: set[str] = set()
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self.size.add(self._of(node.selection_set, 0))
        for name in self._fragments:
            self._fragment(name, 0)

    def _of(self, selections: SelectionSetNode, level: int) -> Size:
        if level > MAX_NESTING:
            raise GraphQLError(f"This document is nested more than {MAX_NESTING} levels deep.")
        size = Size()
        for node in selections.selections:
            self.visited += 1
            size.add(self._selection(node, level))
        return size

    def _selection(self, node: Any, level: int) -> Size:
        if isinstance(node, FragmentSpreadNode):
            size = dataclasses.replace(self._fragment(node.name.value, level + 1))
        elif isinstance(node, FieldNode):
            name, inner = node.name.value, node.selection_set
            size = Size() if inner is None else self._of(inner, level + 1).below(name)
            size.aliases += node.alias is not None
            size.schemas += name == "__schema"
            size.types += name == "__type"
        else:
            size = self._of(node.selection_set, level + 1)
            size.nesting += 1
        size.selections += 1
        return size

    def _fragment(self, name: str, level: int) -> Size:
        known = self._known.get(name)
        if known is not None:
            if level + known.nesting > MAX_NESTING:
                raise GraphQLError(f"This document is nested more than {MAX_NESTING} levels deep.")
            return known
        fragment = self._fragments.get(name)
        if fragment is None:
            return Size()  # Validation says that it is not there.
        if name in self._open:
            raise GraphQLError(f"Cannot spread fragment '{name}' within itself.", fragment)
        self._open.add(name)
        found = self._known[name] = self._of(fragment.selection_set, level)
        self._open.remove(name)
        found.nesting += 1
        return found


def too_large(document: DocumentNode) -> GraphQLError | None:
    """The refusal of a document that selects too much, or spreads a fragment within itself; None for any other."""
    try:
        size = Measured(document).size
    except GraphQLError as refusal:
        return refusal
    for count, most, sentence in (
        (size.selections, MAX_SELECTIONS, "This document selects {} fields; {} are allowed."),
        (size.depth, MAX_DEPTH, "This document is {} levels deep; {} are allowed."),
        (size.aliases, MAX_ALIASES, "This document has {} aliases; {} are allowed."),
        (size.schemas, MAX_SCHEMAS, "This document asks for __schema {} times; {} is allowed."),
        (size.types, MAX_TYPES, "This document asks for __type {} times; {} are allowed."),
    ):
        if count > most:
            return GraphQLError(sentence.format(_shown(count), f"{most:,}"))
    return None


def named_types(document: DocumentNode) -> set[str]:
    """The types that a document names: of its variables, and those that its fragments are on."""
    names, waiting = set[str](), list[Any](document.definitions)
    while waiting:
        node = waiting.pop()
        inner = getattr(node, "selection_set", None)
        if inner is not None:
            waiting += inner.selections
        kinds = [getattr(node, "type_condition", None)]
        kinds += [each.type for each in getattr(node, "variable_definitions", None) or ()]
        names.update(_name(kind) for kind in kinds if kind is not None)
    return names


def _name(kind: Any) -> str:
    """The name of a type without the signs for lists and for what may not be null."""
    while not isinstance(kind, NamedTypeNode):
        kind = kind.type
    return kind.name.value


def may_ask_for_schema(text: str) -> bool:
    """Whether a document names what tells of the schema."""
    return _MAY_ASK_FOR_SCHEMA.search(text) is not None


def asks_for_schema(document: DocumentNode, operation: str | None) -> bool:
    """Whether this operation of a valid document asks for the schema, and so for nothing else."""
    found = [node for node in _operations(document) if operation in (None, node.name and node.name.value)]
    return len(found) == 1 and not _OF_SCHEMA.isdisjoint(_asked(found[0], document))


def mixed_with_schema(document: DocumentNode) -> GraphQLError | None:
    """The refusal of a document that asks for records and the schema at once; None for any other."""
    for node in _operations(document):
        asked = _asked(node, document)
        if not _OF_SCHEMA.isdisjoint(asked) and asked - _OF_SCHEMA - {"__typename"}:
            return GraphQLError("Ask for __schema and __type in an operation of their own.", node)
    return None


def repeated(document: DocumentNode, once: Container[str]) -> FieldNode | None:
    """Where an operation asks again for a mutation that a document may ask for `once`; None where none does."""
    for operation in _operations(document):
        known: set[str] = set()
        for node in _root_fields(operation, document).values():
            if node.name.value in known and operation.operation is OperationType.MUTATION:
                return node
            known |= {node.name.value} if node.name.value in once else set()
    return None


def _asked(operation: OperationDefinitionNode, document: DocumentNode) -> set[str]:
    return {node.name.value for node in _root_fields(operation, document).values()}


def _operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    return (node for node in document.definitions if isinstance(node, OperationDefinitionNode))


def _fragments(document: DocumentNode) -> Mapping[str, FragmentDefinitionNode]:
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


def _root_fields(operation: OperationDefinitionNode, document: DocumentNode) -> Mapping[str, FieldNode]:
    """The fields that an operation asks for first, those of fragments too, by their names in the answer."""
    fragments, spread = _fragments(document), set[str]()
    found: dict[str, FieldNode] = {}
    waiting: list[Any] = [*operation.selection_set.selections]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode):
            found.setdefault((node.alias or node.name).value, node)
        elif isinstance(node, FragmentSpreadNode):
            if node.name.value not in spread:
                spread.add(node.name.value)
                waiting += fragments[node.name.value].selection_set.selections
        else:
            waiting += node.selection_set.selections
    return found


class FieldsCanBeMerged(OverlappingFieldsCanBeMergedRule):
    """graphql-core's rule, which compares fields of one name in pairs, with fewer comparisons until it gives up."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MAX_COMPARISONS


def _shown(count: int) -> str:
    """The number; one that nobody reads is only called large."""
    return f"{count:,}" if count < 10**9 else "more than a billion"
