"""What holds for every write whoever writes: required values, lengths, ranges, choices, custom fields."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kehu.kernel.composition import ColumnDefinition, EntityDefinition
from kehu.kernel.errors import FieldError
from kehu.kernel.model import ExactDecimal, StringList, UtcDateTime
from kehu.kernel.model.borders import OUT_OF_RANGE, beyond_border, is_within_border
from kehu.kernel.model.values import is_storable
from kehu.kernel.names import camel, words
from kehu.kernel.plugin import CustomField
from kehu.kernel.texts import Label, Text, field_label, listed, text, type_label
from kehu.kernel.writing.changes import Change
from kehu.kernel.writing.texts import TextRule, rule_of, rule_of_custom

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
                found.append(_error(checked.name, _missing(change, checked.label)))
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
    label: Label
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
        column.label,
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
        yield _missing(change, checked.label)
    else:
        yield from _of_value(checked.label, checked.kind, checked.choices, value)
        yield from _of_characters(checked.label, checked.rule, value)


def _error(name: str, problem: Problem) -> FieldError:
    code, message = problem
    return FieldError(code, message, name)


def _turned_round(change: Change[Any], values: Mapping[str, Any]) -> Iterator[FieldError]:
    """Days and moments that come before what they end."""
    for start, end in change.entity.derived(_spans):
        if not change.creating and change.after.keys().isdisjoint((start.attribute, end.attribute)):
            continue
        first = values.get(start.attribute)
        last = values.get(end.attribute)
        if first is not None and last is not None and last < first:
            message = text("{field} cannot be before {start}.", field=end.label, start=start.label)
            yield FieldError("ENDS_BEFORE_START", message, end.name)


def _spans(entity: EntityDefinition) -> list[tuple[ColumnDefinition, ColumnDefinition]]:
    """Starts and ends."""
    columns = entity.columns
    return [
        (columns[column.options.not_before], column)
        for column in columns.values()
        if column.options.not_before
    ]


def _custom(change: Change[Any], field: CustomField[Any, Any]) -> list[FieldError]:
    name, named = camel(field.field_name), field_label(change.entity.name, field.field_name)
    if not change.creating and field.key not in change.after:
        return []
    value = field.get(change.obj)
    if value is None:
        problems = [_missing(change, named)] if field.required else []
    else:
        problems = list(_of_value(named, _KINDS_OF_CUSTOM_VALUES.get(field.kind), field.choices, value))
        problems += _of_characters(named, rule_of_custom(field), value)
    return [FieldError(code, message, name, field.origin.plugin) for code, message in problems[:1]]


def _missing(change: Change[Any], field: Label) -> Problem:
    entity = type_label(change.entity.name)
    return "REQUIRED", text("{entity} needs a value for {field}.", entity=entity, field=field)


def _of_value(
    field: Label, kind: sa.types.TypeEngine[Any] | None, choices: Sequence[Any], value: Any
) -> Iterator[Problem]:
    """What is wrong with a value, the most telling first."""
    if choices and value not in choices:
        yield (
            "INVALID",
            text("{field} must be one of {choices}.", field=field, choices=_labels(field, choices)),
        )
    if isinstance(kind, sa.String) and isinstance(value, str) and not isinstance(value, enum.Enum):
        yield from _of_text(field, kind.length, value)
    if isinstance(value, date) and not is_within_border(value):
        yield OUT_OF_RANGE, beyond_border(field)
    if isinstance(kind, StringList) and not all(map(is_storable, value)):
        yield _unstorable(field)
    if isinstance(kind, sa.Integer) and isinstance(value, int):
        yield from _of_whole_number(field, kind, value)
    if isinstance(kind, ExactDecimal) and not kind.fits(Decimal(value)):
        digits = kind.precision - kind.scale
        message = "{field} has at most {digits} digits before the point."
        yield "OUT_OF_RANGE", text(message, field=field, digits=digits)


def _labels(field: Label, choices: Sequence[Any]) -> Text:
    return listed(Label(f"{field.context}.{choice}", words(str(choice))) for choice in choices)


def _of_text(field: Label, longest: int | None, value: str) -> Iterator[Problem]:
    if longest and len(value) > longest:
        message = "{field} has {length} characters; at most {longest} fit."
        yield "TOO_LONG", text(message, field=field, length=len(value), longest=longest)
    if not is_storable(value):
        yield _unstorable(field)


def _of_characters(field: Label, rule: TextRule | None, value: Any) -> Iterator[Problem]:
    refused = None if rule is None else rule.refused_in(value)
    if refused is not None:
        character = f"U+{ord(refused):04X}"
        message = "{field} cannot have the character {character}, which would hide what it says."
        yield "INVALID_CHARACTER", text(message, field=field, character=character)


def _of_whole_number(field: Label, kind: sa.Integer, value: int) -> Iterator[Problem]:
    bits = 63 if isinstance(kind, sa.BigInteger) else 31
    lowest, highest = -(2**bits), 2**bits - 1
    if not lowest <= value <= highest:
        message = "{field} must lie between {lowest} and {highest}."
        yield "OUT_OF_RANGE", text(message, field=field, lowest=lowest, highest=highest)


def _unstorable(field: Label) -> Problem:
    return "INVALID", text("{field} has a character that no database can hold.", field=field)
