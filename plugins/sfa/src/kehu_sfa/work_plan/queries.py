"""`myDay`, for whoever is signed in, and `coachingList`, for whoever leads."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Membership
from kehu_sfa.leads.models import Lead
from kehu_sfa.leads.queries import waiting
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.plugin import plugin
from kehu_sfa.work_plan.days import (
    MOMENT,
    MOST,
    Day,
    is_rotting,
    open_deals,
    planned_by,
    rotting_candidates,
    without_next_step,
)

COACHING = plugin.permission("coaching:read", "See where the people one leads need help.")
_LONGEST_LOOK_BACK = 366


@dataclasses.dataclass(frozen=True, slots=True)
class MyDay:
    """What the person who is signed in has to do; each list 100 long at most, the most urgent first."""

    overdue: list[kehu.Interaction]
    today: list[kehu.Interaction]
    tomorrow: list[kehu.Interaction]
    calls: list[kehu.Interaction]
    next_steps: list[Opportunity]
    rotting: list[Opportunity]
    without_next_step: list[Opportunity]
    leads_to_answer: list[Lead]


@plugin.query()
async def my_day(ctx: kehu.Context) -> MyDay:
    """Interactions that are overdue, of today and tomorrow; calls to make; deals and leads that wait for you."""
    me, session = ctx.principal.id, ctx.session
    day = Day.of(ctx.today(), ctx.principal.time_zone)
    late = sa.or_(day.begins > MOMENT, kehu.Interaction.due_at < ctx.now())
    planned, mine = planned_by(me), Opportunity.owner_id == me
    of_today = planned.where(day.begins <= MOMENT, day.ends > MOMENT)
    rotting = await session.execute(rotting_candidates(mine))
    return MyDay(
        overdue=await _all(ctx, planned.where(late)),
        today=await _all(ctx, of_today.where(sa.not_(sa.func.coalesce(late, sa.false())))),
        tomorrow=await _all(ctx, planned.where(day.ends <= MOMENT, day.next_ends > MOMENT)),
        calls=await _all(ctx, planned.where(kehu.Interaction.kind == "CALL", day.ends > MOMENT)),
        next_steps=await _all(ctx, open_deals(mine, Opportunity.next_step_on <= day.on).limit(MOST)),
        rotting=[deal for deal, stage in rotting if is_rotting(deal, stage, at=ctx.now())][:MOST],
        without_next_step=await _all(ctx, open_deals(mine, without_next_step()).limit(MOST)),
        leads_to_answer=await _all(ctx, _leads_of(me)),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Coaching:
    """How somebody is getting on, as far as you may see it."""

    user: kehu.User
    open_deals: int
    without_next_step: int
    rotting: int
    overdue_interactions: int
    done_interactions: int
    unanswered_leads: int


@plugin.query(permission=COACHING)
async def coaching_list(ctx: kehu.Context, team: kehu.Team | None = None, days: int = 7) -> list[Coaching]:
    """The people of the teams you lead, or of one team: who has most deals adrift, then who did least in `days`."""
    if not 0 < days <= _LONGEST_LOOK_BACK:
        raise kehu.BadInput(
            kehu.text("A look back is 1 to {most} days long.", most=_LONGEST_LOOK_BACK), field="days"
        )
    people = await _people(ctx, [team.id] if team else ctx.principal.subtree, everybody=team is None)
    keys = [person.id for person in people]
    deals, interactions = Opportunity.owner_id, kehu.Interaction.owner_id
    is_open = (deals.in_(keys), Opportunity.closed_at.is_(None), Opportunity.archived_at.is_(None))
    is_planned = (interactions.in_(keys), kehu.Interaction.status == kehu.InteractionStatus.PLANNED)
    since = ctx.now() - timedelta(days=days)
    is_done = (interactions.in_(keys), kehu.Interaction.status == kehu.InteractionStatus.DONE)
    counted = (
        await _counts(ctx, deals, *is_open),
        await _counts(ctx, deals, *is_open, without_next_step()),
        await _rotting_counts(ctx, deals.in_(keys)),
        await _counts(ctx, interactions, *is_planned, kehu.Interaction.due_at < ctx.now()),
        await _counts(ctx, interactions, *is_done, kehu.Interaction.started_at >= since),
        await _counts(
            ctx, Lead.owner_id, Lead.owner_id.in_(keys), *waiting(), Lead.answer_due_at < ctx.now()
        ),
    )
    rows = [Coaching(person, *(counts[person.id] for counts in counted)) for person in people]
    return sorted(rows, key=lambda row: (-row.without_next_step - row.rotting, row.done_interactions))


@plugin.query(permission="sfa.opportunity:read")
async def rotting_deals(ctx: kehu.Context, deals: kehu.ListOf[Opportunity]) -> kehu.Connection[Opportunity]:
    """Open deals that have been in their stage for longer than the stage allows, of those that you may see."""
    found = await ctx.session.execute(rotting_candidates())
    keys = [deal.id for deal, stage in found if is_rotting(deal, stage, at=ctx.now())]
    return await deals.fetch(Opportunity.id.in_(keys))


async def _all(ctx: kehu.Context, statement: sa.Select[Any]) -> list[Any]:
    return list((await ctx.session.scalars(statement)).all())


def _leads_of(user_id: uuid.UUID | None) -> sa.Select[Lead]:
    mine = sa.select(Lead).where(Lead.owner_id == user_id, *waiting())
    return mine.order_by(Lead.answer_due_at.asc().nulls_last(), Lead.score.desc(), Lead.id).limit(MOST)


async def _people(ctx: kehu.Context, teams: Iterable[uuid.UUID], *, everybody: bool) -> list[kehu.User]:
    """The active members of the teams; everybody with open deals for who leads no team but sees all."""
    members = sa.select(Membership.user_id).where(Membership.team_id.in_(list(teams)))
    sellers = sa.select(Opportunity.owner_id).where(Opportunity.closed_at.is_(None))
    chosen = sellers if everybody and not ctx.principal.subtree else members
    found = sa.select(kehu.User).where(kehu.User.id.in_(chosen), kehu.User.is_active)
    return await _all(ctx, found.where(kehu.User.archived_at.is_(None)).order_by(kehu.User.name))


async def _counts(ctx: kehu.Context, owner: Any, *conditions: sa.ColumnElement[bool]) -> Counter[uuid.UUID]:
    statement = sa.select(owner, sa.func.count()).where(*conditions).group_by(owner)
    return Counter({row[0]: row[1] for row in await ctx.session.execute(statement)})


async def _rotting_counts(ctx: kehu.Context, *conditions: sa.ColumnElement[bool]) -> Counter[uuid.UUID]:
    found = await ctx.session.execute(rotting_candidates(*conditions))
    rotting = (deal.owner_id for deal, stage in found if is_rotting(deal, stage, at=ctx.now()))
    return Counter(owner_id for owner_id in rotting if owner_id is not None)
