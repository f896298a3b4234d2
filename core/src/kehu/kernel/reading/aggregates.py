"""Aggregates: counts, sums and the rest over a filtered list, grouped by attributes and by time buckets."""

from __future__ import annotations

import dataclasses
import enum
import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.expression import FunctionElement

from kehu.kernel.composition import ReferenceDefinition
from kehu.kernel.errors import BadInput
from kehu.kernel.reading.attributes import Attribute
from kehu.kernel.reading.currencies import checked, ends
from kehu.kernel.reading.having import Having, conditions
from kehu.kernel.reading.measures import Measure
from kehu.kernel.reading.percentiles import between, check_percent, neighbours
from kehu.kernel.texts import text

if TYPE_CHECKING:
    from kehu.kernel.context import Context

LARGEST_RESULT = 1000
AVERAGE_PLACES = Decimal("0.0001")


class TimeBucket(enum.Enum):
    """The span of time that values are put together by."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


@dataclasses.dataclass(frozen=True, slots=True)
class Grouping:
    """One term of GROUP BY: an attribute, or the start of the span of time that it falls in.

    With a `path` the attribute is one of the record that the last of these references leads to.
    """

    attribute: Attribute
    bucket: TimeBucket | None = None
    path: tuple[ReferenceDefinition, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """One row of the answer: the values it is grouped by, in order, how many records, the measures, the percentiles."""

    keys: tuple[Any, ...]
    count: int
    measures: Mapping[tuple[Measure, str], Any]
    percentiles: Mapping[tuple[Decimal, str], Decimal | None] = dataclasses.field(default_factory=dict)


Reader = Callable[..., Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """A figure: the places of the columns that it is made of, and how; a column on its own where `read` is None.

    What is read of amounts in several currencies is `kehu.kernel.reading.currencies.Mixed`.
    """

    places: tuple[int, ...]
    read: Reader | None = None

    def of(self, row: Sequence[Any]) -> Any:
        """The figure of a row."""
        if self.read is None:
            return row[self.places[0]]
        return self.read(*[row[place] for place in self.places])


@dataclasses.dataclass(frozen=True, slots=True)
class Grouped:
    """The statement of an aggregate, one group a row: the `width` keys first, then how many records there are.

    It gives one row more than there may be (see `LARGEST_RESULT`).
    """

    statement: sa.Select[Any]
    width: int
    measures: Mapping[tuple[Measure, str], Figure]
    percentiles: Mapping[tuple[Decimal, str], Figure]

    def group(self, row: Sequence[Any]) -> Group:
        """The group that a row is."""
        return Group(
            tuple(row[: self.width]),
            row[self.width],
            {name: figure.of(row) for name, figure in self.measures.items()},
            {name: figure.of(row) for name, figure in self.percentiles.items()},
        )


async def aggregate(
    ctx: Context,
    model: type[Any],
    *,
    filter: Mapping[str, Any] | None,
    group_by: Sequence[Grouping],
    measures: Sequence[tuple[Measure, Attribute]],
    percentiles: Sequence[tuple[Decimal, Attribute]] = (),
    having: Sequence[Having] = (),
) -> list[Group]:
    """The groups of a filtered list, ordered by their keys; one group with count 0 for an empty list without grouping.

    Raises Forbidden for an attribute that the principal may not read, BadInput (TOO_MANY_GROUPS) above 1,000 groups.
    """
    found = grouped(
        ctx,
        model,
        filter=filter,
        group_by=group_by,
        measures=measures,
        percentiles=percentiles,
        having=having,
    )
    rows = (await ctx.session.execute(found.statement)).all()
    if len(rows) > LARGEST_RESULT:
        raise BadInput(
            text("More than {most} groups; filter or group more coarsely.", most=LARGEST_RESULT),
            code="TOO_MANY_GROUPS",
            field="groupBy",
        )
    return [found.group(row) for row in rows]


def grouped(
    ctx: Context,
    model: type[Any],
    *,
    filter: Mapping[str, Any] | None,
    group_by: Sequence[Grouping],
    measures: Sequence[tuple[Measure, Attribute]],
    percentiles: Sequence[tuple[Decimal, Attribute]] = (),
    having: Sequence[Having] = (),
) -> Grouped:
    """The statement of `aggregate`, whose filter may have slots. Raises what `aggregate` raises but for many groups."""
    _check(ctx, group_by, [a for _, a in measures], [a for _, a in percentiles], having)
    for grouping in group_by:
        _check_path(ctx, model, grouping.path)
    keys = [_key(ctx, model, grouping).label(f"key_{i}") for i, grouping in enumerate(group_by)]
    columns: list[Any] = [*keys, sa.func.count()]
    figures = _measured(model, measures, columns)
    between = _percentiles(model, percentiles, columns)
    statement = (
        sa.select(*columns)
        .select_from(model)
        .where(*ctx.app.filters.listed(ctx, model, filter))
        .group_by(*keys)
        .order_by(*(term for key in keys for term in (key.is_(None), key)))
        .limit(LARGEST_RESULT + 1)
    )
    for each in having:
        statement = statement.having(*conditions(model, each))
    return Grouped(statement, len(keys), figures, between)


def _check(
    ctx: Context,
    group_by: Sequence[Grouping],
    measured: Sequence[Attribute],
    percentiles: Sequence[Attribute],
    having: Sequence[Having],
) -> None:
    asked = [each.attribute for each in having if each.attribute is not None]
    for attribute in [*(g.attribute for g in group_by), *measured, *percentiles, *asked]:
        if attribute.read:
            ctx.require(attribute.read, field=attribute.name)
    names = [(*(reference.name for reference in g.path), g.attribute.name) for g in group_by]
    if len(names) > len(set(names)):
        raise BadInput("Nothing can be grouped by the same field twice.", field="groupBy")


def _check_path(ctx: Context, model: type[Any], path: Sequence[ReferenceDefinition]) -> None:
    """Raise Forbidden for a reference on the way that the principal may not read."""
    for reference in path:
        permission = ctx.app.catalogue[model].hides(reference)
        if permission:
            ctx.require(permission, field=reference.name)
        model = reference.target


def _key(ctx: Context, model: type[Any], grouping: Grouping) -> sa.ColumnElement[Any]:
    expression = _reached(model, grouping.path, grouping.attribute)
    if grouping.bucket is None:
        return expression
    if not grouping.attribute.is_time:
        message = text("{field} is no date; only dates have a bucket.", field=grouping.attribute.label)
        raise BadInput(message, field="groupBy")
    moment = grouping.attribute.kind is not date
    return bucket(expression, grouping.bucket, ctx.principal.time_zone if moment else None)


def _reached(entity: Any, path: Sequence[ReferenceDefinition], attribute: Attribute) -> sa.ColumnElement[Any]:
    """The attribute of the record at the end of the path; none where one may not see a record on the way."""
    if not path:
        return attribute.on(entity)  # type: ignore[no-any-return]
    other = aliased(path[0].target)
    value = _reached(other, path[1:], attribute)
    return sa.select(value).where(other.id == getattr(entity, path[0].key)).scalar_subquery()


def _percentiles(
    model: type[Any], percentiles: Sequence[tuple[Decimal, Attribute]], columns: list[Any]
) -> dict[tuple[Decimal, str], Figure]:
    """Each percentile, with the columns that it needs added to the others."""
    figures: dict[tuple[Decimal, str], Figure] = {}
    for percent, attribute in percentiles:
        check_percent(percent)
        at = len(columns)
        columns += neighbours(attribute.on(model), percent)
        read = functools.partial(between, percent)
        figures[percent, attribute.name] = _figure(model, attribute, (at, at + 1, at + 2), read, columns)
    return figures


def _measured(
    model: type[Any], measures: Sequence[tuple[Measure, Attribute]], columns: list[Any]
) -> dict[tuple[Measure, str], Figure]:
    """Each measure, with the columns that it needs added to the others.

    An average is a sum and a count, so that it is exact.
    """
    figures: dict[tuple[Measure, str], Figure] = {}
    for measure, attribute in measures:
        expression, at = attribute.on(model), len(columns)
        if measure is Measure.AVG:
            columns += [sa.func.sum(expression), sa.func.count(expression)]
            figures[measure, attribute.name] = _figure(model, attribute, (at, at + 1), _average, columns)
            continue
        columns.append(
            sa.func.count(sa.distinct(expression))
            if measure is Measure.DISTINCT
            else getattr(sa.func, measure.value)(expression)
        )
        figures[measure, attribute.name] = (
            Figure((at,)) if measure is Measure.DISTINCT else _figure(model, attribute, (at,), None, columns)
        )
    return figures


def _figure(
    model: type[Any], attribute: Attribute, places: tuple[int, ...], read: Reader | None, columns: list[Any]
) -> Figure:
    """The figure of these columns; of an amount the first and last currency are added to them."""
    if attribute.currency is None:
        return Figure(places, read)
    at = len(columns)
    columns += ends(model, attribute)
    return Figure((*places, at, at + 1), checked(attribute, read, len(places)))


def _average(total: Any, count: int) -> Decimal | None:
    if not count:
        return None
    return (Decimal(total) / count).quantize(AVERAGE_PLACES, ROUND_HALF_EVEN)


_ENDS_OF_CALENDAR = ("0002-01-01 00:00:00+00", "9998-12-31 00:00:00+00")


class _Bucket(FunctionElement[date]):
    """First day of a span of time; PostgreSQL truncates, SQLite calls `kehu.kernel.db.sqlite.bucket`."""

    name = "kehu_bucket"
    type = sa.Date()
    inherit_cache = True


def bucket(expression: Any, unit: TimeBucket, zone: str | None) -> sa.ColumnElement[date]:
    """The first day of the `unit` that a date, or a moment in time zone `zone`, falls in."""
    return _Bucket(expression, sa.literal(unit.value), sa.literal(zone or ""))


@compiles(_Bucket, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    value, unit, zone = element.clauses
    source = sa.cast(sa.func.timezone(zone, _kept(value)) if zone.value else value, sa.DateTime())
    return str(
        compiler.process(sa.cast(sa.func.date_trunc(sa.func.lower(unit), source), sa.Date()), **kwargs)
    )


def _kept(moment: Any) -> Any:
    """The moment, no nearer to the ends of the calendar than that every time zone has a day for it; NULL for NULL."""
    first: Any = sa.literal_column(f"timestamptz '{_ENDS_OF_CALENDAR[0]}'")
    last: Any = sa.literal_column(f"timestamptz '{_ENDS_OF_CALENDAR[1]}'")
    # GREATEST passes over NULL, and would make a day of no moment.
    return sa.case((moment.is_not(None), sa.func.least(sa.func.greatest(moment, first), last)))


@compiles(_Bucket, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"kehu_bucket({', '.join(compiler.process(clause, **kwargs) for clause in element.clauses)})"
