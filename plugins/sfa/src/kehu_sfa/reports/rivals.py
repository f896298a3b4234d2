"""How we fare against competitors, and whether talking to customers pays."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa.competitors.models import CompetitionChange, CompetitionOutcome, Competitor
from kehu_sfa.pipelines.models import StageCategory
from kehu_sfa.plugin import plugin
from kehu_sfa.reports.figures import mean, median, percent
from kehu_sfa.reports.outcomes import CLOSED
from kehu_sfa.reports.selection import DealSelection, deals_at, holds


@dataclasses.dataclass(frozen=True, slots=True)
class CompetitorGroup:
    """How we fare against one competitor: where we met, won, lost, and lost to this one."""

    competitor: Competitor
    met: int
    won: int
    lost: int
    lost_to: int
    win_percent: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class ActivityGroup:
    """How many interactions deals of one outcome had: done, and about the deal itself."""

    outcome: StageCategory
    deals: int
    interactions: int
    calls: int
    visits: int
    per_deal: Decimal | None
    median_per_deal: Decimal | None
    without_any: int


@plugin.query(permission="sfa.opportunity:read")
async def competitor_report(
    ctx: kehu.Context, selection: DealSelection | None = None, as_of: datetime | None = None
) -> list[CompetitorGroup]:
    """How we fare against each competitor, whom we meet most first; now, or as it stood at a moment."""
    at = as_of or ctx.now()
    deals = {deal.row.opportunity_id: deal.row.category for deal in await deals_at(ctx, at, selection)}
    entries: dict[Competitor, list[CompetitionChange]] = defaultdict(list)
    met = (
        sa.select(CompetitionChange, Competitor)
        .join(Competitor, Competitor.id == CompetitionChange.competitor_id)
        .where(*holds(CompetitionChange, at))
    )
    for entry, competitor in (await ctx.session.execute(met)).all():
        if entry.opportunity_id in deals:
            entries[competitor].append(entry)
    groups = []
    for competitor, found in entries.items():
        outcomes = Counter(deals[entry.opportunity_id] for entry in found)
        won, lost = outcomes[StageCategory.WON], outcomes[StageCategory.LOST]
        lost_to = sum(
            entry.outcome is CompetitionOutcome.LOST_TO and deals[entry.opportunity_id] is StageCategory.LOST
            for entry in found
        )
        groups.append(CompetitorGroup(competitor, len(found), won, lost, lost_to, percent(won, won + lost)))
    return sorted(groups, key=lambda group: (-group.met, group.competitor.name))


@plugin.query(permission="sfa.opportunity:read")
async def activity_report(
    ctx: kehu.Context, selection: DealSelection | None = None, as_of: datetime | None = None
) -> list[ActivityGroup]:
    """How much was done about the deals that were won and lost, among the interactions that you may see.

    As of a past moment: what had happened until then, as it is known today.
    """
    at = as_of or ctx.now()
    deals = await deals_at(ctx, at, selection, CLOSED)
    done = await _interactions(ctx, at, {deal.row.opportunity_id for deal in deals})
    groups = []
    for outcome in CLOSED:
        kinds = [done[deal.row.opportunity_id] for deal in deals if deal.row.category is outcome]
        counts = [found.total() for found in kinds]
        groups.append(
            ActivityGroup(
                outcome=outcome,
                deals=len(counts),
                interactions=sum(counts),
                calls=sum(found["CALL"] for found in kinds),
                visits=sum(found["VISIT"] for found in kinds),
                per_deal=mean(counts),
                median_per_deal=median(counts),
                without_any=counts.count(0),
            )
        )
    return groups


async def _interactions(
    ctx: kehu.Context, at: datetime, keys: set[uuid.UUID]
) -> dict[uuid.UUID, Counter[str]]:
    """How many interactions of each kind were done about each deal up to a moment."""
    by_global_id = {kehu.global_id("Opportunity", key): key for key in keys}
    i = kehu.Interaction
    done = (
        sa.select(i.regarding_id, i.kind, sa.func.count())
        .where(i.regarding_id.is_not(None), i.status == kehu.InteractionStatus.DONE, i.started_at <= at)
        .group_by(i.regarding_id, i.kind)
    )
    found: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    for about, kind, count in (await ctx.session.execute(done)).all():
        if about in by_global_id:
            found[by_global_id[about]][kind] += count
    return found
