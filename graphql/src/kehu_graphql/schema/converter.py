"""How types become those of graphql-core: Strawberry's converter, with a short way for what kehu generates."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from graphql import GraphQLArgument, GraphQLField, GraphQLInputField, GraphQLScalarType
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from kehu_graphql.schema.fields import GeneratedField

Resolve = Callable[..., Any]

# Scalars that Strawberry brings without a word.
_SCALAR_TEXTS = {"UUID": 'A UUID, as a string: `"0190f3c4-7d5e-7a6b-8c9d-0e1f2a3b4c5d"`.'}
_BACK = GraphQLCoreConverter.DEFINITION_BACKREF


class Converter(GraphQLCoreConverter):
    """Makes the fields of generated types by what they do; equal annotations share a type, equal arguments too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._typed: dict[Any, Any] = {}
        self._arguments: dict[Any, GraphQLArgument] = {}

    def get_graphql_fields(self, type_definition: StrawberryObjectDefinition) -> dict[str, GraphQLField]:
        """The fields of a type. Those of generated types have no annotation that has to be looked at before."""
        fields = self.get_fields(type_definition)
        if not all(isinstance(field, GeneratedField) for field in fields):
            return super().get_graphql_fields(type_definition)
        return {self.name_of(field): self.from_field(field) for field in fields}

    def get_graphql_input_fields(
        self, type_definition: StrawberryObjectDefinition
    ) -> dict[str, GraphQLInputField]:
        """The same for an input type."""
        fields = self.get_fields(type_definition)
        if not all(isinstance(field, GeneratedField) for field in fields):
            return super().get_graphql_input_fields(type_definition)
        return {
            self.name_of(field): self.from_input_field(field, type_definition=type_definition)
            for field in fields
        }

    def name_of(self, field: StrawberryField) -> str:
        """The name of a field in GraphQL."""
        return self.config.name_converter.from_field(field)

    def from_field(
        self, field: StrawberryField, *, type_definition: StrawberryObjectDefinition | None = None
    ) -> GraphQLField:
        """The field, with a direct call instead of Strawberry's closures where it takes no arguments."""
        if not isinstance(field, GeneratedField):
            return super().from_field(field, type_definition=type_definition)
        resolve, subscribe = self._plain(field), None
        if field.is_subscription:
            resolve, subscribe = _event, resolve
        return GraphQLField(
            self._type_of(field.type_annotation),
            {self.config.name_converter.from_argument(a): self._argument(a) for a in field.arguments},
            resolve,
            subscribe,
            field.description,
            field.deprecation_reason,
            {_BACK: field},
        )

    def from_input_field(
        self, field: StrawberryField, *, type_definition: StrawberryObjectDefinition | None = None
    ) -> GraphQLInputField:
        """The field of an input type."""
        if not isinstance(field, GeneratedField) or not _is_absent(field.default_value):
            return super().from_input_field(field, type_definition=type_definition)
        return GraphQLInputField(
            self._type_of(field.type_annotation),
            description=field.description,
            deprecation_reason=field.deprecation_reason,
            extensions={_BACK: field},
        )

    def from_scalar(self, scalar: type) -> GraphQLScalarType:
        """The scalar, which says what it is."""
        made = super().from_scalar(scalar)
        made.description = made.description or _SCALAR_TEXTS.get(made.name)
        return made

    def _plain(self, field: GeneratedField) -> Resolve:
        if field.get is not None:
            return _calling(field.get)
        return _reading(field.python_name) if field.resolve is None else self.from_resolver(field)

    def _argument(self, argument: StrawberryArgument) -> GraphQLArgument:
        if argument.default is not UNSET:
            return self.from_argument(argument)
        key = (argument.type_annotation.raw_annotation, argument.python_name, argument.description)
        found = self._arguments.get(key)
        if found is None:
            found = self._arguments[key] = GraphQLArgument(
                self._type_of(argument.type_annotation),
                description=argument.description,
                extensions={_BACK: argument},
            )
        return found

    def _type_of(self, annotation: StrawberryAnnotation | None) -> Any:
        assert annotation is not None
        raw = annotation.raw_annotation
        found = self._typed.get(raw)
        if found is None:
            found = self._typed[raw] = self.from_maybe_optional(annotation.resolve())
        return found


def _calling(get: Callable[[Any], Any]) -> Resolve:
    return lambda record, info: get(record)


def _reading(attribute: str) -> Resolve:
    return lambda record, info: getattr(record, attribute)


def _is_absent(default: Any) -> bool:
    return default is UNSET or default is dataclasses.MISSING


def _event(event: Any, *_: Any, **__: Any) -> Any:
    return event
