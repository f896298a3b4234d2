"""Arguments and variables, coerced by functions that are made once for each document.

They do what graphql-core does for what is right, and leave to it what is not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
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

from kehu_graphql.bounds import Bounds
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
    """A variable, or a part of one, of a plain type: what needs no coercion is recognised by its class.

    `names` are the values of an enum by their names, `parts` the fields of an input type by theirs.
    """

    name: str
    kind: str
    is_nullable: bool
    names: Mapping[str, Any] | None = None
    parts: Mapping[str, _Known] | None = None
    made: Callable[[dict[str, Any]], Any] | None = None


class VariableReader:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, node: OperationDefinitionNode, bounds: Bounds) -> None:
        self._schema, self._definitions, self._bounds = schema, node.variable_definitions or (), bounds
        known = [_known(schema, definition) for definition in self._definitions]
        self._known = None if None in known else {each.name: each for each in known if each is not None}

    def values(self, given: Mapping[str, Any]) -> Variables:
        """The values of the variables. Raises NotCovered where graphql-core has to say what is wrong with them."""
        if self._bounds.refusal(given) is not None:
            raise NotCovered("out of bounds")
        plain = None if self._known is None else _plain(self._known, given, strict=False)
        if plain is not None:
            return plain
        values = get_variable_values(self._schema, self._definitions, dict(given))
        if not isinstance(values, VariableValues):
            raise NotCovered("variables")
        return values.coerced


def _known(schema: GraphQLSchema, definition: Any) -> _Known | None:
    if definition.default_value is not None:
        return None
    return _known_type(definition.variable.name.value, type_from_ast(schema, definition.type))


def _known_type(name: str, kind: Any) -> _Known | None:
    is_nullable = not isinstance(kind, GraphQLNonNull)
    inner = kind if is_nullable else kind.of_type
    if isinstance(inner, GraphQLEnumType):
        names = {each: inner.coerce_input_value(each) for each in inner.values}
        return _Known(name, "enum", is_nullable, names=names)
    if isinstance(inner, GraphQLInputObjectType):
        return _known_input(name, inner, is_nullable=is_nullable)
    called = getattr(inner, "name", "")
    return _Known(name, called, is_nullable) if called in _PLAIN else None


def _known_input(name: str, kind: GraphQLInputObjectType, *, is_nullable: bool) -> _Known | None:
    """An input type, as far as its fields are plain; values with others among them are coerced by graphql-core."""
    if kind.is_one_of or any(coerce_default_value(field) is not Undefined for field in kind.fields.values()):
        return None
    parts = {}
    for key, field in kind.fields.items():
        inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        # Input types may contain themselves, so one level is looked at.
        known = None if isinstance(inner, GraphQLInputObjectType) else _known_type(key, field.type)
        if known is not None and (field.out_name or key) == key:
            parts[key] = known
        elif isinstance(field.type, GraphQLNonNull):
            return None
    return _Known(name, "input", is_nullable, parts=parts, made=kind.out_type)


def _plain(known: Mapping[str, _Known], given: Mapping[str, Any], *, strict: bool) -> dict[str, Any] | None:
    """The values, where they are as they have to be; None where graphql-core has to look at them.

    Of an input (`strict`) nothing may be given that is not known.
    """
    if strict and not given.keys() <= known.keys():
        return None
    values: dict[str, Any] = {}
    for name, variable in known.items():
        if name not in given:
            if not variable.is_nullable:
                return None
            continue
        value = given[name]
        if value is not None:
            value = _plain_value(variable, value)
        elif not variable.is_nullable:
            return None
        if value is _UNFIT:
            return None
        values[name] = value
    return values


def _plain_value(variable: _Known, value: Any) -> Any:
    if variable.names is not None:
        return variable.names.get(value, _UNFIT) if value.__class__ is str else _UNFIT
    if variable.parts is not None and variable.made is not None:
        inner = _plain(variable.parts, value, strict=True) if value.__class__ is dict else None
        return _UNFIT if inner is None else variable.made(inner)
    fits = value.__class__ is _PLAIN[variable.kind] and (variable.kind != "Int" or value in _INT)
    return value if fits else _UNFIT


_UNFIT = object()
_PLAIN = {"String": str, "ID": str, "Int": int, "Boolean": bool}
