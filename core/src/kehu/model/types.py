"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Aware and in UTC in Python; naive UTC text on SQLite, timestamptz on PostgreSQL.

    Binding a naive datetime raises ValueError: nobody can know what it meant.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use ctx.now() or an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places and no float on the way.

    NUMERIC on PostgreSQL; on SQLite, which has no decimals, an integer count of the smallest unit, so that sums and
    comparisons in SQL are exact there too. Values are rounded half to even to `scale` places when they are bound.
    Multiplying two such expressions adds their scales; division and averages belong in Python.
    """

    impl = sa.Numeric(18, 4)
    cache_ok = True

    def __init__(self, precision: int = 18, scale: int = 4) -> None:
        super().__init__(precision, scale)
        self.precision, self.scale = precision, scale
        self._unit = Decimal(1).scaleb(-scale)

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        stored: sa.types.TypeEngine[Any] = (
            sa.BigInteger() if dialect.name == "sqlite" else sa.Numeric(self.precision, self.scale)
        )
        return dialect.type_descriptor(stored)

    @property
    def python_type(self) -> type[Any]:
        return Decimal

    def quantise(self, value: Decimal | int) -> Decimal:
        """`value` with exactly `scale` places, rounded half to even."""
        return Decimal(value).quantize(self._unit, ROUND_HALF_EVEN)

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        if dialect.name == "sqlite":
            return lambda value: None if value is None else int(self.quantise(value).scaleb(self.scale))
        return lambda value: None if value is None else self.quantise(value)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        scale = self.scale
        if dialect.name == "sqlite":
            return lambda value: None if value is None else Decimal(value).scaleb(-scale)
        return lambda value: None if value is None else Decimal(value)

    def coerce_compared_value(
        self, op: operators.OperatorType | None, value: Any
    ) -> sa.types.TypeEngine[Any]:
        if op is operators.mul and isinstance(value, int):
            return sa.BigInteger()
        return self

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Multiplication keeps track of the places."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            result = super().operate(op, *other, **kwargs)
            if op is not operators.mul:
                return result
            factor = getattr(other[0], "type", None)
            places = factor.scale if isinstance(factor, ExactDecimal) else 0
            if places == 0 and isinstance(other[0], Decimal):
                places = self.type.scale  # type: ignore[attr-defined]  # bound with this column's own type
            return sa.type_coerce(result, ExactDecimal(38, self.type.scale + places))  # type: ignore[attr-defined]

    comparator_factory = Comparator


Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON document: TEXT on SQLite, jsonb on PostgreSQL."""


class GlobalId(str):
    """The global id of a record of any plugin, as the API shows it."""

    __slots__ = ()


class GlobalIdText(TypeDecorator[GlobalId]):
    """A column that names a record of any type by its global id."""

    impl = sa.String(120)
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return GlobalId

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> GlobalId | None:
        return None if value is None else GlobalId(value)


class StringList(TypeDecorator[list[str]]):
    """A list of words, such as tags, kept as a JSON array."""

    impl = Json
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return list


class HasWord(FunctionElement[bool]):
    """Whether a `StringList` contains a word; exact on both databases."""

    name = "kehu_has_word"
    type = sa.Boolean()
    inherit_cache = True


@compiles(HasWord, "postgresql")
def _has_word_on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    words, word = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"coalesce(jsonb_exists({words}, {word}), false)"


@compiles(HasWord, "sqlite")
def _has_word_on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    words, word = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"EXISTS (SELECT 1 FROM json_each({words}) AS word WHERE word.value = {word})"
