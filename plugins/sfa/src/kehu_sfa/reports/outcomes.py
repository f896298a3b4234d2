"""What became of opportunities: win rates, cycles, averages, velocity, reasons."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import kehu
from kehu_sfa.pipelines.models import StageCategory
from kehu_sfa.plugin import plugin
from kehu_sfa.reports.figures import HUNDREDTH, cycle_days, mean, median, only_currency, percent, total
from kehu_sfa.reports.selection import Deal, DealSelection, Dimension, deals_at, labels, value_of

CLOSED = (StageCategory.WON, StageCategory.LOST)


@dataclasses.dataclass(frozen=True, slots=True)
class CycleLength:
    """How many days deals took from their opening to the decision, with two places; null of none."""

    median_days: Decimal | None
    mean_days: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """What became of the opportunities of one group.

    winPercent is won of won and lost. Amounts are null where there are several currencies, which are never added up.
    """

    key_id: kehu.GlobalId | None
    label: str | None
    won: int
    lost: int
    win_percent: Decimal | None
    currency: str | None
    won_amount: Decimal | None
    average_amount: Decimal | None
    cycle_of_won: CycleLength
    cycle_of_lost: CycleLength


@dataclasses.dataclass(frozen=True, slots=True)
class LostReasonGroup:
    """How many opportunities were lost for one reason, and how many of all that were lost, in percent."""

    reason: str | None
    count: int
    percent: Decimal | None
    currency: str | None
    amount: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class VelocityGroup:
    """How much one group wins per day: open deals x win rate x average won amount / mean days to win.

    Source: the sales velocity equation. Null where a part is missing, or currencies are several.
    """

    key_id: kehu.GlobalId | None
    label: str | None
    open: int
    win_percent: Decimal | None
    currency: str | None
    average_amount: Decimal | None
    mean_days: Decimal | None
    amount_per_day: Decimal | None


@plugin.query(permission="sfa.opportunity:read")
async def outcome_report(
    ctx: kehu.Context,
    by: Dimension = Dimension.OWNER,
    selection: DealSelection | None = None,
    as_of: datetime | None = None,
) -> list[OutcomeGroup]:
    """Win rate, cycle length and average deal of the closed opportunities that you may see, now or at a moment."""
    return [
        _outcomes(key_id, label, deals)
        for key_id, label, deals in await _grouped(ctx, by, await deals_at(ctx, as_of, selection, CLOSED))
    ]


@plugin.query(permission="sfa.opportunity:read")
async def lost_reason_report(
    ctx: kehu.Context, selection: DealSelection | None = None, as_of: datetime | None = None
) -> list[LostReasonGroup]:
    """Why opportunities were lost, the most frequent reason first."""
    lost = await deals_at(ctx, as_of, selection, [StageCategory.LOST])
    groups: dict[str | None, list[Deal]] = defaultdict(list)
    for deal in lost:
        groups[deal.row.lost_reason].append(deal)
    rows = [
        LostReasonGroup(
            reason, len(deals), percent(len(deals), len(lost)), only_currency(deals), _total(deals)
        )
        for reason, deals in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.count, row.reason or ""))


@plugin.query(permission="sfa.opportunity:read")
async def velocity_report(
    ctx: kehu.Context,
    by: Dimension = Dimension.OWNER,
    selection: DealSelection | None = None,
    as_of: datetime | None = None,
) -> list[VelocityGroup]:
    """How much is won per day; the days of the selection choose among closed opportunities, not among open ones."""
    chosen = selection or DealSelection()
    anytime = dataclasses.replace(chosen, closed_from=None, closed_until=None)
    open_ones = await deals_at(ctx, as_of, anytime, [StageCategory.OPEN, StageCategory.ON_HOLD])
    closed = await deals_at(ctx, as_of, selection, CLOSED)
    return [_velocity(*group) for group in await _grouped(ctx, by, [*open_ones, *closed])]


async def _grouped(
    ctx: kehu.Context, by: Dimension, deals: Sequence[Deal]
) -> list[tuple[kehu.GlobalId | None, str | None, list[Deal]]]:
    """The deals by group, in the order of the labels, those without one last."""
    group_of = value_of(by)
    groups: dict[Any, list[Deal]] = defaultdict(list)
    for deal in deals:
        groups[group_of(deal)].append(deal)
    named = await labels(ctx, by, list(groups))
    rows = [
        (None if named[value][0] is None else kehu.GlobalId(named[value][0]), named[value][1], found)
        for value, found in groups.items()
    ]
    return sorted(rows, key=lambda row: (row[1] is None, row[1] or "", row[0] or ""))


def _outcomes(key_id: kehu.GlobalId | None, label: str | None, deals: Sequence[Deal]) -> OutcomeGroup:
    won, lost = _in(deals, StageCategory.WON), _in(deals, StageCategory.LOST)
    return OutcomeGroup(
        key_id=key_id,
        label=label,
        won=len(won),
        lost=len(lost),
        win_percent=percent(len(won), len(won) + len(lost)),
        currency=only_currency(won),
        won_amount=_total(won),
        average_amount=_average(won),
        cycle_of_won=_cycle(won),
        cycle_of_lost=_cycle(lost),
    )


def _velocity(key_id: kehu.GlobalId | None, label: str | None, deals: Sequence[Deal]) -> VelocityGroup:
    won, lost = _in(deals, StageCategory.WON), _in(deals, StageCategory.LOST)
    still_open, rate = len(deals) - len(won) - len(lost), percent(len(won), len(won) + len(lost))
    average, days = _average(won), mean(cycle_days(won))
    per_day = None
    if rate is not None and average is not None and days:
        per_day = (still_open * rate * average / (100 * days)).quantize(HUNDREDTH)
    return VelocityGroup(key_id, label, still_open, rate, only_currency(won), average, days, per_day)


def _in(deals: Sequence[Deal], category: StageCategory) -> list[Deal]:
    return [deal for deal in deals if deal.row.category is category]


def _cycle(deals: Sequence[Deal]) -> CycleLength:
    days = cycle_days(deals)
    return CycleLength(median(days), mean(days))


def _total(deals: Sequence[Deal]) -> Decimal | None:
    return total(deals) if only_currency(deals) is not None else None


def _average(deals: Sequence[Deal]) -> Decimal | None:
    amounts = [deal.row.amount for deal in deals if deal.row.amount is not None]
    return mean(amounts) if only_currency(deals) is not None else None
