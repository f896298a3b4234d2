"""Labels: what people read instead of the names of types, fields and choices, in their language."""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kehu.composition import ColumnDefinition, EntityDefinition
from kehu.names import camel, pascal
from kehu.translating.catalogues import Catalogues

if TYPE_CHECKING:
    from kehu.context import Context


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
    """The labels of every type in a language, the principal's own if none is given."""
    language = locale or ctx.principal.locale
    catalogues = ctx.app.translations
    return [_entity(catalogues, entity, language) for entity in ctx.app.composition.entities.values()]


def words(name: str) -> str:
    """`expectedCloseOn`, `EXPECTED_CLOSE_ON` and `expected_close_on` are all "Expected close on"."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return " ".join(parts).strip().capitalize()


def field_words(name: str) -> str:
    """What people read for a field: `ownerId` is "Owner", `isActive` is "Active"."""
    spelled = words(name)
    kept = ("External id",)
    return spelled if spelled in kept else spelled.removesuffix(" id").removeprefix("Is ").capitalize()


def missing_names(ctx: Context, locale: str, *, plugin: str) -> list[str]:
    """The names of a plugin's types, fields and choices that its catalogue for `locale` does not have, with context."""
    catalogues = ctx.app.translations
    named = [n for e in ctx.app.composition.entities.values() if e.owner.plugin == plugin for n in _names(e)]
    return [
        f"{context}: {english}" for context, english in named if not catalogues.has(context, english, locale)
    ]


def _entity(catalogues: Catalogues, entity: EntityDefinition, locale: str) -> EntityLabel:
    def label(context: str, english: str) -> str:
        return catalogues.name(context, english, locale)

    fields = [
        FieldLabel(
            name,
            label(f"{entity.name}.{name}", field_words(name)),
            [ChoiceLabel(value, label(f"{entity.name}.{name}.{value}", words(value))) for value in choices],
        )
        for name, choices in _fields(entity).items()
    ]
    one, many = words(entity.name), words(pascal(entity.plural))
    return EntityLabel(entity.name, label(entity.name, one), label(entity.name, many), fields)


def _names(entity: EntityDefinition) -> Iterator[tuple[str, str]]:
    yield entity.name, words(entity.name)
    for name, choices in _fields(entity).items():
        yield f"{entity.name}.{name}", field_words(name)
        yield from ((f"{entity.name}.{name}.{value}", words(value)) for value in choices)


def _fields(entity: EntityDefinition) -> dict[str, list[str]]:
    """The fields of a type with the values of those that are pick-lists."""
    columns = {c.name: _values(c) for c in entity.columns.values() if c.options.expose}
    added = [
        *(f.name for f in entity.fields),
        *(r.name for r in entity.relations),
        *(c.field_name for c in entity.custom_fields),
    ]
    return columns | {camel(name): [] for name in added}


def _values(column: ColumnDefinition) -> list[str]:
    if isinstance(column.kind, enum.EnumMeta):
        return [str(member.name) for member in column.kind]
    return column.choices
