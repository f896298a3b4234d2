"""The pipeline as it was at a moment, and how it came from one moment to another."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import kehu
from kehu_sfa.history.models import OpportunityChange
from kehu_sfa.pipelines.models import StageCategory
from kehu_sfa.plugin import plugin
from kehu_sfa.reports.figures import ZERO, total, weighted
from kehu_sfa.reports.selection import Deal, DealSelection, Dimension, deals_at, labels, value_of

OPEN = (StageCategory.OPEN, StageCategory.ON_HOLD)


@dataclasses.dataclass(frozen=True, slots=True)
class PipelineGroup:
    """Open opportunities of one group in one currency; amounts in several currencies are never added up."""

    key_id: kehu.GlobalId | None
    label: str | None
    currency: str | None
    count: int
    amount: Decimal
    weighted_amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Movement:
    """How many opportunities moved the pipeline in one way, and by how much; what leaves it is negative."""

    count: int
    amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class PipelineWaterfall:
    """How the open amount in one currency came from one moment to another: start + all movements = end, exactly.

    advanced, slipped: came into the days that are looked at, or left them, because the decision is now expected on
    another day. new: began since; with the amount at its close, if it was closed since. increased, decreased: the
    amount changed. reopened: was closed at the start. other: was archived or restored, or came to or left the
    selection in another way, such as by a new owner.
    """

    currency: str | None
    start: Decimal
    new: Movement
    reopened: Movement
    advanced: Movement
    slipped: Movement
    increased: Movement
    decreased: Movement
    won: Movement
    lost: Movement
    other: Movement
    end: Decimal


@plugin.query(permission="sfa.opportunity:read")
async def pipeline_report(
    ctx: kehu.Context,
    by: Dimension = Dimension.STAGE,
    selection: DealSelection | None = None,
    as_of: datetime | None = None,
) -> list[PipelineGroup]:
    """The open opportunities that you may see, by group and currency, now or as they were at a moment."""
    groups: dict[tuple[Any, str | None], list[Deal]] = defaultdict(list)
    group_of = value_of(by)
    for deal in await deals_at(ctx, as_of, selection, OPEN):
        groups[group_of(deal), deal.row.currency].append(deal)
    named = await labels(ctx, by, [value for value, _ in groups])
    rows = [
        PipelineGroup(
            _global(named[value][0]), named[value][1], currency, len(deals), total(deals), weighted(deals)
        )
        for (value, currency), deals in groups.items()
    ]
    return sorted(rows, key=lambda row: (row.label is None, row.label or "", row.currency or ""))


@plugin.query(permission="sfa.opportunity:read")
async def pipeline_waterfall(
    ctx: kehu.Context,
    since: datetime,
    until: datetime | None = None,
    expected_from: date | None = None,
    expected_until: date | None = None,
    selection: DealSelection | None = None,
) -> list[PipelineWaterfall]:
    """What happened to the pipeline between two moments, for each currency.

    `expectedFrom` and `expectedUntil` look only at decisions expected on these days, both included, such as those of
    a quarter: only then can opportunities advance into it and slip out of it.
    """
    end_at = until or ctx.now()
    if end_at < since:
        raise kehu.BadInput(kehu.text("The end cannot be before the start."), field="until")
    window = _Window(expected_from, expected_until)
    before = {deal.row.opportunity_id: deal.row for deal in await deals_at(ctx, since, selection)}
    after = {deal.row.opportunity_id: deal.row for deal in await deals_at(ctx, end_at, selection)}
    everything = {deal.row.opportunity_id for deal in await deals_at(ctx, since, None)}
    tallies: dict[str | None, _Tally] = defaultdict(_Tally)
    for key in sorted(before.keys() | after.keys()):
        _compare(tallies, window, before.get(key), after.get(key), existed=key in everything)
    return [tallies[currency].waterfall(currency) for currency in sorted(tallies, key=lambda c: c or "")]


@dataclasses.dataclass(frozen=True, slots=True)
class _Window:
    first: date | None
    last: date | None

    def has(self, row: OpportunityChange | None) -> bool:
        """Open, and expected on these days; without days, everything that is open."""
        return row is not None and row.category in OPEN and self.expects(row)

    def expects(self, row: OpportunityChange) -> bool:
        if self.first is None and self.last is None:
            return True
        day = row.expected_close_on
        return day is not None and (self.first or day) <= day <= (self.last or day)


class _Tally:
    """The movements of one currency."""

    def __init__(self) -> None:
        self.start = self.end = ZERO
        self.amounts: dict[str, list[Decimal]] = defaultdict(list)

    def move(self, kind: str, amount: Decimal) -> None:
        self.amounts[kind].append(amount)

    def waterfall(self, currency: str | None) -> PipelineWaterfall:
        kinds = ("new", "reopened", "advanced", "slipped", "increased", "decreased", "won", "lost", "other")
        found = {kind: Movement(len(self.amounts[kind]), sum(self.amounts[kind], ZERO)) for kind in kinds}
        return PipelineWaterfall(currency=currency, start=self.start, end=self.end, **found)


_Tallies = Mapping[str | None, _Tally]


def _compare(
    tallies: _Tallies,
    window: _Window,
    old: OpportunityChange | None,
    new: OpportunityChange | None,
    *,
    existed: bool,
) -> None:
    """Tally how one opportunity moved; `old` and `new` are None where it was not in the selection."""
    was_in, is_in = window.has(old), window.has(new)
    if old is not None and was_in:
        tallies[old.currency].start += _amount(old)
    if new is not None and is_in:
        tallies[new.currency].end += _amount(new)
    if old is not None and was_in:
        _from_inside(tallies, old, new, is_in=is_in)
    elif new is not None and is_in:
        tallies[new.currency].move(_entrance(old, existed=existed), _amount(new))
    elif new is not None and old is None and not existed and new.category not in OPEN and window.expects(new):
        tallies[new.currency].move("new", _amount(new))
        tallies[new.currency].move(_closing(new), -_amount(new))


def _from_inside(
    tallies: _Tallies, old: OpportunityChange, new: OpportunityChange | None, *, is_in: bool
) -> None:
    if new is None:
        tallies[old.currency].move("other", -_amount(old))
        return
    for currency, change in _changes(old, new):
        if change:
            tallies[currency].move("increased" if change > 0 else "decreased", change)
    if not is_in:
        tallies[new.currency].move("slipped" if new.category in OPEN else _closing(new), -_amount(new))


def _changes(old: OpportunityChange, new: OpportunityChange) -> Iterable[tuple[str | None, Decimal]]:
    """By how much the amount changed; another currency is all out of the one and all into the other."""
    if old.currency == new.currency:
        return [(new.currency, _amount(new) - _amount(old))]
    return [(old.currency, -_amount(old)), (new.currency, _amount(new))]


def _entrance(old: OpportunityChange | None, *, existed: bool) -> str:
    if old is None:
        return "other" if existed else "new"
    return "advanced" if old.category in OPEN else "reopened"


def _closing(row: OpportunityChange) -> str:
    return "won" if row.category is StageCategory.WON else "lost"


def _amount(row: OpportunityChange) -> Decimal:
    return row.amount if row.amount is not None else ZERO


def _global(key: str | None) -> kehu.GlobalId | None:
    return None if key is None else kehu.GlobalId(key)
