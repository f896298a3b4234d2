"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator

from kehu.kernel.errors import BadInput

# A number that somebody gives has so many digits before its point, and as many behind it.
MOST_DIGITS = 20
# Products of two such numbers, and sums of many of those, are exact in Python; it begins with 28 digits.
_PRECISION = 100
decimal.DefaultContext.prec = decimal.getcontext().prec = _PRECISION


def is_of_ordinary_length(number: Decimal) -> bool:
    """Whether a finite number has at most 20 digits before its point, and 20 behind it."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and number.adjusted() < MOST_DIGITS and exponent >= -MOST_DIGITS


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


class DecimalOutOfRange(BadInput, sa.exc.DontWrapMixin):
    """A number that no column could hold, which was compared with one."""

    code = "OUT_OF_RANGE"


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places and no float on the way.

    NUMERIC on PostgreSQL; on SQLite, which has no decimals, an integer count of the smallest unit, so that sums and
    comparisons in SQL are exact there too. Values are rounded half to even to `scale` places when they are bound.
    Multiplying two such expressions adds their scales, and one scale is brought to the other before they are added or
    compared. Division and averages belong in Python. Give a literal inside a function its type:
    `sa.func.coalesce(Deal.amount, sa.literal(Decimal(5), Deal.amount.type))`.
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
        return Decimal(value).quantize(self._unit, ROUND_HALF_EVEN, _WIDE)

    def fits(self, value: Decimal) -> bool:
        """Whether a column of this type can hold the value."""
        digits = self.precision - self.scale
        if not value.is_finite() or value.adjusted() > digits:
            return False
        return abs(self.quantise(value)) < Decimal(1).scaleb(digits)

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        bound = self._units if dialect.name == "sqlite" else self._rounded
        return lambda value: None if value is None else bound(value)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        if dialect.name == "sqlite":
            return self._from_units
        return lambda value: None if value is None else Decimal(value)

    def _rounded(self, value: Decimal | int) -> Decimal:
        if Decimal(value).adjusted() > _MOST_STORED_DIGITS:
            raise _out_of_range(value)
        return self.quantise(value)

    def _units(self, value: Decimal | int) -> int:
        units = int(self._rounded(value).scaleb(self.scale, _WIDE))
        if abs(units) > _MOST_UNITS:
            raise _out_of_range(value)
        return units

    def _from_units(self, value: int | float | None) -> Decimal | None:
        if isinstance(value, float):
            # SQLite goes over to floats where 64 bits do not suffice; better no answer than a wrong one.
            raise OverflowError("A product or sum of decimals is too large to be exact on SQLite.")
        return None if value is None else Decimal(value).scaleb(-self.scale, _WIDE)

    def coerce_compared_value(
        self, op: operators.OperatorType | None, value: Any
    ) -> sa.types.TypeEngine[Any]:
        if op is operators.mul and isinstance(value, Decimal):
            return ExactDecimal(38, max(0, -int(value.as_tuple().exponent)))
        if op is operators.mul and isinstance(value, int):
            return sa.BigInteger()
        return self

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Keeps track of the places, which on SQLite are not part of the number."""

        type: ExactDecimal

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            self._check(op)
            if op is operators.mul:
                return self._product(super().operate(op, *other, **kwargs), other[0])
            theirs = _type_of(other[0]) if len(other) == 1 else None
            if isinstance(theirs, ExactDecimal) and theirs.scale != self.type.scale:
                places = max(theirs.scale, self.type.scale)
                return op(_with_places(self.expr, places), _with_places(other[0], places))
            return super().operate(op, *other, **kwargs)

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            self._check(op)
            result = super().reverse_operate(op, other, **kwargs)
            return self._product(result, other) if op is operators.mul else result

        def _check(self, op: Any) -> None:
            if op in _DIVISIONS:
                raise TypeError(
                    "Decimals are not divided in SQL, where the result would not be exact; do it in Python."
                )

        def _product(self, result: Any, factor: Any) -> Any:
            kind = (
                self.type.coerce_compared_value(operators.mul, factor)
                if isinstance(factor, Decimal)
                else _type_of(factor)
            )
            places = kind.scale if isinstance(kind, ExactDecimal) else 0
            return sa.type_coerce(result, ExactDecimal(38, self.type.scale + places))

    comparator_factory = Comparator


# As many digits as the widest type has; Python's own context would round at 28.
_WIDE = Context(prec=_PRECISION, rounding=ROUND_HALF_EVEN)
# More than any database holds, less than _WIDE.
_MOST_STORED_DIGITS = 60
# What SQLite has for a count of units: 64 bits.
_MOST_UNITS = 2**63 - 1
_DIVISIONS = (operators.truediv, operators.floordiv, operators.mod)


def _out_of_range(value: Decimal | int) -> DecimalOutOfRange:
    return DecimalOutOfRange(f"{value} is further from zero than any number that is kept here.")


def _type_of(operand: Any) -> Any:
    return getattr(operand, "type", None)


def _with_places(operand: Any, places: int) -> Any:
    """The operand as a number of so many places: on SQLite a count of smaller units."""
    missing = places - operand.type.scale
    return (
        sa.type_coerce(operand * _Units(sa.literal(10**missing)), ExactDecimal(38, places))
        if missing
        else operand
    )


class _Units(FunctionElement[int]):
    """How many of the smaller units make one; 1 on PostgreSQL, whose numbers know their places."""

    name = "kehu_units_per_unit"
    type = sa.BigInteger()
    inherit_cache = True


@compiles(_Units, "postgresql")
def _units_on_postgresql(*_: object, **__: object) -> str:
    return "1"


@compiles(_Units, "sqlite")
def _units_on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return str(compiler.process(element.clauses, **kwargs))


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
