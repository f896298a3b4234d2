"""Leads that lie about go to somebody else."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

import kehu
from kehu_sfa.assignment.assigning import assign_by_rules
from kehu_sfa.leads.models import Lead, LeadPolicy, LeadStatus
from kehu_sfa.leads.queries import policy_of
from kehu_sfa.plugin import plugin

BATCH_SIZE = 200
_LAST_WORK = sa.func.coalesce(Lead.last_worked_at, Lead.assigned_at, Lead.received_at)


@plugin.job(schedule="0 3 * * *")
async def recycle_leads(ctx: kehu.Context) -> None:
    """Give each new or worked lead on which nobody did anything for as long as its policy allows to another."""
    after: uuid.UUID | None = None
    while True:
        async with ctx.write():
            leads = await _idle(ctx, after)
            for record in leads:
                await _recycle_if_due(ctx, record)
        if len(leads) < BATCH_SIZE:
            return
        after = leads[-1].id
        ctx.forget()


async def _recycle_if_due(ctx: kehu.Context, record: Lead) -> None:
    days = (await policy_of(ctx, record.team_id)).recycle_after_days
    last = max(filter(None, (record.last_worked_at, record.assigned_at, record.received_at)))
    if days is None or last > ctx.now() - timedelta(days=days):
        return
    record.enter("recycle")
    because = f"Nobody worked on it for {days} days."
    await assign_by_rules(ctx, record, because=because, but_not=[record.owner_id])


async def _idle(ctx: kehu.Context, after: uuid.UUID | None) -> Sequence[Lead]:
    """The next leads that lie about for as long as the most impatient policy allows."""
    shortest = sa.select(sa.func.min(LeadPolicy.recycle_after_days)).where(LeadPolicy.archived_at.is_(None))
    days = await ctx.session.scalar(shortest)
    if days is None:
        return []
    found = sa.select(Lead).where(
        Lead.status.in_((LeadStatus.NEW, LeadStatus.WORKING)),
        Lead.archived_at.is_(None),
        ctx.now() - timedelta(days=days) >= _LAST_WORK,
    )
    if after is not None:
        found = found.where(Lead.id > after)
    return (await ctx.session.scalars(found.order_by(Lead.id).limit(BATCH_SIZE))).all()
