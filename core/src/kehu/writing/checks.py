"""What holds for every write whoever writes: required values, lengths, ranges, choices, custom fields."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kehu.composition import ColumnDefinition, EntityDefinition
from kehu.errors import FieldError
from kehu.model import ExactDecimal, StringList, UtcDateTime
from kehu.model.borders import OUT_OF_RANGE, beyond_border, is_within_border
from kehu.model.values import is_storable
from kehu.names import camel
from kehu.plugin import CustomField
from kehu.translating.texts import Text, text
from kehu.writing.changes import Change
from kehu.writing.texts import TextRule, rule_of, rule_of_custom

Problem = tuple[str, Text]

# Of other types every value fits.
_LIMITED = (sa.String, StringList, sa.Integer, ExactDecimal, sa.Date, UtcDateTime)

_KINDS_OF_CUSTOM_VALUES: dict[type[Any], sa.types.TypeEngine[Any]] = {
    str: sa.String(),
    int: sa.Integer(),
    Decimal: ExactDecimal(),
}


def check_values(change: Change[Any]) -> list[FieldError]:
    """Everything wrong with the values of a record that is about to be stored, one reason for each field."""
    if change.deleting:
        return []
    found: list[FieldError] = []
    values = sa.inspect(change.obj).dict
    for checked in change.entity.derived(_checked_columns):
        if not change.creating and checked.attribute not in change.after:
            continue
        # What a new record does not mention is None, which is looked at first because most of it is.
        value = values[checked.attribute] if checked.attribute in values else _read(change, checked)
        if value is None:
            if checked.is_required or not (checked.is_nullable or change.creating):
                found.append(_error(checked.name, _missing(change, checked.name)))
        elif checked.is_open:
            problem = next(_of_column(change, checked, value), None)
            if problem is not None:
                found.append(_error(checked.name, problem))
    found += _turned_round(change, values)
    return found + [problem for field in change.entity.custom_fields for problem in _custom(change, field)]


@dataclasses.dataclass(frozen=True, slots=True)
class _Checked:
    """A column, and what may be wrong with its values: `is_open` where anything but being None can be."""

    attribute: str
    name: str
    is_nullable: bool
    is_required: bool
    kind: sa.types.TypeEngine[Any]
    choices: Sequence[Any]
    is_open: bool
    rule: TextRule | None


def _checked_columns(entity: EntityDefinition) -> list[_Checked]:
    return [_checked(column) for column in entity.columns.values()]


def _checked(column: ColumnDefinition) -> _Checked:
    kind = column.mapped.type
    is_required = column.required and not column.nullable
    is_open = bool(column.choices) or column.required or isinstance(kind, _LIMITED)
    return _Checked(
        column.attribute,
        column.name,
        column.nullable,
        is_required,
        kind,
        column.choices,
        is_open,
        _rule(column),
    )


def _rule(column: ColumnDefinition) -> TextRule | None:
    mapped = column.mapped.property.columns[0]
    return rule_of(mapped) if isinstance(mapped, sa.Column) else None


def _read(change: Change[Any], checked: _Checked) -> Any:
    return None if change.creating else getattr(change.obj, checked.attribute)


def _of_column(change: Change[Any], checked: _Checked, value: Any) -> Iterator[Problem]:
    if isinstance(value, str) and checked.is_required and not value.strip():
        yield _missing(change, checked.name)
    else:
        yield from _of_value(checked.name, checked.kind, checked.choices, value)
        yield from _of_characters(checked.name, checked.rule, value)


def _error(name: str, problem: Problem) -> FieldError:
    code, message = problem
    return FieldError(code, message, name)


def _turned_round(change: Change[Any], values: Mapping[str, Any]) -> Iterator[FieldError]:
    """Days and moments that come before what they end."""
    for start, end, name, start_name in change.entity.derived(_spans):
        if not change.creating and start not in change.after and end not in change.after:
            continue
        first = values.get(start)
        last = values.get(end)
        if first is not None and last is not None and last < first:
            message = text("{field} cannot be before {start}.", field=name, start=start_name)
            yield FieldError("ENDS_BEFORE_START", message, name)


def _spans(entity: EntityDefinition) -> list[tuple[str, str, str, str]]:
    """Attributes of starts and ends, and their names."""
    columns = entity.columns
    return [
        (column.options.not_before, column.attribute, column.name, columns[column.options.not_before].name)
        for column in columns.values()
        if column.options.not_before
    ]


def _custom(change: Change[Any], field: CustomField[Any, Any]) -> list[FieldError]:
    name = camel(field.field_name)
    if not change.creating and field.key not in change.after:
        return []
    value = field.get(change.obj)
    if value is None:
        problems = [_missing(change, name)] if field.required else []
    else:
        problems = list(_of_value(name, _KINDS_OF_CUSTOM_VALUES.get(field.kind), field.choices, value))
        problems += _of_characters(name, rule_of_custom(field), value)
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
    if isinstance(value, date) and not is_within_border(value):
        yield OUT_OF_RANGE, beyond_border(name)
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


def _of_characters(name: str, rule: TextRule | None, value: Any) -> Iterator[Problem]:
    refused = None if rule is None else rule.refused_in(value)
    if refused is not None:
        character = f"U+{ord(refused):04X}"
        message = "{field} cannot have the character {character}, which would hide what it says."
        yield "INVALID_CHARACTER", text(message, field=name, character=character)


def _of_whole_number(name: str, kind: sa.Integer, value: int) -> Iterator[Problem]:
    bits = 63 if isinstance(kind, sa.BigInteger) else 31
    lowest, highest = -(2**bits), 2**bits - 1
    if not lowest <= value <= highest:
        message = "{field} must lie between {lowest} and {highest}."
        yield "OUT_OF_RANGE", text(message, field=name, lowest=lowest, highest=highest)


def _unstorable(name: str) -> Problem:
    return "INVALID", text("{field} has a character that no database can hold.", field=name)
