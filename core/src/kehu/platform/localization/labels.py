"""Labels: what people read instead of the names of types, fields and choices, in their language."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kehu.kernel.composition import ColumnDefinition, EntityDefinition
from kehu.kernel.names import camel, pascal, words
from kehu.kernel.texts import Label, choice_label, field_label, type_label
from kehu.platform.localization.catalogues import Catalogues, catalogues_of

if TYPE_CHECKING:
    from kehu.kernel.context import Context


@dataclasses.dataclass(frozen=True, slots=True)
class ChoiceLabel:
    """A value of a pick-list, and what people read for it."""

    value: str
    label: str


@dataclasses.dataclass(frozen=True, slots=True)
class FieldLabel:
    """A field, what people read for it, and the labels of its choices if it is a pick-list."""

    name: str
    label: str
    choices: list[ChoiceLabel]


@dataclasses.dataclass(frozen=True, slots=True)
class EntityLabel:
    """A type, what people read for one and for many, and its fields."""

    name: str
    label: str
    plural_label: str
    fields: list[FieldLabel]


def labels_of(ctx: Context, locale: str | None = None) -> list[EntityLabel]:
    """The labels of every type in a language, that of who asks if none is given."""
    language = locale or ctx.locale
    catalogues = catalogues_of(ctx.app)
    return [
        labels_of_entity(catalogues, entity, language) for entity in ctx.app.composition.entities.values()
    ]


def labels_of_entity(catalogues: Catalogues, entity: EntityDefinition, locale: str) -> EntityLabel:
    """The labels of one type in a language."""

    def told(label: Label) -> str:
        return catalogues.name(label.context, label.english, locale)

    fields = [
        FieldLabel(
            field.name,
            told(field_label(entity.name, field.name)),
            [
                ChoiceLabel(value, told(choice_label(entity.name, field.name, value)))
                for value in field.choices
            ],
        )
        for field in _fields(entity)
    ]
    many = Label(entity.name, words(pascal(entity.plural)))
    return EntityLabel(entity.name, told(type_label(entity.name)), told(many), fields)


def missing_names(ctx: Context, locale: str, *, plugin: str) -> list[str]:
    """The names that a plugin brings and its catalogue for `locale` does not have, with context.

    They are those of its types, of their fields and choices, and of what it adds to the types of others.
    """
    catalogues = catalogues_of(ctx.app)
    named = [
        label
        for entity in ctx.app.composition.entities.values()
        for owner, label in _labels(entity)
        if owner == plugin
    ]
    return [
        f"{label.context}: {label.english}"
        for label in named
        if not catalogues.has(label.context, label.english, locale)
    ]


def _labels(entity: EntityDefinition) -> Iterator[tuple[str, Label]]:
    """Every label of a type, with the plugin that brings what it is of."""
    yield entity.owner.plugin, type_label(entity.name)
    for field in _fields(entity):
        yield field.owner, field_label(entity.name, field.name)
        yield from ((field.owner, choice_label(entity.name, field.name, value)) for value in field.choices)


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """A field, the plugin that brings it, and its values if it is a pick-list."""

    name: str
    owner: str
    choices: Sequence[str] = ()


def _fields(entity: EntityDefinition) -> Iterator[_Field]:
    for column in entity.columns.values():
        if column.options.expose:
            yield _Field(column.name, entity.owner.plugin, _values(column))
    for computed in entity.fields:
        yield _Field(camel(computed.name), computed.origin.plugin)
    for relation in entity.relations:
        yield _Field(camel(relation.name), relation.origin.plugin)
    for custom in entity.custom_fields:
        choices = [choice for choice in custom.choices if isinstance(choice, str)]
        yield _Field(camel(custom.field_name), custom.origin.plugin, choices)


def _values(column: ColumnDefinition) -> list[str]:
    if isinstance(column.kind, enum.EnumMeta):
        return [str(member.name) for member in column.kind]
    return column.choices
