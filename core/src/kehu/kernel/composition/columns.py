"""From mapped columns to the fields of a type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import ColumnProperty, Mapper

from kehu.kernel.composition.definitions import ColumnDefinition, EntityDefinition, ReferenceDefinition
from kehu.kernel.model import StringList, options_of
from kehu.kernel.names import camel, pascal
from kehu.kernel.texts import field_label


def column_definitions(
    entity: EntityDefinition, targets: Mapping[sa.Table, type[Any]]
) -> dict[str, ColumnDefinition]:
    """The columns of an entity by attribute name, `id` left out (it becomes the global id)."""
    mapper: Mapper[Any] = sa.inspect(entity.model)
    found = (
        _definition(entity, attribute, targets) for attribute in mapper.column_attrs if attribute.key != "id"
    )
    return {column.attribute: column for column in found if column is not None}


def reference_definitions(entity: EntityDefinition) -> dict[str, ReferenceDefinition]:
    """The to-one fields: one for each exposed foreign key named `<something>_id` whose target is a resource."""
    return {
        column.attribute[:-3]: ReferenceDefinition(
            column.attribute[:-3], camel(column.attribute[:-3]), column.target, column.attribute
        )
        for column in entity.columns.values()
        if column.target is not None and column.options.expose and column.attribute.endswith("_id")
    }


def _definition(
    entity: EntityDefinition, attribute: ColumnProperty[Any], targets: Mapping[sa.Table, type[Any]]
) -> ColumnDefinition | None:
    col = attribute.columns[0]
    if not isinstance(col, sa.Column):
        return None
    options = options_of(col)
    has_default = col.default is not None or col.server_default is not None
    target = next((targets[fk.column.table] for fk in col.foreign_keys if fk.column.table in targets), None)
    return ColumnDefinition(
        attribute=attribute.key,
        name=camel(attribute.key),
        label=field_label(entity.name, attribute.key),
        kind=_python_type(col),
        nullable=bool(col.nullable),
        required=not col.nullable and not has_default and attribute.key != "version",
        options=options,
        mapped=getattr(entity.model, attribute.key),
        target=target,
        description=col.doc,
        choices=list(options.choices),
        choices_name=f"{entity.name}{pascal(attribute.key)}" if options.choices else None,
    )


def _python_type(col: sa.Column[Any]) -> type[Any]:
    kind = col.type
    if isinstance(kind, StringList):
        return list
    if isinstance(kind, sa.JSON):
        return dict
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class
    if isinstance(kind, sa.types.TypeDecorator) and kind.python_type is object:
        return kind.impl_instance.python_type
    return kind.python_type
