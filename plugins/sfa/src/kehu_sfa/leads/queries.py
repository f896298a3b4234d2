"""Which policy holds for a lead, which leads wait, and what passed between us."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

import kehu
from kehu.business.calendars import WorkingHours
from kehu.business.calendars.models import Calendar
from kehu.business.calendars.queries import default_hours, working_hours
from kehu_sfa.leads.models import OPEN, Lead, LeadPolicy
from kehu_sfa.plugin import plugin

whoever_asks = kehu.Unscoped("a policy binds who may not read it")


@plugin.query(permission="sfa.lead:read")
async def overdue_leads(ctx: kehu.Context, leads: kehu.ListOf[Lead]) -> kehu.Connection[Lead]:
    """Open leads that nobody has answered in time, of those that you may see."""
    return await leads.fetch(*waiting(), Lead.answer_due_at < ctx.now())


def waiting() -> tuple[sa.ColumnElement[bool], ...]:
    """The condition of leads that still wait for an answer."""
    return Lead.first_answered_at.is_(None), Lead.status.in_(OPEN), Lead.archived_at.is_(None)


async def policy_of(ctx: kehu.Context, team_id: uuid.UUID | None) -> LeadPolicy:
    """The policy of a team, else that of teams without one, else an hour and no recycling."""
    policies = await _policies(ctx)
    fallback = LeadPolicy(answer_within_minutes=60)
    return policies.get(team_id) or policies.get(None) or fallback


async def hours_of(ctx: kehu.Context, policy: LeadPolicy) -> WorkingHours:
    """The working hours in which a policy counts."""
    if policy.calendar_id is None:
        return await default_hours(ctx)
    found = sa.select(Calendar).where(Calendar.id == policy.calendar_id)
    return await working_hours(ctx, (await whoever_asks.scalars(ctx, found)).one())


def answer_time(policy: LeadPolicy) -> timedelta:
    """How much working time may pass until the first answer."""
    return timedelta(minutes=policy.answer_within_minutes)


async def _policies(ctx: kehu.Context) -> dict[uuid.UUID | None, LeadPolicy]:
    """All policies by their team, read once in a transaction."""

    async def fetch(_keys: Sequence[str]) -> Sequence[dict[uuid.UUID | None, LeadPolicy]]:
        found = sa.select(LeadPolicy).where(LeadPolicy.archived_at.is_(None))
        return [{policy.team_id: policy for policy in await whoever_asks.scalars(ctx, found)}]

    return await ctx.loader("sfa.lead_policies", fetch).load("all")
