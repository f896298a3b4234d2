"""Values as JSON keeps them: custom fields, cursors and the audit trail."""

from __future__ import annotations

import enum
import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from kehu.kernel.model.types import ExactDecimal


def to_json(value: Any) -> Any:
    """A JSON value that `from_json` turns back; sorts as text the way the value sorts. Raises TypeError."""
    if value is None or (isinstance(value, (bool, int, str, float)) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    raise TypeError(f"{value!r} cannot be kept as JSON")


def from_json(kind: type[Any], value: Any) -> Any:
    """The value of type `kind` that `to_json` wrote. Raises ValueError or KeyError for one it did not."""
    if value is None:
        return None
    if issubclass(kind, enum.Enum):
        return kind[value]
    if kind is Decimal:
        return Decimal(str(value))
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if kind is uuid.UUID:
        return uuid.UUID(value)
    return value


def json_expression(element: Any, kind: type[Any]) -> sa.ColumnElement[Any]:
    """A typed SQL value of one element of a JSON column, comparable and orderable on both databases."""
    if kind is bool:
        return element.as_boolean()  # type: ignore[no-any-return]
    if kind is int:
        return element.as_integer()  # type: ignore[no-any-return]
    if kind is float:
        return element.as_float()  # type: ignore[no-any-return]
    if kind is str:
        return element.as_string()  # type: ignore[no-any-return]
    if kind is Decimal:
        return JsonDecimal(element.as_string())
    return sa.type_coerce(element.as_string(), JsonText(kind))


class JsonText(sa.types.TypeDecorator[Any]):
    """Text inside JSON that is a date, a moment, a UUID or an enum in Python; ISO text compares as it should."""

    impl = sa.String
    cache_ok = True

    def __init__(self, kind: type[Any]) -> None:
        super().__init__()
        self.kind = kind

    @property
    def python_type(self) -> type[Any]:
        return self.kind

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return to_json(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return from_json(self.kind, value)


class JsonDecimal(FunctionElement[Decimal]):
    """Text inside JSON that is a decimal, as exact as a column of the default precision."""

    name = "kehu_json_decimal"
    type = ExactDecimal()
    inherit_cache = True


@compiles(JsonDecimal, "postgresql")
def _json_decimal_on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kwargs)} AS NUMERIC)"


@compiles(JsonDecimal, "sqlite")
def _json_decimal_on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"kehu_units({compiler.process(element.clauses, **kwargs)}, {element.type.scale})"


_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether both databases can keep the text: no NUL, and no half of a character."""
    return "\x00" not in text and (text.isascii() or _HALF_A_CHARACTER.search(text) is None)
