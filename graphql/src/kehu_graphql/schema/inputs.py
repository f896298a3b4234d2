"""Input types: filters, orders, and what create and update take."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from kehu.kernel.composition import ColumnDefinition, EntityDefinition, ReferenceDefinition
from kehu.kernel.names import camel
from kehu.kernel.plugin import CustomField
from kehu.kernel.reading.aggregates import TimeBucket
from kehu.kernel.reading.attributes import Attribute, Attributes, Catalogue
from kehu.kernel.texts import argument_label
from kehu_graphql.schema.fields import (
    Argument,
    define,
    enum_of,
    field,
    input_class,
    list_of,
    new_class,
    nullable,
    sentence,
)
from kehu_graphql.schema.registry import Registry

Texts = dict[str, str | None]

_COMPARABLE = (int, float, Decimal, date, datetime, str)
_CONNECTIVES: Texts = {
    "and": "All of these hold.",
    "or": "At least one of these holds.",
    "not": "This does not hold.",
}
_QUANTIFIERS: Texts = {
    "some": "At least one is so.",
    "none": "Not one is so.",
    "every": "All are so; there may be none.",
}
_OPERATOR_TEXTS: Texts = {
    "eq": "Is this; null: has none.",
    "ne": "Is not this, or has none; null: has one.",
    "in": "Is one of these.",
    "notIn": "Is none of these, or has none.",
    "isNull": "Has none; false: has one.",
    "gt": "Is greater or later.",
    "gte": "Is this, or greater or later.",
    "lt": "Is smaller or earlier.",
    "lte": "Is this, or smaller or earlier.",
    "has": "Has this among its words.",
    "contains": "Has this somewhere; case, accents, width and kinds of apostrophes do not matter.",
    "startsWith": "Begins with this; compared like `contains`.",
    "endsWith": "Ends with this; compared like `contains`.",
    "within": "Lies in this span of time.",
}
_WHICH: Texts = {
    "id": "Which record.",
    "version": "Refuse with CONFLICT when the record is at another version.",
}
_NAMES = {
    str: "String",
    int: "Int",
    bool: "Boolean",
    Decimal: "Decimal",
    float: "Float",
    date: "Date",
    datetime: "DateTime",
}


def define_filter(registry: Registry, catalogue: Catalogue, model: type[Any]) -> None:
    """`CustomerFilter`: one field per attribute, per reference and per relation, and `and`, `or`, `not`."""
    attributes = catalogue[model]
    own = registry.filters[model]

    def members() -> tuple[dict[str, Any], Texts]:
        annotations: dict[str, Any] = {
            a.name: nullable(_scalar_filter(registry, a)) for a in attributes.filterable
        }
        annotations |= {r.name: nullable(registry.filters[r.target]) for r in attributes.references.values()}
        annotations |= {
            name: nullable(_list_filter(registry, r.child)) for name, r in attributes.relations.items()
        }
        annotations |= {"and": nullable(list_of(own)), "or": nullable(list_of(own)), "not": nullable(own)}
        texts = {a.name: described_as(a) for a in attributes.filterable}
        texts |= {r.name: text_of_reference(attributes, r) for r in attributes.references.values()}
        texts |= {name: r.description or sentence(name) for name, r in attributes.relations.items()}
        return annotations, texts | _CONNECTIVES

    input_class(
        own, members, description=f"Which {attributes.entity.plural}; all conditions given must hold."
    )


def define_order(registry: Registry, catalogue: Catalogue, model: type[Any]) -> None:
    """`CustomerOrder`: a field and a direction."""
    attributes = catalogue[model]

    def fields() -> list[Any]:
        text = "Smallest or earliest first, or the other way round; those without a value come last."
        ascending = registry.direction.ASC
        return [
            field("field", order_field(registry, attributes), description="By what."),
            field("direction", registry.direction, default=ascending, description=text),
        ]

    define(
        registry.orders[model],
        fields,
        is_input=True,
        from_input=lambda cls, value, context: order_term(value),
        description=f"One term of an order of {attributes.entity.plural}.",
    )


def order_field(registry: Registry, attributes: Attributes) -> Any:
    """`CustomerOrderField`: what records can be ordered by, and figures are made of."""
    name = f"{attributes.entity.name}OrderField"
    what = f"What {attributes.entity.plural} can be ordered by."
    texts = {constant: described_as(a) for constant, a in attributes.by_constant.items()}
    return registry.shared(name, lambda: enum_of(name, attributes.by_constant, what, texts))


def described_as(attribute: Attribute) -> str | None:
    """What a filter, an order or a figure says of an attribute."""
    return attribute.description or sentence(attribute.name)


def text_of_reference(attributes: Attributes, reference: ReferenceDefinition) -> str | None:
    """What the column of a to-one field says of it."""
    return attributes.entity.columns[reference.key].description or sentence(reference.name)


def list_arguments(registry: Registry, model: type[Any]) -> dict[str, Argument]:
    """The arguments of every connection field."""
    return {
        "filter": Argument(nullable(registry.filters[model]), description="Only these."),
        "order_by": Argument(
            nullable(list_of(registry.orders[model])), description="The order; a tie is broken by the id."
        ),
        "first": Argument(
            nullable(int), description="At most so many from the start: 0 to 200, 20 if left out."
        ),
        "after": Argument(nullable(str), description="Start after this cursor."),
        "last": Argument(nullable(int), description="At most so many from the end: 0 to 200."),
        "before": Argument(nullable(str), description="End before this cursor."),
    }


def write_input(registry: Registry, entity: EntityDefinition, *, creating: bool) -> type[Any]:
    """`CreateCustomerInput` or `UpdateCustomerInput`, made once."""
    verb = "Create" if creating else "Update"
    name = f"{verb}{entity.name}Input"
    found: type[Any] = registry.shared(name, lambda: _write_input(registry, entity, name, creating=creating))
    return found


def upsert_input(registry: Registry, entity: EntityDefinition) -> type[Any]:
    """`UpsertCustomerInput`: what create takes, nothing of it required, and the version."""
    name = f"Upsert{entity.name}Input"
    found: type[Any] = registry.shared(name, lambda: _upsert_input(registry, entity, name))
    return found


def key_enum(registry: Registry, entity: EntityDefinition) -> Any:
    """`CustomerKey`: what a record can be found by instead of its id."""
    name = f"{entity.name}Key"
    about = f"What a {entity.name} is known by outside: the columns together name one."
    texts: dict[str, str | None] = {
        key.constant: f"By {' and '.join(column.name for column in key.columns)}."
        for key in entity.natural_keys.values()
    }
    return registry.shared(name, lambda: enum_of(name, entity.natural_keys, about, texts))


def _upsert_input(registry: Registry, entity: EntityDefinition, name: str) -> type[Any]:
    def members() -> tuple[dict[str, Any], Texts]:
        annotations: dict[str, Any] = {"version": nullable(int)}
        texts: Texts = {
            "version": "Refuse with CONFLICT when there is a record, and it is at another version."
        }
        for column in entity.columns.values():
            if column.options.expose and column.options.create:
                annotations[column.name] = nullable(column_type(registry, column))
                texts[column.name] = column.description
        for custom in entity.custom_fields:
            annotations[camel(custom.field_name)] = nullable(registry.argument(custom.kind))
            texts[camel(custom.field_name)] = _with_requirement(custom)
        return annotations, texts

    about = "Change the record with this key, or create it: fields left out stay as they are, null empties."
    return input_class(new_class(name), members, description=about)


def _write_input(registry: Registry, entity: EntityDefinition, name: str, *, creating: bool) -> type[Any]:
    def members() -> tuple[dict[str, Any], Texts]:
        annotations: dict[str, Any] = {} if creating else {"id": strawberry.ID, "version": nullable(int)}
        texts: Texts = {} if creating else dict(_WHICH)
        for column in entity.columns.values():
            if column.options.expose and (column.options.create if creating else column.options.update):
                kind = column_type(registry, column)
                annotations[column.name] = kind if creating and column.required else nullable(kind)
                texts[column.name] = column.description
        for custom in entity.custom_fields:
            called = camel(custom.field_name)
            # Never non-null: a mutation written before the plugin came must be answered with its userError.
            annotations[called] = nullable(registry.argument(custom.kind))
            texts[called] = _with_requirement(custom)
        return annotations, texts

    about = (
        "Create a record." if creating else "Change a record: fields left out stay as they are, null empties."
    )
    return input_class(new_class(name), members, description=about)


def _with_requirement(custom: CustomField[Any, Any]) -> str | None:
    requirement = f"Plugin {custom.origin.plugin} requires it." if custom.required else None
    return " ".join(filter(None, (custom.description, requirement))) or None


def column_type(registry: Registry, column: ColumnDefinition) -> Any:
    """The annotation of a column's value, without regard to null."""
    if column.target is not None:
        return strawberry.ID
    if column.choices_name:
        return registry.choices[column.choices_name]
    if column.kind is list:
        return list[str]
    return registry.output(column.kind)


def order_term(value: Any) -> dict[str, Any]:
    """A term of an order by names: `{"field": "NAME", "direction": "DESC"}`."""
    return {name: getattr(given, "value", given) for name, given in value.items()}


def decimal_filter(registry: Registry) -> type[Any]:
    """`DecimalFilter`, whether or not an entity has decimals."""
    return _scalar_filter(registry, Attribute("", argument_label(""), "", Decimal, lambda entity: None))


def _scalar_filter(registry: Registry, attribute: Attribute) -> type[Any]:
    kind, name = _filtered(registry, attribute)
    found = registry.scalar_filters.get(name)
    if found is None:
        found = registry.scalar_filters[name] = input_class(
            new_class(f"{name}Filter"),
            lambda: (_operators(registry, kind, attribute), _OPERATOR_TEXTS),
            description=f"Conditions on a value of type {name}.",
        )
    return found


def _filtered(registry: Registry, attribute: Attribute) -> tuple[Any, str]:
    if attribute.target is not None:
        return strawberry.ID, "ID"
    if attribute.choices_name:
        return registry.choices[attribute.choices_name], attribute.choices_name
    if attribute.kind is list:
        return str, "StringList"
    kind = registry.argument(attribute.kind)
    return kind, "ID" if kind is strawberry.ID else _NAMES.get(kind, kind.__name__)


def _operators(registry: Registry, kind: Any, attribute: Attribute) -> dict[str, Any]:
    if attribute.kind is list:
        return {"has": nullable(kind), "isNull": nullable(bool)}
    operators: dict[str, Any] = {
        "eq": nullable(kind),
        "ne": nullable(kind),
        "in": nullable(list_of(kind)),
        "notIn": nullable(list_of(kind)),
        "isNull": nullable(bool),
    }
    if attribute.kind in _COMPARABLE and attribute.target is None and not attribute.choices_name:
        operators |= dict.fromkeys(("gt", "gte", "lt", "lte"), nullable(kind))
    if attribute.is_time:
        operators["within"] = nullable(_period(registry))
    if attribute.kind is str and not attribute.choices_name:
        operators |= dict.fromkeys(("contains", "startsWith", "endsWith"), nullable(str))
    return operators


def _period(registry: Registry) -> type[Any]:
    """A span of time relative to today."""
    annotations = {"unit": registry.enum(TimeBucket), "from": nullable(int), "to": nullable(int)}
    texts: Texts = {
        "unit": "What is counted in; a week begins on Monday.",
        "from": "The first unit: -2 is the one before the last, 0, if left out, the one that today lies in.",
        "to": "The last unit, which belongs to it: 1 is the next, 0, if left out, the one that today lies in.",
    }
    about = (
        "A span of whole units around today, as it is in your time zone: "
        "`{unit: DAY, from: -29}` are the last 30 days, `{unit: MONTH, from: -1, to: -1}` is the last month."
    )
    found: type[Any] = registry.shared(
        "PeriodInput",
        lambda: input_class(new_class("PeriodInput"), lambda: (annotations, texts), description=about),
    )
    return found


def _list_filter(registry: Registry, child: type[Any]) -> type[Any]:
    found = registry.list_filters.get(child)
    if found is None:
        of = registry.filters[child]
        name = registry.composition.entities[child].name
        found = registry.list_filters[child] = input_class(
            new_class(f"{name}ListFilter"),
            lambda: (dict.fromkeys(_QUANTIFIERS, nullable(of)), _QUANTIFIERS),
            description="Some, none or every one of the related records that you may see.",
        )
    return found
