"""Registry: the GraphQL types of one App, and what a Python annotation means in its schema."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import typing
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.schema.types.scalar import DEFAULT_SCALAR_REGISTRY
from strawberry.types.scalar import ScalarDefinition

import kehu
from kehu.kernel.composition import Composition
from kehu.kernel.model import MOST_DIGITS, is_of_ordinary_length
from kehu.kernel.names import camel, words
from kehu_graphql.schema.fields import (
    define,
    described,
    enum_of,
    field,
    input_class,
    list_of,
    new_class,
    nullable,
    sentence,
)

_SEQUENCES = (list, tuple, Sequence, frozenset, set)
_GENERATED = re.compile(
    r"(?P<of>\w+?)(Aggregate|Avg|Changed|Connection|Distinct|Edge|Group(By|Field|Key)|Having|Key|Max|Min|Order|OrderField"
    r"|Percentile|Result|Rights|Sum)|\w+(Filter|Payload)|(Create|Update|Upsert|Period)\w*Input"
    r"|AggregateMeasure|OrderDirection|PageInfo|SearchResults|UserError|Query|Mutation|Subscription"
)
_ASYNC = (AsyncIterator, AsyncGenerator, Awaitable)


class Registry:
    """Classes that stand for GraphQL types, made for one App and found by mapped class, enum or dataclass."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.names: dict[str, str] = {}
        self.problems: list[str] = []
        # Types that a plugin wrote with Strawberry; who knows what they lead to.
        self.has_hand_written = bool(
            composition.root_extensions or any(e.extensions for e in composition.entities.values())
        )
        self.once = {
            camel(root.name): root.once
            for root in composition.roots
            if root.kind == "mutation" and root.once is not None
        }
        entities = composition.entities.items()
        self.objects = {model: new_class(entity.name, strawberry.relay.Node) for model, entity in entities}
        self.connections = {model: new_class(f"{entity.name}Connection") for model, entity in entities}
        self.filters = {model: new_class(f"{entity.name}Filter") for model, entity in entities}
        self.orders = {model: new_class(f"{entity.name}Order") for model, entity in entities}
        listed = [model for model, entity in entities if "list" in entity.operations]
        self._listed = {
            cls[model].__name__: cls[model] for cls in (self.filters, self.orders) for model in listed
        }
        self.choices = {
            column.choices_name: enum_of(
                column.choices_name, column.choices, f"The values of {entity.name}.{column.name}."
            )
            for _, entity in entities
            for column in entity.columns.values()
            if column.choices_name
        }
        self.groupings = {model: new_class(f"{entity.name}GroupBy") for model, entity in entities}
        self.group_keys = {model: new_class(f"{entity.name}GroupKey") for model, entity in entities}
        self.direction = enum_of("OrderDirection", ("ASC", "DESC"), "Which end of an order comes first.")
        self.user_error = _user_error()
        self.interfaces: dict[type[Any], type[Any]] = {}
        self.scalar_filters: dict[Any, type[Any]] = {}
        self.list_filters: dict[type[Any], type[Any]] = {}
        self.write_inputs: dict[str, type[Any]] = {}
        self._dataclasses: dict[tuple[type[Any], bool], type[Any]] = {}
        self._enums: dict[type[Any], Any] = {}

    def named(self, name: str) -> Any:
        """A type that documents have variables of, by its name; None for one that others have to lead to."""
        return self.write_inputs.get(name) or self._listed.get(name)

    def shared(self, name: str, make: Callable[[], Any]) -> Any:
        """A type that several others use, made once."""
        found = self.write_inputs.get(name)
        if found is None:
            found = self.write_inputs[name] = make()
        return found

    # --- annotations ---
    def output(self, annotation: Any) -> Any:
        """The annotation with mapped classes, connections, enums and dataclasses replaced by this App's types."""
        made = self._translated(annotation, is_input=False)
        # The record may lie outside of what the reader may see.
        return nullable(made) if self._is_record(annotation) else made

    def items(self, annotation: Any) -> Any:
        """The same for what is told one by one, where a hidden record is left out."""
        return self._translated(annotation, is_input=False)

    def has_records(self, annotation: Any) -> bool:
        """Whether a value of it may have records; those of pages do not count, being read under the row scope."""
        return self._has_records(annotation, set())

    def _has_records(self, annotation: Any, known: set[Any]) -> bool:
        if get_origin(annotation) is kehu.Connection:
            return False
        if isinstance(annotation, type) and self._is_record(annotation):
            return True
        if dataclasses.is_dataclass(annotation) and annotation not in known:
            known.add(annotation)
            hints = typing.get_type_hints(annotation)
            return any(self._has_records(hints[m.name], known) for m in dataclasses.fields(annotation))
        return any(self._has_records(part, known) for part in get_args(annotation))

    def _is_record(self, annotation: Any) -> bool:
        if get_origin(annotation) in (Annotated, *_ASYNC, Union, UnionType):
            return any(self._is_record(part) for part in get_args(annotation))
        return isinstance(annotation, type) and (
            annotation in self.objects or annotation in self.composition.interfaces
        )

    def argument(self, annotation: Any) -> Any:
        """The same for an argument: a mapped class is given by its id, a dataclass is an input type."""
        return self._translated(annotation, is_input=True)

    def needs(self, annotation: Any) -> bool:
        """Whether `output` would change the annotation of a hand-written Strawberry field."""
        if isinstance(annotation, type) and (
            annotation in self.objects or annotation in self.composition.interfaces
        ):
            return True
        return get_origin(annotation) is kehu.Connection or any(
            self.needs(part) for part in get_args(annotation)
        )

    def _translated(self, annotation: Any, *, is_input: bool) -> Any:
        origin, args = get_origin(annotation), get_args(annotation)
        if origin is kehu.Connection:
            return self.connections[args[0]]
        if origin in _ASYNC:
            return self._translated(args[0], is_input=is_input)
        if origin in (Union, UnionType):
            return Union[tuple(self._translated(part, is_input=is_input) for part in args)]  # noqa: UP007  # made at run time
        if origin is Annotated:
            return self._choice(args[1]) or self._translated(args[0], is_input=is_input)
        if origin in _SEQUENCES:
            return list_of(self._translated(args[0], is_input=is_input))
        if annotation is dict or origin in (dict, Mapping):
            return JSON
        return self._named(annotation, is_input=is_input) if isinstance(annotation, type) else annotation

    def _choice(self, attribute: Any) -> Any:
        """The enum of `Annotated[str, Opportunity.lost_reason]`, a value of that pick-list; None for other remarks."""
        entity = self.composition.entities.get(getattr(attribute, "class_", None))  # type: ignore[arg-type]  # None is no entity
        column = entity.columns.get(attribute.key) if entity else None
        return self.choices[column.choices_name] if column and column.choices_name else None

    def _named(self, cls: type[Any], *, is_input: bool) -> Any:
        if cls in self.objects:
            return strawberry.ID if is_input else self.objects[cls]
        if cls in self.composition.interfaces:
            return self.interface(cls)
        if issubclass(cls, kehu.GlobalId):
            return strawberry.ID
        if issubclass(cls, enum.Enum):
            return self.enum(cls)
        if cls in SCALARS:
            return cls
        if dataclasses.is_dataclass(cls) and not hasattr(cls, "__strawberry_definition__"):
            return self._dataclass(cls, is_input=is_input)
        if hasattr(cls, "__strawberry_definition__"):
            self.has_hand_written = True
        elif cls not in _SCALARS and not hasattr(cls, "_scalar_definition"):
            self.problems.append(
                f"{cls.__module__}.{cls.__qualname__} stands in an annotation, but no GraphQL type is made of it; "
                "use a scalar, an enum, a dataclass or an entity"
            )
        return cls

    # --- named types ---
    def enum(self, cls: type[enum.Enum]) -> Any:
        """The GraphQL enum of a Python enum; its values are the member names."""
        found = self._enums.get(cls)
        if found is None:
            self._claim(cls.__name__, cls)
            found = (
                cls
                if hasattr(cls, "__strawberry_definition__")
                else strawberry.enum(cls, description=_doc(cls) or f"{words(cls.__name__)}.")
            )
            described(found, {})
            self._enums[cls] = found
        return found

    def interface(self, protocol: type[Any]) -> type[Any]:
        """The GraphQL interface of a declared Protocol."""
        found = self.interfaces.get(protocol)
        if found is None:
            declared = self.composition.interfaces[protocol]
            cls = self.interfaces[protocol] = new_class(declared.name)
            kinds = {name: self.output(kind) for name, kind in declared.fields.items()}

            def fields() -> list[Any]:
                return [
                    field(camel(name), kind, attribute=name, description=sentence(name))
                    for name, kind in kinds.items()
                ]

            define(cls, fields, is_interface=True, resolve_type=self.type_name_of, description=_doc(protocol))
        return found or self.interfaces[protocol]

    def type_name_of(self, record: Any, info: Any, abstract: Any) -> str:
        """The type name of a record, for interfaces."""
        return self.composition.entities[type(record)].name

    def _dataclass(self, cls: type[Any], *, is_input: bool) -> type[Any]:
        key = (cls, is_input)
        found = self._dataclasses.get(key)
        if found is not None:
            return found
        name = cls.__name__ + ("Input" if is_input and not cls.__name__.endswith("Input") else "")
        self._claim(name, cls)
        made = self._dataclasses[key] = new_class(name)
        hints = typing.get_type_hints(cls)
        members = dataclasses.fields(cls)
        if is_input:
            annotations = {camel(m.name): self.argument(hints[m.name]) for m in members}
            texts = {camel(m.name): _member_text(m) for m in members}
            input_class(made, lambda: (annotations, texts), description=_doc(cls))
            made.__strawberry_definition__.from_input = lambda _, value, __: _filled(cls, value)
            return made
        kinds = {m.name: self.output(hints[m.name]) for m in members}

        def fields() -> list[Any]:
            return [
                field(camel(m.name), kinds[m.name], attribute=m.name, description=_member_text(m))
                for m in members
            ]

        return define(
            made, fields, description=_doc(cls), is_type_of=lambda value, info: isinstance(value, cls)
        )

    def _owner_of(self, name: str) -> str | None:
        """What a name belongs to that no plugin may give: an entity, or what is generated of one."""
        by_name = self.composition.by_name
        if name in by_name:
            return "an entity"
        like = _GENERATED.fullmatch(name)
        return "kehu itself" if like and (like["of"] is None or like["of"] in by_name) else None

    def _claim(self, name: str, cls: type[Any]) -> None:
        where = f"{cls.__module__}.{cls.__qualname__}"
        taken = self._owner_of(name) or self.names.setdefault(name, where)
        if taken != where:
            self.problems.append(f"type {name!r} is defined by {taken} and by {where}; rename one of them")


def _filled(cls: type[Any], value: Mapping[str, Any]) -> Any:
    by_name = {camel(member.name): member.name for member in dataclasses.fields(cls)}
    return cls(**{by_name[name]: given for name, given in value.items()})


def _user_error() -> type[Any]:
    texts = {
        "code": "A stable code, listed in docs/errors.md.",
        "message": "A sentence for the person who reads it.",
        "field": "The field of the input that is to blame, if it is one.",
        "plugin": "The plugin whose rule refused, if it was one.",
    }
    kinds = {"code": str, "message": str, "field": str | None, "plugin": str | None}

    def fields() -> list[Any]:
        return [field(name, kind, attribute=name, description=texts[name]) for name, kind in kinds.items()]

    return define(
        new_class("UserError"), fields, description="Why a write was refused; nothing has been changed."
    )


def _member_text(member: dataclasses.Field[Any]) -> str:
    text: str | None = member.metadata.get("description")
    return text or sentence(member.name)


def _doc(cls: type[Any]) -> str | None:
    text: str = cls.__dict__.get("__doc__") or ""
    generated = not text or text.startswith(f"{cls.__name__}(") or text == "An enumeration."
    return None if generated else inspect.cleandoc(text)


# --- scalars ---
def _plain(value: Decimal) -> str:
    """Without exponent and without trailing zeros: `1054.5`."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def decimal(value: Any) -> Decimal:
    """The number that is given for a Decimal. Raises GraphQLError for what is none."""
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise GraphQLError(f"{value!r} is no decimal number.") from None
    if not number.is_finite():
        raise GraphQLError(f"{value!r} is no decimal number.")
    if not is_of_ordinary_length(number):
        raise GraphQLError(
            f"A decimal number has at most {MOST_DIGITS} digits before its point, and as many behind it."
        )
    return number


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise GraphQLError(f"{value!r} is no moment; write 2026-01-31T08:30:00Z.") from None
    if moment.tzinfo is None:
        raise GraphQLError(f"{value!r} has no time zone; write 2026-01-31T08:30:00Z.")
    return moment


def _rfc3339(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _file(value: Any) -> kehu.Upload:
    if not isinstance(value, kehu.Upload):
        raise GraphQLError(
            "A file is sent with a multipart request, in the place of a variable that is null."
        )
    return value


def _no_answer(value: Any) -> Any:
    raise GraphQLError("Files are never in an answer.")


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number, as a string: `"1054.5"`.',
        serialize=_plain,
        parse_value=decimal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='A moment in RFC 3339 with its zone: `"2026-01-31T08:30:00Z"`.',
        serialize=_rfc3339,
        parse_value=_moment,
    ),
    kehu.Upload: strawberry.scalar(
        name="Upload",
        description="A file, sent with a multipart request: a variable that is null there, and named in `map`.",
        serialize=_no_answer,
        parse_value=_file,
    ),
}
_SCALARS = {type(None), *DEFAULT_SCALAR_REGISTRY, *SCALARS}
