"""Percentiles as SQL's percentile_cont has them, but exact: the two neighbours come from the database."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from kehu.kernel.errors import BadInput

PLACES = Decimal("0.0001")


def neighbours(expression: Any, percent: Decimal) -> list[sa.ColumnElement[Any]]:
    """What to select for `between`: the value below, the value above, and how many there are."""
    return [
        sa.type_coerce(_Nth(expression, sa.literal(f"{percent:f}"), sa.literal(end)), expression.type)
        for end in ("floor", "ceil")
    ] + [sa.func.count(expression)]


def between(percent: Decimal, below: Any, above: Any, number: int) -> Decimal | None:
    """The value that `percent` of all are at most, between its neighbours in proportion; to four places."""
    if not number:
        return None
    share = percent * (number - 1) / 100 % 1
    low, high = Decimal(below), Decimal(above)
    return (low + (high - low) * share).quantize(PLACES, ROUND_HALF_EVEN)


def check_percent(percent: Decimal) -> None:
    """Raise BadInput for what is no percentage."""
    if not 0 <= percent <= 100:
        raise BadInput("A percentile is of 0 to 100 percent.", field="percent")


class _Nth(FunctionElement[Any]):
    """The value at the place of a percentage, rounded down or up; of a value, a text and `floor` or `ceil`."""

    name = "kehu_nth"
    inherit_cache = True


@compiles(_Nth, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    value, percent, end = element.clauses
    x, p = compiler.process(value, **kwargs), compiler.process(percent, **kwargs)
    place = f"{end.value}(CAST({p} AS numeric) * (count({x}) - 1) / 100)"
    return f"(array_agg({x} ORDER BY {x}) FILTER (WHERE {x} IS NOT NULL))[CAST({place} AS integer) + 1]"


@compiles(_Nth, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"kehu_nth({', '.join(compiler.process(clause, **kwargs) for clause in element.clauses)})"
