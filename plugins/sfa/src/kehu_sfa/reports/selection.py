"""Which opportunities a report is about, and by what it puts them together."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_sfa.competitors.models import CompetitionChange
from kehu_sfa.history.models import OpportunityChange
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory

whoever_asks = kehu.Unscoped("a team has all teams below it")


class Dimension(enum.Enum):
    """By what the opportunities of a report are put together; periods are those of the decision."""

    OWNER = "OWNER"
    TEAM = "TEAM"
    PIPELINE = "PIPELINE"
    STAGE = "STAGE"
    PRODUCT = "PRODUCT"
    SOURCE = "SOURCE"
    SECTOR = "SECTOR"
    LOST_REASON = "LOST_REASON"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


@dataclasses.dataclass(frozen=True, slots=True)
class DealSelection:
    """Which opportunities a report is about; what is left out does not matter.

    Owner, team, product, source and sector are those that the opportunity had at the moment of the report; a team
    comes with all teams below it; the days are those of the decision, both included.
    """

    owner_id: kehu.GlobalId | None = None
    team_id: kehu.GlobalId | None = None
    pipeline_id: kehu.GlobalId | None = None
    product_id: kehu.GlobalId | None = None
    customer_id: kehu.GlobalId | None = None
    source: str | None = None
    sector: str | None = None
    closed_from: date | None = None
    closed_until: date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Deal:
    """What a report knows of one opportunity at a moment."""

    row: OpportunityChange
    sector: str | None


EVERYTHING = DealSelection()
_REFERENCES: Mapping[Dimension, tuple[str, type[Any], str]] = {
    Dimension.OWNER: ("owner_id", kehu.User, "User"),
    Dimension.TEAM: ("team_id", kehu.Team, "Team"),
    Dimension.PIPELINE: ("pipeline_id", Pipeline, "Pipeline"),
    Dimension.STAGE: ("stage_id", Stage, "Stage"),
    Dimension.PRODUCT: ("product_id", kehu.Product, "Product"),
}


def holds(
    change: type[OpportunityChange | CompetitionChange], at: datetime
) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions under which a row of a history holds at a moment; one of all that follow each other does."""
    return change.valid_from <= at, sa.or_(change.valid_until.is_(None), change.valid_until > at)


async def deals_at(
    ctx: kehu.Context,
    at: datetime | None,
    selection: DealSelection | None,
    categories: Sequence[StageCategory] | None = None,
) -> list[Deal]:
    """The opportunities as they were at a moment, now unless given, as far as the reader may see them."""
    c, chosen = OpportunityChange, selection or EVERYTHING
    statement = (
        sa.select(c, _sector())
        .outerjoin(kehu.Customer, kehu.Customer.id == c.customer_id)
        .where(*holds(c, at or ctx.now()), c.is_archived.is_(False), *await _conditions(ctx, chosen))
        .order_by(c.opportunity_id)
    )
    if categories is not None:
        statement = statement.where(c.category.in_(categories))
    return [Deal(row, sector) for row, sector in (await ctx.session.execute(statement)).all()]


def _sector() -> sa.ColumnElement[str | None]:
    """The sector at that moment, where the reader may see the customer."""
    return sa.case((kehu.Customer.id.is_not(None), OpportunityChange.sector))


async def _conditions(ctx: kehu.Context, chosen: DealSelection) -> list[sa.ColumnElement[bool]]:
    c = OpportunityChange
    equal: list[tuple[Any, Any]] = [
        (c.owner_id, _key(chosen.owner_id, "User")),
        (c.pipeline_id, _key(chosen.pipeline_id, "Pipeline")),
        (c.product_id, _key(chosen.product_id, "Product")),
        (c.customer_id, _key(chosen.customer_id, "Customer")),
        (c.source, chosen.source),
        (_sector(), chosen.sector),
    ]
    conditions = [column == value for column, value in equal if value is not None]
    if chosen.team_id is not None:
        conditions.append(c.team_id.in_(await teams_below(ctx, key_of(chosen.team_id, "Team"))))
    if chosen.closed_from is not None:
        conditions.append(c.closed_on >= chosen.closed_from)
    if chosen.closed_until is not None:
        conditions.append(c.closed_on <= chosen.closed_until)
    return conditions


async def teams_below(ctx: kehu.Context, team_id: uuid.UUID) -> set[uuid.UUID]:
    """The team and all teams below it."""
    rows = (await whoever_asks.execute(ctx, sa.select(kehu.Team.id, kehu.Team.parent_id))).all()
    found, waiting = set[uuid.UUID](), [team_id]
    while waiting:
        found.add(above := waiting.pop())
        waiting += [key for key, parent in rows if parent == above and key not in found]
    return found


def value_of(by: Dimension) -> Callable[[Deal], Any]:
    """How a deal is put into its group."""
    if by in _REFERENCES:
        attribute = _REFERENCES[by][0]
        return lambda deal: getattr(deal.row, attribute)
    if by is Dimension.SECTOR:
        return lambda deal: deal.sector
    if by is Dimension.SOURCE:
        return lambda deal: deal.row.source
    if by is Dimension.LOST_REASON:
        return lambda deal: deal.row.lost_reason
    return lambda deal: period_start(deal.row.closed_on or deal.row.expected_close_on, by)


def period_start(day: date | None, by: Dimension) -> date | None:
    """The first day of the month, quarter or year that a day falls in."""
    if day is None:
        return None
    if by is Dimension.YEAR:
        return day.replace(month=1, day=1)
    return day.replace(month=day.month - (day.month - 1) % 3 if by is Dimension.QUARTER else day.month, day=1)


async def labels(
    ctx: kehu.Context, by: Dimension, values: Sequence[Any]
) -> dict[Any, tuple[str | None, str | None]]:
    """Id and label of each group; records that the reader may not see have no label."""
    if by not in _REFERENCES:
        return {value: (None, None if value is None else str(value)) for value in values}
    _, model, type_name = _REFERENCES[by]
    keys = [value for value in values if value is not None]
    rows = (await ctx.session.execute(sa.select(model.id, model.name).where(model.id.in_(keys)))).all()
    names = {row[0]: row[1] for row in rows}
    return {key: (key and kehu.global_id(type_name, key), names.get(key)) for key in values}


def _key(given: str | None, type_name: str) -> uuid.UUID | None:
    return None if given is None else key_of(given, type_name)
