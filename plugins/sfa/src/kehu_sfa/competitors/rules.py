"""How it ended between a competitor and us follows from how the opportunity ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

import kehu
from kehu_sfa.competitors.models import CompetitionChange, CompetitionOutcome, OpportunityCompetitor
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.plugin import opportunity, opportunity_competitor

whoever_asks = kehu.Unscoped("the outcome of an opportunity is that of all its competitors")

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


@opportunity_competitor.after_write
async def remember_competition(ctx: kehu.Context, change: kehu.Change[OpportunityCompetitor]) -> None:
    """Each write that says who competes, or how it ended, ends one row of the history and begins the next."""
    if not (change.creating or change.deleting or change.touches(OpportunityCompetitor.outcome)):
        return
    entry, at = change.obj, ctx.now()
    for present in await _present(ctx, entry):
        at = max(at, present.valid_from)
        present.valid_until = at
    if not change.deleting:
        row = CompetitionChange(
            opportunity_id=entry.opportunity_id,
            competitor_id=entry.competitor_id,
            outcome=entry.outcome,
            valid_from=at,
        )
        ctx.add(row)


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
    return (await whoever_asks.scalars(ctx, found)).all()


async def _present(ctx: kehu.Context, entry: OpportunityCompetitor) -> list[CompetitionChange]:
    """The row of the history without an end, also where this transaction has not written it so far."""
    c = CompetitionChange
    found = sa.select(c).where(c.opportunity_id == entry.opportunity_id, c.valid_until.is_(None))
    stored = (await whoever_asks.scalars(ctx, found)).all()
    pending = [row for row in ctx.session.sync_session.new if isinstance(row, CompetitionChange)]
    of_both = entry.opportunity_id, entry.competitor_id
    return [
        row
        for row in (*stored, *pending)
        if row.valid_until is None and (row.opportunity_id, row.competitor_id) == of_both
    ]
