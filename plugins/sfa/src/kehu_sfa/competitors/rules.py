"""How it ended between a competitor and us follows from how the opportunity ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

import kehu
from kehu_sfa.competitors.models import CompetitionOutcome, OpportunityCompetitor
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.plugin import opportunity, opportunity_competitor

LOST_TO_A_COMPETITOR = "COMPETITOR"


@opportunity_competitor.before_write
async def lose_to_one(ctx: kehu.Context, change: kehu.Change[OpportunityCompetitor]) -> None:
    """An opportunity is lost to one competitor at most."""
    entry = change.obj
    if change.deleting or entry.outcome is not CompetitionOutcome.LOST_TO:
        return
    others = [other for other in await _competitors_in(ctx, entry.opportunity_id) if other.id != entry.id]
    if any(other.outcome is CompetitionOutcome.LOST_TO for other in others):
        message = kehu.text("The opportunity was lost to another competitor already.")
        change.error(message, field=OpportunityCompetitor.outcome, code="LOST_TO_ANOTHER")


@opportunity.after_write
async def settle_competition(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """Winning beats whoever competed; a loss to a competitor is one to the only one there was; reopening forgets."""
    if change.creating or change.deleting or not change.touches(Opportunity.closed_at):
        return
    deal = change.obj
    entries = await _competitors_in(ctx, deal.id)
    if deal.closed_at is None:
        for entry in entries:
            entry.outcome = None
    elif deal.lost_reason is None:
        for entry in entries:
            entry.outcome = entry.outcome or CompetitionOutcome.BEATEN
    elif deal.lost_reason == LOST_TO_A_COMPETITOR and len(entries) == 1:
        entries[0].outcome = entries[0].outcome or CompetitionOutcome.LOST_TO


async def _competitors_in(ctx: kehu.Context, opportunity_id: uuid.UUID) -> Sequence[OpportunityCompetitor]:
    found = sa.select(OpportunityCompetitor).where(OpportunityCompetitor.opportunity_id == opportunity_id)
    return (await ctx.session.scalars(kehu.unscoped(found))).all()
