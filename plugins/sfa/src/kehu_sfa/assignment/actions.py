"""Who has a lead changes: by the rules, by hand, or by taking one that nobody has."""

from __future__ import annotations

import kehu
from kehu_sfa.assignment.assigning import assign_by_rules
from kehu_sfa.assignment.models import LeadTaken
from kehu_sfa.leads.models import Lead
from kehu_sfa.plugin import lead


@lead.action
async def assign(record: Lead, ctx: kehu.Context) -> None:
    """Let the rules find the owner."""
    await assign_by_rules(ctx, record)


@lead.action
async def reassign(
    record: Lead, ctx: kehu.Context, owner: kehu.User, reason: str, team: kehu.Team | None = None
) -> None:
    """Give it to somebody, for a reason; it stays in its team unless another is named."""
    team_id = team.id if team is not None else record.team_id
    record.give_to(
        owner.id, team_id, at=ctx.now(), trace=f"{ctx.principal.name} gives it to {owner.name}: {reason}"
    )


@lead.action
async def take(record: Lead, ctx: kehu.Context) -> None:
    """Make oneself the owner of a lead that nobody has."""
    if record.owner_id is not None:
        raise LeadTaken(kehu.text("Somebody has {lead} already.", lead=record.called), field=Lead.owner_id)
    record.give_to(ctx.principal.id, record.team_id, at=ctx.now(), trace=f"{ctx.principal.name} takes it.")


@lead.action
async def recycle(record: Lead, ctx: kehu.Context) -> None:
    """Begin anew with somebody else, whom the rules find."""
    record.enter("recycle")
    await assign_by_rules(ctx, record, because="Begun anew.", but_not=[record.owner_id])
