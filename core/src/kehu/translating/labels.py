"""Labels: what people read instead of the names of types, fields and choices, in their language."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from kehu.composition import EntityDefinition
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


def _entity(catalogues: Catalogues, entity: EntityDefinition, locale: str) -> EntityLabel:
    shown = [column for column in entity.columns.values() if column.options.expose]
    added = [
        *(f.name for f in entity.fields),
        *(r.name for r in entity.relations),
        *(c.field_name for c in entity.custom_fields),
    ]
    fields = [
        FieldLabel(
            column.name,
            _name(catalogues, entity, column.name, locale),
            _choices(catalogues, entity, column.name, column.choices, locale),
        )
        for column in shown
    ]
    fields += [FieldLabel(camel(name), _name(catalogues, entity, camel(name), locale), []) for name in added]
    label = catalogues.name(entity.name, words(entity.name), locale)
    return EntityLabel(
        entity.name, label, catalogues.name(entity.name, words(pascal(entity.plural)), locale), fields
    )


def _name(catalogues: Catalogues, entity: EntityDefinition, field: str, locale: str) -> str:
    return catalogues.name(f"{entity.name}.{field}", words(field), locale)


def _choices(
    catalogues: Catalogues, entity: EntityDefinition, field: str, values: list[str], locale: str
) -> list[ChoiceLabel]:
    context = f"{entity.name}.{field}"
    return [
        ChoiceLabel(value, catalogues.name(f"{context}.{value}", words(value), locale)) for value in values
    ]
