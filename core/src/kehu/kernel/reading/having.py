"""Conditions on the figures of a group: only those whose sum is above a million."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kehu.kernel.errors import BadInput
from kehu.kernel.model import ExactDecimal
from kehu.kernel.reading.attributes import Attribute
from kehu.kernel.reading.currencies import in_one_currency
from kehu.kernel.reading.measures import Measure
from kehu.kernel.texts import text


@dataclasses.dataclass(frozen=True, slots=True)
class Having:
    """A condition on a measure of an attribute, or on the number of records where both are None.

    `tests` are numbers by operator: `{"gte": Decimal(5)}`; those of `in` and `notIn` are lists.
    """

    tests: Mapping[str, Any]
    measure: Measure | None = None
    attribute: Attribute | None = None


def conditions(model: type[Any], having: Having) -> list[sa.ColumnElement[bool]]:
    """The conditions as SQL. Raises BadInput for a measure of what is no number."""
    figure = _figure(model, having)
    return [
        _tested(figure, operator, given)
        for operator, given in having.tests.items()
        if given is not None or operator in ("eq", "ne")
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class _Figure:
    """A total, of which `number` make one unit: an average is a sum and a count, so that nothing is divided."""

    total: Any
    number: Any = None


def _figure(model: type[Any], having: Having) -> _Figure:
    if having.measure is None or having.attribute is None:
        return _Figure(sa.func.count())
    expression = having.attribute.on(model)
    if having.measure is Measure.DISTINCT:
        return _Figure(sa.func.count(sa.distinct(expression)))
    if not having.attribute.is_number:
        raise BadInput(text("{field} is no number.", field=having.attribute.label), field="having")
    if having.measure is Measure.AVG:
        total = in_one_currency(model, having.attribute, sa.func.sum(expression))
        return _Figure(total, sa.func.count(expression))
    figure = getattr(sa.func, having.measure.value)(expression)
    return _Figure(in_one_currency(model, having.attribute, figure))


_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "eq": lambda total, value: total == value,
    "gt": lambda total, value: total > value,
    "gte": lambda total, value: total >= value,
    "lt": lambda total, value: total < value,
    "lte": lambda total, value: total <= value,
}
# A whole number is above 2.5 when it is above 2, and at least 2.5 when it is at least 3.
_ROUNDED = {"gt": math.floor, "gte": math.ceil, "lt": math.ceil, "lte": math.floor}


def _tested(figure: _Figure, operator: str, given: Any) -> sa.ColumnElement[bool]:
    if operator == "isNull":
        return figure.total.is_(None) if given else figure.total.is_not(None)  # type: ignore[no-any-return]
    if operator in ("in", "notIn"):
        among = sa.or_(sa.false(), *(_tested(figure, "eq", value) for value in given))
        return among if operator == "in" else among.is_not(sa.true())
    if operator == "ne":
        return (
            _tested(figure, "eq", given).is_not(sa.true()) if given is not None else figure.total.is_not(None)
        )
    if given is None:
        return figure.total.is_(None)  # type: ignore[no-any-return]
    return _compared(figure, operator, Decimal(given))


def _compared(figure: _Figure, operator: str, given: Decimal) -> sa.ColumnElement[bool]:
    compare = _COMPARED[operator]
    if isinstance(figure.total.type, ExactDecimal):
        places = max(0, -int(given.as_tuple().exponent))
        value: Any = sa.literal(given, ExactDecimal(38, places))
        return compare(figure.total, value if figure.number is None else value * figure.number)  # type: ignore[no-any-return]
    if figure.number is not None:
        above, below = given.as_integer_ratio()
        return compare(figure.total * below, figure.number * above)  # type: ignore[no-any-return]
    if operator in _ROUNDED:
        return compare(figure.total, _ROUNDED[operator](given))  # type: ignore[no-any-return]
    return compare(figure.total, int(given)) if given == int(given) else sa.false()
