"""New leads find their owner, each handover leaves a trace; rules give to somebody."""

from __future__ import annotations

import kehu
from kehu.business.identifiers import country_code
from kehu_sfa.assignment.assigning import active_rules, assign_by_rules
from kehu_sfa.assignment.models import Absence, AssignmentRule, LeadAssignment, LeadCapacity
from kehu_sfa.leads.models import Lead
from kehu_sfa.plugin import absence, assignment_rule, lead, lead_capacity


@lead.before_write
async def assign_new_leads(ctx: kehu.Context, change: kehu.Change[Lead]) -> None:
    """A new lead without an owner, or one that is to be assigned by the rules, goes to whom they find."""
    record = change.obj
    if not change.creating or record.is_handed_over or not record.is_open:
        return
    is_nobodys = record.owner_id is None and record.team_id is None
    if (is_nobodys or record.assign_by_rules) and await active_rules(ctx):
        await assign_by_rules(ctx, record)


@lead.after_write
async def keep_assignments(ctx: kehu.Context, change: kehu.Change[Lead]) -> None:
    """Each handover leaves a LeadAssignment that says from whom, to whom and why."""
    for handover in change.obj.take_handovers():
        ctx.add(
            LeadAssignment(
                lead_id=change.obj.id,
                from_user_id=handover.from_user_id,
                to_user_id=handover.to_user_id,
                rule_id=handover.rule_id,
                assigned_at=change.obj.assigned_at,
                assigned_by_id=ctx.principal.id,
                trace=handover.trace,
            )
        )


@assignment_rule.before_write
async def check_assignment_rule(_ctx: kehu.Context, change: kehu.Change[AssignmentRule]) -> None:
    """A rule gives to a team or to a person; its country exists."""
    rule = change.obj
    if change.deleting:
        return
    if (rule.to_team_id is None) == (rule.to_user_id is None):
        message = kehu.text("A rule gives leads either to a team or to a person.")
        change.error(message, field=AssignmentRule.to_team_id, code="REQUIRED")
    if change.touches(AssignmentRule.country) and rule.country is not None:
        found = country_code(rule.country)
        if found is None:
            message = kehu.text(
                "{typed!r} is no country; write its ISO 3166 code, such as CN.", typed=rule.country
            )
            change.error(message, field=AssignmentRule.country, code="UNKNOWN_COUNTRY")
        rule.country = found or rule.country


@absence.before_write
async def check_absence(_ctx: kehu.Context, change: kehu.Change[Absence]) -> None:
    """An absence does not end before it begins."""
    away = change.obj
    if not change.deleting and all((away.from_on, away.until_on)) and away.until_on < away.from_on:
        message = kehu.text("An absence cannot end before it begins.")
        change.error(message, field=Absence.until_on, code="OUT_OF_RANGE")


@lead_capacity.before_write
async def check_capacity(_ctx: kehu.Context, change: kehu.Change[LeadCapacity]) -> None:
    """Nobody takes care of fewer than no leads."""
    if not change.deleting and (change.obj.most_open_leads or 0) < 0:
        change.error(
            kehu.text("It cannot be negative."), field=LeadCapacity.most_open_leads, code="OUT_OF_RANGE"
        )
