"""The forecast of a period: what is counted on, what owners say, what managers make of it; now or as it was."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.kernel.ids import key_of
from kehu_sfa.forecasts.models import ForecastAdjustment, ForecastSubmission
from kehu_sfa.history.models import ForecastCategory
from kehu_sfa.periods import PeriodKind
from kehu_sfa.pipelines.models import StageCategory
from kehu_sfa.plugin import plugin
from kehu_sfa.reports.figures import ZERO, total, weighted
from kehu_sfa.reports.selection import Deal, DealSelection, deals_at, teams_below

Key = tuple[uuid.UUID | None, uuid.UUID | None, str]
SaidKey = tuple[uuid.UUID | None, str]
C = ForecastCategory


@dataclasses.dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected in a period in one currency.

    Open deals count by the day on which they are expected to close, won ones by that on which they did. `weighted`
    is what is won and the open amounts times their probabilities. `expected` is what a manager made of the
    commitment, else what the owner submitted, else what is won and committed.
    """

    currency: str
    omitted: Decimal
    pipeline: Decimal
    best_case: Decimal
    commit: Decimal
    closed: Decimal
    weighted: Decimal
    submitted: Decimal | None
    adjusted: Decimal | None
    expected: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """What an owner submitted, and what a manager made of it."""

    team_id: uuid.UUID | None
    submitted: Decimal
    adjusted: Decimal | None

    @property
    def expected(self) -> Decimal:
        """What counts."""
        return self.submitted if self.adjusted is None else self.adjusted


@dataclasses.dataclass(frozen=True, slots=True)
class OwnerForecast:
    """The forecast of one owner in one team; the owner is null for deals of nobody."""

    owner: kehu.User | None
    team: kehu.Team | None
    forecast: Forecast


@dataclasses.dataclass(frozen=True, slots=True)
class TeamForecast:
    """The forecast of a team with all teams below it; the team is null for everybody together."""

    team: kehu.Team | None
    forecast: Forecast


@plugin.query(permission="sfa.opportunity:read")
async def forecast_report(
    ctx: kehu.Context,
    period: PeriodKind = PeriodKind.QUARTER,
    on: date | None = None,
    team: kehu.Team | None = None,
    as_of: datetime | None = None,
) -> list[OwnerForecast]:
    """The forecast of each owner that you may see, for the period around a day, today unless given."""
    chosen = DealSelection(team_id=kehu.GlobalId(kehu.global_id("Team", team.id)) if team else None)
    found = await forecasts(ctx, period, on or ctx.today(), as_of, chosen)
    people = await _by_id(ctx, kehu.User, {owner for owner, _, _ in found})
    teams = await _by_id(ctx, kehu.Team, {team_id for _, team_id, _ in found})
    rows = [
        OwnerForecast(people.get(owner), teams.get(team_id), forecast)
        for (owner, team_id, _), forecast in found.items()
    ]
    return sorted(
        rows, key=lambda row: (row.owner is None, row.owner.name if row.owner else "", *_order(row))
    )


@plugin.query(permission="sfa.opportunity:read")
async def team_forecast_report(
    ctx: kehu.Context,
    period: PeriodKind = PeriodKind.QUARTER,
    on: date | None = None,
    as_of: datetime | None = None,
) -> list[TeamForecast]:
    """The forecasts rolled up: of each team with all teams below it, and of everybody together."""
    found = await forecasts(ctx, period, on or ctx.today(), as_of, None)
    teams = (await ctx.session.scalars(sa.select(kehu.Team))).all()
    rows = [TeamForecast(None, each) for each in rolled_up(found.items())]
    for team in teams:
        below = await teams_below(ctx, team.id)
        rows += [
            TeamForecast(team, each)
            for each in rolled_up((key, forecast) for key, forecast in found.items() if key[1] in below)
        ]
    return sorted(rows, key=lambda row: (row.team is not None, *_order(row)))


async def forecasts(
    ctx: kehu.Context,
    period: PeriodKind,
    day: date,
    as_of: datetime | None,
    selection: DealSelection | None,
) -> dict[Key, Forecast]:
    """By owner, team and currency, as far as the reader may see the deals and the submissions."""
    at = as_of or ctx.now()
    first, last = period.first_day(day), period.last_day(day)
    groups: dict[Key, list[Deal]] = defaultdict(list)
    for deal in await deals_at(ctx, at, selection):
        if deal.row.currency is not None and _falls(deal, first, last):
            groups[deal.row.owner_id, deal.row.team_id, deal.row.currency].append(deal)
    said = await _submissions(ctx, period, first, at)
    below = None
    if selection is not None and selection.team_id is not None:
        below = await teams_below(ctx, key_of(selection.team_id, "Team"))
    placed = _placed(said, groups, below)
    return {
        key: _forecast(key, groups.get(key, []), placed.get(key), covered=(key[0], key[2]) in said)
        for key in groups.keys() | placed.keys()
    }


def _placed(
    said: dict[SaidKey, Said], groups: Mapping[Key, Sequence[Deal]], below: set[uuid.UUID] | None
) -> dict[Key, Said]:
    """Where each submission stands: it is about all deals of an owner in a currency, but counts once.

    In the row of its own team, else in the first row of its owner; alone where there is none.
    """
    placed = {}
    for (owner_id, currency), each in said.items():
        rows = sorted((key for key in groups if (key[0], key[2]) == (owner_id, currency)), key=str)
        key = owner_id, each.team_id, currency
        if key not in groups and rows:
            key = rows[0]
        if key in groups or below is None or each.team_id in below:
            placed[key] = each
    return placed


def rolled_up(found: Iterable[tuple[Key, Forecast]]) -> list[Forecast]:
    """The sums for each currency; what nobody submitted or adjusted is not in those sums, but in `expected`."""
    groups: dict[str, list[Forecast]] = defaultdict(list)
    for (_, _, currency), forecast in found:
        groups[currency].append(forecast)
    names = ("omitted", "pipeline", "best_case", "commit", "closed", "weighted", "expected")
    return [
        Forecast(
            currency=currency,
            submitted=_sum_known(each.submitted for each in group),
            adjusted=_sum_known(each.adjusted for each in group),
            **{name: sum((getattr(each, name) for each in group), ZERO) for name in names},
        )
        for currency, group in sorted(groups.items())
    ]


def _falls(deal: Deal, first: date, last: date) -> bool:
    row = deal.row
    if row.category is StageCategory.LOST:
        return False
    day = row.closed_on if row.category is StageCategory.WON else row.expected_close_on
    return day is not None and first <= day <= last


def _forecast(key: Key, deals: Sequence[Deal], said: Said | None, *, covered: bool) -> Forecast:
    """`covered`: the owner submitted something, perhaps in the row of another team, which counts for these deals."""
    of: dict[ForecastCategory, list[Deal]] = defaultdict(list)
    for deal in deals:
        of[deal.row.forecast_category].append(deal)
    closed, commit = total(of[C.CLOSED]), total(of[C.COMMIT])
    expected = ZERO if covered else closed + commit
    return Forecast(
        currency=key[2],
        omitted=total(of[C.OMITTED]),
        pipeline=total(of[C.PIPELINE]),
        best_case=total(of[C.BEST_CASE]),
        commit=commit,
        closed=closed,
        weighted=closed + weighted([d for d in deals if d.row.category is not StageCategory.WON]),
        submitted=said.submitted if said else None,
        adjusted=said.adjusted if said else None,
        expected=said.expected if said else expected,
    )


async def _submissions(
    ctx: kehu.Context, period: PeriodKind, first: date, at: datetime
) -> dict[SaidKey, Said]:
    """The last submission up to a moment of each owner, and what a manager had made of it by then."""
    s, a = ForecastSubmission, ForecastAdjustment
    found = (
        sa.select(s)
        .where(s.period == period, s.starts_on == first, s.submitted_at <= at, s.archived_at.is_(None))
        .order_by(s.submitted_at, s.id)
    )
    last = {(each.owner_id, each.currency): each for each in await ctx.session.scalars(found)}
    keys = [each.id for each in last.values()]
    made = sa.select(a).where(a.submission_id.in_(keys), a.adjusted_at <= at).order_by(a.adjusted_at, a.id)
    adjusted = {each.submission_id: each.amount for each in await ctx.session.scalars(made)}
    return {key: Said(each.team_id, each.commit_amount, adjusted.get(each.id)) for key, each in last.items()}


async def _by_id(ctx: kehu.Context, model: type[Any], keys: set[uuid.UUID | None]) -> dict[Any, Any]:
    found = sa.select(model).where(model.id.in_([key for key in keys if key is not None]))
    return {each.id: each for each in await ctx.session.scalars(found)}


def _order(row: OwnerForecast | TeamForecast) -> tuple[str, str]:
    return row.team.name if row.team else "", row.forecast.currency


def _sum_known(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None
