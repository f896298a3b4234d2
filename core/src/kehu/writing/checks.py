"""What holds for every write whoever writes: required values, lengths, ranges, choices, custom fields."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kehu.composition import ColumnDefinition
from kehu.errors import FieldError
from kehu.model import ExactDecimal, StringList
from kehu.model.values import is_storable
from kehu.names import camel
from kehu.plugin import CustomField
from kehu.translating.texts import Text, text
from kehu.writing.changes import Change

Problem = tuple[str, Text]

_KINDS_OF_CUSTOM_VALUES: dict[type[Any], sa.types.TypeEngine[Any]] = {
    str: sa.String(),
    int: sa.Integer(),
    Decimal: ExactDecimal(),
}


def check_values(change: Change[Any]) -> list[FieldError]:
    """Everything wrong with the values of a record that is about to be stored, one reason for each field."""
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
        is_missing = not column.nullable and (column.required or not change.creating)
        problems = [_missing(change, column.name)] if is_missing else []
    elif isinstance(value, str) and column.required and not value.strip():
        problems = [_missing(change, column.name)]
    else:
        problems = list(_of_value(column.name, column.mapped.type, column.choices, value))
    return [FieldError(code, message, column.name) for code, message in problems[:1]]


def _custom(change: Change[Any], field: CustomField[Any, Any]) -> list[FieldError]:
    name = camel(field.field_name)
    if not change.creating and field.key not in change.after:
        return []
    value = field.get(change.obj)
    if value is None:
        problems = [_missing(change, name)] if field.required else []
    else:
        problems = list(_of_value(name, _KINDS_OF_CUSTOM_VALUES.get(field.kind), field.choices, value))
    return [FieldError(code, message, name, field.origin.plugin) for code, message in problems[:1]]


def _missing(change: Change[Any], name: str) -> Problem:
    return "REQUIRED", text("{entity} needs a value for {field}.", entity=change.entity.name, field=name)


def _of_value(
    name: str, kind: sa.types.TypeEngine[Any] | None, choices: Sequence[Any], value: Any
) -> Iterator[Problem]:
    """What is wrong with a value, the most telling first."""
    if choices and value not in choices:
        yield (
            "INVALID",
            text("{field} must be one of {choices}.", field=name, choices=", ".join(map(str, choices))),
        )
    if isinstance(kind, sa.String) and isinstance(value, str) and not isinstance(value, enum.Enum):
        yield from _of_text(name, kind.length, value)
    if isinstance(kind, StringList) and not all(map(is_storable, value)):
        yield _unstorable(name)
    if isinstance(kind, sa.Integer) and isinstance(value, int):
        yield from _of_whole_number(name, kind, value)
    if isinstance(kind, ExactDecimal) and not kind.fits(Decimal(value)):
        digits = kind.precision - kind.scale
        yield (
            "OUT_OF_RANGE",
            text("{field} has at most {digits} digits before the point.", field=name, digits=digits),
        )


def _of_text(name: str, longest: int | None, value: str) -> Iterator[Problem]:
    if longest and len(value) > longest:
        message = "{field} has {length} characters; at most {longest} fit."
        yield "TOO_LONG", text(message, field=name, length=len(value), longest=longest)
    if not is_storable(value):
        yield _unstorable(name)


def _of_whole_number(name: str, kind: sa.Integer, value: int) -> Iterator[Problem]:
    bits = 63 if isinstance(kind, sa.BigInteger) else 31
    lowest, highest = -(2**bits), 2**bits - 1
    if not lowest <= value <= highest:
        message = "{field} must lie between {lowest} and {highest}."
        yield "OUT_OF_RANGE", text(message, field=name, lowest=lowest, highest=highest)


def _unstorable(name: str) -> Problem:
    return "INVALID", text("{field} has a character that no database can hold.", field=name)
