"""Documents that ask for one root field each, with values for all that it needs."""

from __future__ import annotations

import json
import uuid
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

import kehu

_VALUES = {
    "ID": json.dumps(kehu.global_id("Customer", uuid.UUID(int=1))),
    "Int": "1",
    "Boolean": "true",
    "Decimal": '"1"',
    "Float": "1",
    "Date": '"2026-03-02"',
    "DateTime": '"2026-03-02T09:00:00Z"',
    "JSON": "{}",
}


def root_field(name: str, field: GraphQLField) -> str:
    """The root field with what it needs, and of its answer the names of types."""
    needed = [
        f"{key}: {literal(argument.type)}"
        for key, argument in field.args.items()
        if is_required_argument(argument) and not takes_files(argument.type)
    ]
    kind: Any = field.type
    while isinstance(kind, (GraphQLNonNull, GraphQLList)):
        kind = kind.of_type
    given = f"({', '.join(needed)})" if needed else ""
    return f"{name}{given}{'' if is_leaf_type(kind) else ' { __typename }'}"


def takes_files(kind: Any) -> bool:
    """Whether only a multipart request can give a value of this type."""
    while isinstance(kind, (GraphQLNonNull, GraphQLList)):
        kind = kind.of_type
    return bool(kind.name == "Upload")


def literal(kind: Any) -> str:
    """A value of an input type, with no more than what it needs."""
    if isinstance(kind, GraphQLNonNull):
        return literal(kind.of_type)
    if isinstance(kind, GraphQLList):
        return f"[{literal(kind.of_type)}]"
    if isinstance(kind, GraphQLEnumType):
        return str(next(iter(kind.values)))
    if isinstance(kind, GraphQLInputObjectType):
        needed = [
            f"{name}: {literal(field.type)}"
            for name, field in kind.fields.items()
            if is_required_input_field(field)
        ]
        return f"{{ {', '.join(needed)} }}"
    return _VALUES.get(kind.name, '"x"')
