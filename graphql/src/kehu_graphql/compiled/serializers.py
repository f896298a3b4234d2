"""Leaves: what is selected for a value without parts, and the code that makes the answer's value of the driver's."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLScalarType

from kehu.kernel.model import ExactDecimal, UtcDateTime
from kehu_graphql.compiled.operations import NotCovered

Convert = Callable[[Any], Any]
Expression = Any

_AS_IT_IS: dict[str, Mapping[str, tuple[type[Any], ...]]] = {
    "postgresql": {
        "String": (sa.String,),
        "ID": (sa.String,),
        "Int": (sa.Integer,),
        "Boolean": (sa.Boolean,),
        "DateTime": (UtcDateTime,),
        "Date": (sa.Date,),
    },
    "sqlite": {"String": (sa.String,), "ID": (sa.String,), "Date": (sa.Date,)},
}
# Of what SQLite gives, these are converted value by value, and the same values come again and again.
_REMEMBERED: Mapping[str, type[Any]] = {"Int": sa.Integer, "Boolean": sa.Boolean, "Decimal": ExactDecimal}
REMEMBERED_VALUES = 20_000


class GaveUp(Exception):
    """What was read is nothing that a plan can answer with; graphql-core says what is wrong."""


def sure(value: Any) -> Any:
    """The value of something that is never null."""
    if value is None:
        raise GaveUp
    return value


class Remembered(dict[Any, Any]):
    """What values are converted to; looked up in a tenth of the time that it takes to convert one."""

    def __init__(self, convert: Convert, make_room: Callable[[], None]) -> None:
        super().__init__()
        self._convert, self._make_room = convert, make_room

    def __missing__(self, value: Any) -> Any:
        converted = self._convert(value)
        self._make_room()
        self[value] = converted
        return converted


class Leaves:
    """Leaves of one database. What was converted is remembered for all plans together, up to a number of values."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self.dialect = dialect
        self._is_postgresql = dialect.name == "postgresql"
        self._remembered: dict[object, Remembered] = {}
        self._room = REMEMBERED_VALUES

    def selected(
        self, expression: Expression, kind: Any
    ) -> tuple[Expression, Convert | dict[Any, Any] | None]:
        """What to select for an expression whose GraphQL type is `kind`, and how to convert what is read.

        By a function, by a mapping that has every value there may be, or not at all. Raises NotCovered for objects.
        """
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        stored = expression.type
        if isinstance(inner, GraphQLEnumType) and isinstance(stored, (sa.String, sa.Enum)):
            return expression, _known_names(inner, nullable=inner is kind)
        name = getattr(inner, "name", "")
        plain = isinstance(stored, _AS_IT_IS[self.dialect.name].get(name, ())) and not isinstance(
            stored, (sa.BigInteger, sa.Enum)
        )
        if name == "Decimal" and isinstance(stored, ExactDecimal) and self._is_postgresql:
            expression, plain = sa.cast(sa.func.trim_scale(expression), sa.Text()), True
        if plain:
            return expression, None if inner is kind else sure
        if not self._is_postgresql and name == "DateTime" and isinstance(stored, UtcDateTime):
            return _moment(expression), None if inner is kind else sure
        convert = self.converted(stored, kind)
        if self._is_postgresql or type(stored) is not _REMEMBERED.get(name):
            return expression, convert
        return expression, self._remembering((name, str(kind), getattr(stored, "scale", None)), convert)

    def as_json(self, expression: Expression, kind: Any) -> Expression:
        """The text that PostgreSQL writes for a nullable value, NULL for none; the bytes that orjson would write.

        It fails for what no answer may have. Raises NotCovered for what only Python knows how to write.
        """
        stored, name = expression.type, getattr(kind, "name", "")
        if isinstance(kind, GraphQLEnumType) and isinstance(stored, (sa.String, sa.Enum)):
            return _quoted(_known(sa.cast(expression, sa.Text()), kind))
        if name == "Decimal" and isinstance(stored, ExactDecimal):
            return _quoted(sa.cast(sa.func.trim_scale(expression), sa.Text()))
        if not isinstance(stored, _AS_IT_IS["postgresql"].get(name, ())) or isinstance(
            stored, (sa.BigInteger, sa.Enum)
        ):
            raise NotCovered(f"{kind} of {stored!r}")
        if name in ("Int", "Boolean"):
            return sa.cast(expression, sa.Text())
        if name in ("String", "ID"):
            return sa.cast(sa.func.to_json(expression), sa.Text())
        shown = (
            _moment_text(expression)
            if name == "DateTime"
            else sa.func.to_char(expression, _sql("YYYY-MM-DD"))
        )
        return _quoted(sa.case((sa.func.isfinite(expression), shown), else_=_failure(expression)))

    def converted(self, stored: Any, kind: Any) -> Convert:
        """Any value, the long way: as SQLAlchemy reads it, then as graphql-core writes it."""
        read, write = self.read(stored), written(kind)
        return write if read is None else lambda value: write(read(value))

    def read(self, stored: Any) -> Convert | None:
        """How SQLAlchemy makes a Python value of what the driver gives; None where it is the same."""
        process: Convert | None = stored._cached_result_processor(self.dialect, None)
        if not (self._is_postgresql and _is_json(stored, self.dialect)):
            return process

        # asyncpg gives JSON as text, unless a connection is told otherwise.
        def loaded(value: Any) -> Any:
            value = None if value is None else json.loads(value)
            return process(value) if process else value

        return loaded

    def _remembering(self, what: object, convert: Convert) -> Remembered:
        return self._remembered.setdefault(what, Remembered(convert, self._make_room))

    def _make_room(self) -> None:
        self._room -= 1
        if self._room < 0:
            self._room = REMEMBERED_VALUES
            for remembered in self._remembered.values():
                remembered.clear()

    def id_of(self, column: Expression, type_name: str) -> tuple[Expression, Convert | Remembered | None]:
        """The global id of a record whose key is in `column`."""
        if not self._is_postgresql:
            return column, self._remembering(type_name, _global_id(type_name))
        # The database puts it together, which spares a Python object and three calls for each row.
        text = sa.literal_column(f"'{type_name}:'").concat(sa.cast(column, sa.Text()))
        encoded: Any = sa.func.encode(
            sa.func.convert_to(text, sa.literal_column("'UTF8'")), sa.literal_column("'base64'")
        )
        if len(type_name) + len(":") + 36 >= 57:  # PostgreSQL breaks the line after 76 characters of base64
            encoded = sa.func.replace(encoded, sa.literal_column("E'\\n'"), sa.literal_column("''"))
        return sa.type_coerce(encoded, sa.Text()), None


def written(kind: Any) -> Convert:
    """How graphql-core writes a value of a type. Raises NotCovered for objects."""
    if isinstance(kind, GraphQLNonNull):
        inner = written(kind.of_type)
        return lambda value: sure(inner(value))
    if isinstance(kind, GraphQLList):
        item = written(kind.of_type)
        return lambda value: None if value is None else [item(part) for part in _parts(value)]
    if isinstance(kind, (GraphQLScalarType, GraphQLEnumType)):
        write = kind.coerce_output_value
        return lambda value: None if value is None else sure(write(value))
    raise NotCovered(f"{kind} has fields")


def _parts(value: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        raise GaveUp
    return value


def _is_json(stored: Any, dialect: sa.Dialect) -> bool:
    implementation = stored.dialect_impl(dialect)
    return isinstance(getattr(implementation, "impl", implementation), sa.JSON)


class _Names(dict[Any, Any]):
    """The values that there may be; what is stored beside them is no answer."""

    def __missing__(self, value: Any) -> Any:
        raise GaveUp(f"{value!r} is no value of its type")


def _known_names(kind: GraphQLEnumType, *, nullable: bool) -> _Names:
    names: dict[Any, Any] = {name: name for name in kind.values}
    return _Names({None: None, **names} if nullable else names)


def _sql(text: str) -> Expression:
    return sa.literal_column(f"'{text}'", sa.Text())


# --- JSON in PostgreSQL ---
def _quoted(expression: Expression) -> Expression:
    return _sql('"').concat(expression).concat(_sql('"'))


def _failure(expression: Expression) -> Expression:
    """Fails with a message of the database, unless there is no value."""
    return sa.cast(sa.cast(_sql("?").concat(sa.cast(expression, sa.Text())), sa.Integer()), sa.Text())


def _known(expression: Expression, kind: GraphQLEnumType) -> Expression:
    known = expression.in_([_sql(name) for name in kind.values])
    return sa.case((known, expression), else_=_failure(expression))


def _moment_text(expression: Expression) -> Expression:
    form = 'YYYY-MM-DD"T"HH24:MI:SS{}"Z"'
    is_whole = sa.func.date_trunc(_sql("second"), expression) == expression
    return sa.func.to_char(
        sa.func.timezone(_sql("UTC"), expression),
        sa.case((is_whole, _sql(form.format(""))), else_=_sql(form.format(".US"))),
    )


def _global_id(type_name: str) -> Convert:
    prefix, encoded = f"{type_name}:", binascii.b2a_base64

    def convert(key: str | None) -> str | None:
        if key is None:
            return None
        spelled = f"{prefix}{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
        return encoded(spelled.encode(), newline=False).decode()

    return convert


def _moment(expression: Expression) -> Expression:
    """What SQLite keeps as `2026-01-31 08:30:00.000000`, as RFC 3339 has it."""
    parted = sa.func.replace(sa.type_coerce(expression, sa.Text()), _sql(" "), _sql("T"))
    return sa.func.replace(parted, _sql(".000000"), _sql(""), type_=sa.Text()).concat(_sql("Z"))
