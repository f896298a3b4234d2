"""How generated types meet Strawberry: definitions made per App, fields with plain functions.

`@strawberry.type` would put a definition on a class for ever and inspect signatures; these make the same
StrawberryObjectDefinition for one App, and nothing global changes.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Optional

import strawberry
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from kehu.kernel.model import Deprecation
from kehu.kernel.names import camel, words

Resolver = Callable[..., Any]
MakeFields = Callable[[], list[Any]]
Members = Callable[[], tuple[Mapping[str, Any], Mapping[str, str | None]]]


class GeneratedField(StrawberryField):
    """A field that calls `resolve(source, info, **arguments)`, or `get(source)`, or reads an attribute.

    `means` says what it is made from (a column, a relation, ...) to those who do the same without calling it.
    """

    def __init__(
        self,
        resolve: Resolver | None = None,
        *,
        get: Callable[[Any], Any] | None = None,
        means: object = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.resolve, self.get, self.means = resolve, get, means

    @property
    def is_basic_field(self) -> bool:
        return self.resolve is None and self.get is None and not self.extensions

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        if self.get is not None:
            return self.get(source)
        if self.resolve is not None:
            return self.resolve(
                source, info, **{name: value for name, value in kwargs.items() if value is not UNSET}
            )
        return super().get_result(source, info, args, kwargs)


def nullable(annotation: Any) -> Any:
    """The annotation of a value that may be null; made at run time, which a type checker cannot follow."""
    return Optional[annotation]  # noqa: UP045  # `|` is not defined for every annotation at run time


def enum_of(
    name: str, values: Iterable[str], description: str, texts: Mapping[str, str | None] | None = None
) -> Any:
    """A GraphQL enum of these upper-case values, for one App; `texts` describe them."""
    members: Any = enum.Enum(name, {value: value for value in values})  # type: ignore[misc]  # made at run time
    return described(strawberry.enum(members, description=description), texts or {})


def described(made: Any, texts: Mapping[str, str | None]) -> Any:
    """The GraphQL enum with a description of each value: its text, or its name in words."""
    for value in made.__strawberry_definition__.values:
        value.description = value.description or texts.get(value.name) or sentence(value.name)
    return made


def sentence(name: str) -> str:
    """A name in words, where nobody has described it: `expectedCloseOn` is "Expected close on."."""
    return f"{words(name)}."


def list_of(annotation: Any) -> Any:
    """The annotation of a list without nulls."""
    return list[annotation]


@dataclasses.dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a field: its annotation, and its default where it has one."""

    annotation: Any
    default: Any = UNSET
    description: str | None = None


Arguments = Mapping[str, Argument]


def field(
    name: str,
    annotation: Any,
    *,
    resolve: Resolver | None = None,
    get: Callable[[Any], Any] | None = None,
    attribute: str | None = None,
    means: object = None,
    arguments: Arguments | None = None,
    default: Any = dataclasses.MISSING,
    description: str | None = None,
    deprecated: Deprecation | None = None,
    subscription: bool = False,
) -> GeneratedField:
    """A field named `name` in GraphQL; `attribute` is what it reads when neither `resolve` nor `get` is given."""
    made = GeneratedField(
        resolve,
        get=get,
        means=means,
        python_name=attribute or f"field_{name}",
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation),
        description=description,
        default=default,
        deprecation_reason=deprecated and deprecated.text,
        is_subscription=subscription,
    )
    made._arguments = [
        StrawberryArgument(
            python,
            camel(python),
            StrawberryAnnotation(a.annotation),
            default=a.default,
            description=a.description,
        )
        for python, a in (arguments or {}).items()
    ]
    return made


class _Definition(StrawberryObjectDefinition):
    """A definition whose fields are made when somebody first asks for them."""

    def __init__(self, make: MakeFields, **kwargs: Any) -> None:
        super().__init__(fields=[], **kwargs)
        del self.fields
        self._make = make

    def __getattr__(self, name: str) -> Any:
        if name != "fields":
            raise AttributeError(name)
        self.fields = self._make()
        del self._make
        return self.fields


def define(
    cls: type[Any],
    make: MakeFields,
    *,
    name: str | None = None,
    description: str | None = None,
    is_input: bool = False,
    is_interface: bool = False,
    interfaces: list[Any] | None = None,
    is_type_of: Any = None,
    resolve_type: Any = None,
    from_input: Any = None,
) -> type[Any]:
    """Make `cls` a GraphQL type of one App; `cls` must have been made for it.

    `make` makes its fields, once, when a document first comes to the type; names and functions of plugins must have
    been looked at before, so that a start tells what is wrong with them.
    """
    cls.__strawberry_definition__ = _Definition(
        make,
        name=name or cls.__name__,
        is_input=is_input,
        is_interface=is_interface,
        origin=cls,
        description=description,
        interfaces=interfaces or [],
        extend=False,
        directives=(),
        is_type_of=is_type_of,
        resolve_type=resolve_type,
        from_input=from_input,
    )
    return cls


def new_class(name: str, *bases: type[Any]) -> type[Any]:
    """An empty class to be defined later, so that types may refer to one another."""
    return type(name, bases or (object,), {})


def input_class(cls: type[Any], members: Members, *, description: str | None = None) -> type[Any]:
    """An input type whose value is the mapping as it was given: absent fields are absent, null is null.

    `members` makes annotations and descriptions, both by the names of the fields.
    """

    def fields() -> list[Any]:
        annotations, texts = members()
        return [
            field(
                name,
                annotation,
                default=UNSET if _is_optional(annotation) else dataclasses.MISSING,
                description=texts.get(name),
            )
            for name, annotation in annotations.items()
        ]

    return define(cls, fields, is_input=True, from_input=_as_given, description=description)


def _as_given(cls: type[Any], value: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    return value


def _is_optional(annotation: Any) -> bool:
    return type(None) in getattr(annotation, "__args__", ())


class Bag:
    """The runtime value of a generated payload: attributes by field name."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)
