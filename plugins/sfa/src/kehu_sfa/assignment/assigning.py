"""Finding the owner of a lead by the rules, and saying how."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from typing import cast

import sqlalchemy as sa

import kehu
from kehu.platform.identity.models import Membership
from kehu_sfa.assignment.models import (
    Absence,
    AssignmentRule,
    AssignmentTurn,
    Candidate,
    LeadCapacity,
    choose,
)
from kehu_sfa.leads.models import OPEN, Lead

whoever_asks = kehu.Unscoped("leads are shared out among all who take them")

_TURNS = cast(sa.Table, AssignmentTurn.__table__)


async def assign_by_rules(
    ctx: kehu.Context, lead: Lead, *, because: str = "", but_not: Collection[uuid.UUID | None] = ()
) -> None:
    """Give the lead to whoever the first rule finds that applies; leave it where none does. Needs a transaction."""
    traces = [because] if because else []
    for rule in await active_rules(ctx):
        if not rule.applies_to(lead):
            continue
        found = await _find(ctx, rule, lead, but_not, traces)
        if found is not None:
            team_id = rule.to_team_id or await _team_of(ctx, found.user_id) or lead.team_id
            lead.give_to(found.user_id, team_id, at=ctx.now(), trace=" ".join(traces), rule_id=rule.id)
            return
    traces.append("No rule found anybody; it stays where it was.")
    lead.give_to(lead.owner_id, lead.team_id, at=ctx.now(), trace=" ".join(traces))


async def active_rules(ctx: kehu.Context) -> Sequence[AssignmentRule]:
    """The rules in the order in which they are tried, read once in a transaction."""

    async def fetch(_keys: Sequence[str]) -> Sequence[Sequence[AssignmentRule]]:
        found = sa.select(AssignmentRule).where(
            AssignmentRule.is_active, AssignmentRule.archived_at.is_(None)
        )
        ordered = found.order_by(AssignmentRule.position, AssignmentRule.created_at, AssignmentRule.id)
        return [(await whoever_asks.scalars(ctx, ordered)).all()]

    return await ctx.loader("sfa.assignment_rules", fetch).load("all")


async def _find(
    ctx: kehu.Context,
    rule: AssignmentRule,
    lead: Lead,
    but_not: Collection[uuid.UUID | None],
    traces: list[str],
) -> Candidate | None:
    candidates = [one for one in await _candidates(ctx, rule, lead) if one.user_id not in but_not]
    last = await _last_turn(ctx, rule)
    found = choose(candidates, rule.method, last)
    obstacles = [one.obstacle for one in candidates if one.obstacle]
    passed = f" ({'; '.join(obstacles)})" if obstacles else ""
    if found is None:
        traces.append(f"Rule {rule.position} {rule.name}: nobody can take it{passed}.")
        return None
    how = rule.method.name.lower().replace("_", " ")
    traces.append(f"Rule {rule.position} {rule.name}: {how} gives it to {found.name}{passed}.")
    await _keep_turn(ctx, rule, found.user_id)
    return found


async def _candidates(ctx: kehu.Context, rule: AssignmentRule, lead: Lead) -> list[Candidate]:
    people = sa.select(kehu.User.id, kehu.User.name).where(
        kehu.User.is_active, kehu.User.archived_at.is_(None)
    )
    if rule.to_user_id is not None:
        people = people.where(kehu.User.id == rule.to_user_id)
    else:
        members = sa.select(Membership.user_id).where(Membership.team_id == rule.to_team_id)
        people = people.where(kehu.User.id.in_(members))
    found = (await whoever_asks.execute(ctx, people)).all()
    keys = [row.id for row in found]
    loads, limits = await _loads(ctx, keys, lead), await _limits(ctx, keys)
    away = await _away(ctx, keys)
    return [Candidate(row.id, row.name, loads[row.id], limits.get(row.id), row.id in away) for row in found]


async def _loads(ctx: kehu.Context, users: Sequence[uuid.UUID], lead: Lead) -> Counter[uuid.UUID]:
    """The open leads of each, those of this transaction that are not stored yet included."""
    counted = sa.select(Lead.owner_id, sa.func.count()).where(
        Lead.owner_id.in_(users), Lead.status.in_(OPEN), Lead.archived_at.is_(None)
    )
    stored = await whoever_asks.execute(ctx, counted.group_by(Lead.owner_id))
    loads = Counter({owner_id: count for owner_id, count in stored if owner_id is not None})
    pending = [one for one in ctx.session.sync_session.new if isinstance(one, Lead) and one is not lead]
    loads.update(one.owner_id for one in pending if one.owner_id is not None)
    return loads


async def _limits(ctx: kehu.Context, users: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    limits = sa.select(LeadCapacity.user_id, LeadCapacity.most_open_leads).where(
        LeadCapacity.user_id.in_(users)
    )
    return dict((await whoever_asks.execute(ctx, limits)).all())


async def _away(ctx: kehu.Context, users: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    today = ctx.today()
    absent = sa.select(Absence.user_id).where(
        Absence.user_id.in_(users), Absence.from_on <= today, Absence.until_on >= today
    )
    return set(await whoever_asks.scalars(ctx, absent))


async def _last_turn(ctx: kehu.Context, rule: AssignmentRule) -> uuid.UUID | None:
    """Who got the last lead of the rule. Others who assign by it wait until this transaction is over."""
    locked = sa.select(AssignmentRule.id).where(AssignmentRule.id == rule.id).with_for_update()
    await whoever_asks.execute(ctx, locked)
    last = await ctx.session.scalar(sa.select(_TURNS.c.last_user_id).where(_TURNS.c.rule_id == rule.id))
    return cast(uuid.UUID | None, last)


async def _keep_turn(ctx: kehu.Context, rule: AssignmentRule, user_id: uuid.UUID) -> None:
    unaudited = {"kehu_unaudited": True}
    gone = sa.delete(_TURNS).where(_TURNS.c.rule_id == rule.id).execution_options(**unaudited)
    await ctx.session.execute(gone)
    kept = sa.insert(_TURNS).values(rule_id=rule.id, last_user_id=user_id).execution_options(**unaudited)
    await ctx.session.execute(kept)


async def _team_of(ctx: kehu.Context, user_id: uuid.UUID) -> uuid.UUID | None:
    first = (
        sa.select(Membership.team_id)
        .where(Membership.user_id == user_id)
        .order_by(Membership.created_at, Membership.id)
        .limit(1)
    )
    return await whoever_asks.scalar(ctx, first)
