"""What of an entity can be filtered, ordered and grouped by: columns, custom fields and SQL fields alike."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kehu.kernel.composition import ColumnDefinition, Composition, EntityDefinition, ReferenceDefinition
from kehu.kernel.composition.money import currency_on
from kehu.kernel.names import camel
from kehu.kernel.plugin import CustomField
from kehu.kernel.plugin import declarations as d
from kehu.kernel.texts import Label, field_label

NUMBERS = (Decimal, int, float)
ORDERED = (*NUMBERS, date, datetime, str)


@dataclasses.dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute. `on` gives its SQL expression for the entity's class or an alias of it.

    `attribute` is set where a loaded record has the value, so that it need not be selected again; `currency` gives that
    of an amount as SQL: NULL of nothing, SEVERAL_CURRENCIES of what is in several.
    """

    name: str
    label: Label
    constant: str
    kind: type[Any]
    on: Callable[[Any], Any]
    nullable: bool = True
    target: type[Any] | None = None
    read: str | None = None
    attribute: str | None = None
    choices_name: str | None = None
    filters: bool = True
    orders: bool = True
    description: str | None = None
    currency: Callable[[Any], Any] | None = None

    @property
    def is_number(self) -> bool:
        """Can be summed."""
        return self.kind in NUMBERS and self.target is None

    @property
    def is_ordered(self) -> bool:
        """Has a smallest and a largest value."""
        return self.kind in ORDERED and self.target is None

    @property
    def is_time(self) -> bool:
        """A date or a moment, which can be grouped by month and the like."""
        return self.kind in (date, datetime)


class Attributes:
    """The attributes of one entity, by their GraphQL name and by the constant of the order enum."""

    def __init__(self, entity: EntityDefinition) -> None:
        self.entity = entity
        found = [_identity(entity), *_columns(entity), *_custom_fields(entity), *_sql_fields(entity)]
        self.by_name = {attribute.name: attribute for attribute in found}
        self.by_constant = {attribute.constant: attribute for attribute in found if attribute.orders}
        self.references: dict[str, ReferenceDefinition] = {r.name: r for r in entity.references.values()}
        self.relations: dict[str, d.RelationDeclaration] = {camel(r.name): r for r in entity.relations}

    def hides(self, reference: ReferenceDefinition) -> str | None:
        """The permission without which nobody sees what the reference leads to; None where it is no secret."""
        return self.entity.columns[reference.key].options.read

    @property
    def filterable(self) -> list[Attribute]:
        """Those that filters may use."""
        return [attribute for attribute in self.by_name.values() if attribute.filters]

    @property
    def groupable(self) -> list[Attribute]:
        """Those that aggregates may group by: not ids, not free numbers."""
        plain = (str, bool, date, datetime)
        return [
            a
            for a in self.by_name.values()
            if a.filters
            and a.orders | bool(a.target)
            and a.name != "id"
            and (a.target or a.kind in plain or issubclass(a.kind, enum.Enum))
        ]

    @property
    def measures(self) -> list[Attribute]:
        """Those that aggregates may sum."""
        return [attribute for attribute in self.by_name.values() if attribute.is_number and attribute.orders]


class Catalogue:
    """The attributes of every entity of a composition."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self._of = {model: Attributes(entity) for model, entity in composition.entities.items()}

    def __getitem__(self, model: type[Any]) -> Attributes:
        return self._of[model]


def _identity(entity: EntityDefinition) -> Attribute:
    return Attribute(
        "id",
        field_label(entity.name, "id"),
        "ID",
        uuid.UUID,
        lambda e: e.id,
        nullable=False,
        target=entity.model,
        attribute="id",
        description="The record's global id.",
    )


def _columns(entity: EntityDefinition) -> list[Attribute]:
    shown = [
        column for column in entity.columns.values() if column.options.expose and column.kind is not dict
    ]
    return [_column(entity, column) for column in shown]


def _column(entity: EntityDefinition, column: ColumnDefinition) -> Attribute:
    name = column.attribute
    return Attribute(
        column.name,
        column.label,
        name.upper(),
        column.kind,
        lambda e: getattr(e, name),
        nullable=column.nullable,
        target=column.target,
        read=column.options.read,
        attribute=name,
        choices_name=column.choices_name,
        filters=column.options.filter,
        orders=column.options.order and column.target is None and column.kind is not list,
        description=column.description,
        currency=_currency(entity, name, lambda e: getattr(e, name)),
    )


def _currency(
    entity: EntityDefinition, name: str, amount: Callable[[Any], Any]
) -> Callable[[Any], Any] | None:
    """The currency of each amount that there is; one without a currency is in one of its own."""
    path = entity.currencies.get(name)
    if path is None:
        return None
    return lambda e: sa.case((amount(e).is_not(None), sa.func.coalesce(currency_on(path, e), "")))


def _custom_fields(entity: EntityDefinition) -> list[Attribute]:
    return [_custom(entity, custom) for custom in entity.custom_fields]


def _custom(entity: EntityDefinition, custom: CustomField[Any, Any]) -> Attribute:
    return Attribute(
        camel(custom.field_name),
        field_label(entity.name, custom.field_name),
        custom.field_name.upper(),
        custom.kind,
        custom.on,
        read=custom.read,
        description=custom.description,
    )


def _sql_fields(entity: EntityDefinition) -> list[Attribute]:
    return [
        Attribute(
            camel(f.name),
            field_label(entity.name, f.name),
            f.name.upper(),
            sql_kind(f),
            f.function,
            read=f.read,
            description=f.description,
            currency=f.money if callable(f.money) else _currency(entity, f.name, f.function),
        )
        for f in entity.fields
        if f.kind == "sql"
    ]


def sql_kind(field: d.FieldDeclaration) -> type[Any]:
    """The Python type of a SQL field, from the type of its expression."""
    return field.function(field.model).type.python_type  # type: ignore[no-any-return]
