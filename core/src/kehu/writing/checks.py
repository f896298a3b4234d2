"""What holds for every write whoever writes: required values, lengths, choices, custom fields."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kehu.composition import ColumnDefinition
from kehu.errors import FieldError
from kehu.names import camel
from kehu.plugin import CustomField
from kehu.writing.changes import Change


def check_values(change: Change[Any]) -> list[FieldError]:
    """Everything wrong with the values of a record that is about to be stored; empty when all is well."""
    if change.deleting:
        return []
    columns = [problem for column in change.entity.columns.values() for problem in _column(change, column)]
    custom = [problem for field in change.entity.custom_fields for problem in _custom(change, field)]
    return columns + custom


def _column(change: Change[Any], column: ColumnDefinition) -> list[FieldError]:
    if not change.creating and column.attribute not in change.after:
        return []
    value = getattr(change.obj, column.attribute)
    if value is None:
        missing = not column.nullable and (column.required or not change.creating)
        return (
            [FieldError("REQUIRED", f"{change.entity.name} needs a value for {column.name}.", column.name)]
            if missing
            else []
        )
    if column.choices and value not in column.choices:
        return [
            FieldError("INVALID", f"{column.name} must be one of {', '.join(column.choices)}.", column.name)
        ]
    longest = getattr(column.mapped.type, "length", None)
    if (
        isinstance(value, str)
        and isinstance(column.mapped.type, sa.String)
        and longest
        and len(value) > longest
    ):
        return [
            FieldError(
                "TOO_LONG", f"{column.name} has {len(value)} characters; at most {longest} fit.", column.name
            )
        ]
    if isinstance(value, str) and column.required and not value.strip():
        return [FieldError("REQUIRED", f"{change.entity.name} needs a value for {column.name}.", column.name)]
    return []


def _custom(change: Change[Any], field: CustomField[Any, Any]) -> list[FieldError]:
    name = camel(field.field_name)
    if field.required and (change.creating or field.key in change.after) and field.get(change.obj) is None:
        return [
            FieldError(
                "REQUIRED", f"{change.entity.name} needs a value for {name}.", name, field.origin.plugin
            )
        ]
    if field.key not in change.after or not field.choices:
        return []
    value = field.get(change.obj)
    if value is None or value in field.choices:
        return []
    return [
        FieldError(
            "INVALID",
            f"{name} must be one of {', '.join(map(str, field.choices))}.",
            name,
            field.origin.plugin,
        )
    ]
