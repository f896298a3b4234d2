"""Arguments and variables, coerced by functions that are made once for each document.

They do what graphql-core does for what is right, and leave to it what is not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_variable_values,
    type_from_ast,
)
from graphql.execution.values import VariableValues
from graphql.utilities import coerce_input_literal
from graphql.utilities.coerce_input_value import coerce_default_value

from kehu_graphql.compiled.operations import NotCovered

Variables = Mapping[str, Any]
Make = Callable[[Variables], Any]

_INT = range(-(2**31), 2**31)


class Arguments:
    """The arguments of one field."""

    def __init__(self, field: GraphQLField, node: FieldNode) -> None:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        self._fixed: dict[str, Any] = {}
        self._made: list[tuple[str, Make]] = []
        for name, argument in field.args.items():
            default = coerce_default_value(argument)
            if default is not Undefined:
                self._fixed[name] = default
            if name not in given:
                if default is Undefined and isinstance(argument.type, GraphQLNonNull):
                    raise NotCovered(name)
            elif uses_variables(given[name]):
                self._made.append((name, _made(given[name], argument.type)))
            else:
                self._fixed[name] = _constant(given[name], argument.type)

    @property
    def are_fixed(self) -> bool:
        """Whether they are the same each time."""
        return not self._made

    def values(self, variables: Variables) -> Mapping[str, Any]:
        """The values by the names that the schema has. Raises NotCovered for what graphql-core refuses."""
        if not self._made:
            return self._fixed
        values = dict(self._fixed)
        for name, make in self._made:
            value = make(variables)
            if value is not Undefined:
                values[name] = value
        return values


def uses_variables(node: Node | None) -> bool:
    """Whether a variable stands anywhere in the value of an argument."""
    if isinstance(node, VariableNode):
        return True
    if isinstance(node, ListValueNode):
        return any(uses_variables(item) for item in node.values)
    return isinstance(node, ObjectValueNode) and any(uses_variables(part.value) for part in node.fields)


def _constant(node: ValueNode, kind: Any) -> Any:
    value = coerce_input_literal(node, kind)
    if value is Undefined:
        raise NotCovered("a literal")
    return value


def _made(node: ValueNode, kind: Any) -> Make:
    """A function that makes the value; Undefined where a variable is missing."""
    if isinstance(node, VariableNode):
        return _of_variable(node.name.value, is_needed=isinstance(kind, GraphQLNonNull))
    if not uses_variables(node):
        value = _constant(node, kind)
        return _always(value)
    if isinstance(kind, GraphQLNonNull):
        return _made(node, kind.of_type)
    if isinstance(kind, GraphQLList):
        items = node.values if isinstance(node, ListValueNode) else [node]
        return _of_list([_made(item, kind.of_type) for item in items], kind.of_type)
    if isinstance(kind, GraphQLInputObjectType) and isinstance(node, ObjectValueNode) and not kind.is_one_of:
        return _of_object(node, kind)
    raise NotCovered("a variable inside of a scalar")


def _of_variable(name: str, *, is_needed: bool) -> Make:
    def make(variables: Variables) -> Any:
        value = variables.get(name, Undefined)
        if is_needed and (value is None or value is Undefined):
            raise NotCovered(name)
        return value

    return make


def _of_list(items: Sequence[Make], kind: Any) -> Make:
    is_needed = isinstance(kind, GraphQLNonNull)

    def make(variables: Variables) -> list[Any]:
        values = [item(variables) for item in items]
        if Undefined in values:
            if is_needed:
                raise NotCovered("an item")
            values = [None if value is Undefined else value for value in values]
        return values

    return make


def _of_object(node: ObjectValueNode, kind: GraphQLInputObjectType) -> Make:
    given = {part.name.value: part.value for part in node.fields}
    parts = []
    for name, field in kind.fields.items():
        default = coerce_default_value(field)
        is_needed = isinstance(field.type, GraphQLNonNull) and default is Undefined
        if name in given:
            parts.append((field.out_name or name, _made(given[name], field.type), default, is_needed))
        elif is_needed:
            raise NotCovered(name)
        elif default is not Undefined:
            parts.append((field.out_name or name, _always(default), default, False))

    def make(variables: Variables) -> Any:
        values = {}
        for name, value_of, default, is_needed in parts:
            value = value_of(variables)
            if value is Undefined:
                if is_needed:
                    raise NotCovered(name)
                value = default
            if value is not Undefined:
                values[name] = value
        return kind.out_type(values)

    return make


def _always(value: Any) -> Make:
    return lambda _variables: value


# --- variables ---
@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    """A variable of a plain type: what needs no coercion is recognised by its class."""

    name: str
    kind: str
    is_nullable: bool


class VariableReader:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, node: OperationDefinitionNode) -> None:
        self._schema, self._definitions = schema, node.variable_definitions or ()
        known = [_known(schema, definition) for definition in self._definitions]
        self._known = None if None in known else [each for each in known if each is not None]

    def values(self, given: Mapping[str, Any]) -> Variables:
        """The values of the variables. Raises NotCovered where graphql-core has to say what is wrong with them."""
        plain = None if self._known is None else _plain(self._known, given)
        if plain is not None:
            return plain
        values = get_variable_values(self._schema, self._definitions, dict(given))
        if not isinstance(values, VariableValues):
            raise NotCovered("variables")
        return values.coerced


def _known(schema: GraphQLSchema, definition: Any) -> _Known | None:
    kind: Any = type_from_ast(schema, definition.type)
    is_needed = isinstance(kind, GraphQLNonNull)
    name = getattr(kind.of_type if is_needed else kind, "name", "")
    if definition.default_value is not None or name not in ("String", "ID", "Int", "Boolean"):
        return None
    return _Known(definition.variable.name.value, name, not is_needed)


def _plain(known: Sequence[_Known], given: Mapping[str, Any]) -> Variables | None:
    """The values, where they are as they have to be; None where graphql-core has to look at them."""
    values = {}
    for variable in known:
        if variable.name not in given:
            if not variable.is_nullable:
                return None
            continue
        value = given[variable.name]
        if value is None:
            fits = variable.is_nullable
        elif variable.kind == "Int":
            fits = value.__class__ is int and value in _INT
        else:
            fits = value.__class__ is (bool if variable.kind == "Boolean" else str)
        if not fits:
            return None
        values[variable.name] = value
    return values
