"""Which figures a document asks for, so that no others are computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    value_from_ast_untyped,
)

from kehu.kernel.reading.attributes import Attribute, Attributes
from kehu.kernel.reading.measures import Measure
from kehu_graphql.schema.registry import decimal

PERCENTILE = "percentile"
MEDIAN = Decimal(50)


def selected(
    info: Any, attributes: Attributes
) -> tuple[list[tuple[Measure, Attribute]], list[tuple[Decimal, Attribute]]]:
    """The measures and the percentiles that the document asks for; only these are computed."""
    raw = info._raw_info
    measures: dict[tuple[Measure, Attribute], None] = {}
    percentiles: dict[tuple[Decimal, Attribute], None] = {}
    for node in raw.field_nodes:
        for asked in _fields(node.selection_set, raw):
            inner = [each.name.value for each in _fields(asked.selection_set, raw)]
            members = [attributes.by_name[name] for name in inner if name in attributes.by_name]
            measure = next((m for m in Measure if m.value == asked.name.value), None)
            if measure is not None:
                measures |= {(measure, attribute): None for attribute in members}
            elif asked.name.value == PERCENTILE:
                percent = _percent(asked, raw.variable_values)
                percentiles |= {(percent, attribute): None for attribute in members}
    return list(measures), list(percentiles)


def _percent(asked: FieldNode, variables: Mapping[str, Any]) -> Decimal:
    """The argument of a percentile, as its resolver will get it."""
    for argument in asked.arguments or ():
        if isinstance(argument.value, VariableNode):
            return cast(Decimal, variables.get(argument.value.name.value, MEDIAN))
        return decimal(value_from_ast_untyped(argument.value))
    return MEDIAN


def _fields(selections: SelectionSetNode | None, raw: Any) -> Iterator[FieldNode]:
    for selection in selections.selections if selections else ():
        if not _is_included(selection, raw.variable_values):
            continue
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(raw.fragments[selection.name.value].selection_set, raw)
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, raw)


def _is_included(node: Any, variables: Mapping[str, Any]) -> bool:
    for directive in node.directives or ():
        given = directive.arguments[0].value
        answer = variables.get(given.name.value) if isinstance(given, VariableNode) else given.value
        if bool(answer) is (directive.name.value == "skip"):
            return False
    return True
